"""The opened model box of InstructPix2Pix: how one edit is computed, with the shapes of the tensors."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from seamline.blocks.ports import IMAGE, TEXT
from seamline.diagrams import shapes
from seamline.diagrams.palette_css import LABEL, LETTER, SMALL, Variant, stylesheet
from seamline.diagrams.shapes import DataCard, Picture
from seamline.diagrams.svg import element, joined, number
from seamline.diagrams.typesetting import text_lines, width_of, wrap
from seamline.runners.instruct_pix2pix.explainer.inside_prose import Inside, describe, steps_of
from seamline.runners.instruct_pix2pix.explainer.inside_steps import PAD, Direction, Step, arrow_head, shape_text

__all__ = ["Inside", "Picture", "draw"]


def draw(inside: Inside, *, prefix: str = "inside", standalone: bool = False) -> Markup:
    """Draw an opened model box as SVG.

    Args:
        inside: the edit it shows.
        prefix: begins every id, so that several drawings can share a page.
        standalone: one `<svg>` for a file of its own, instead of two that a page switches between by its width.

    Returns:
        Markup that is well-formed as XML and as HTML, without blank lines; equal arguments give equal text.
    """
    wide = _Sheet(inside, "wide", prefix).svg(standalone=standalone, styled=True)
    if standalone:
        return wide + "\n"
    return shapes.both(wide, _Sheet(inside, "narrow", prefix).svg(standalone=False, styled=False))


class _Sheet:
    """One variant under construction. Both run from top to bottom; the narrow one stacks what the wide one pairs."""

    def __init__(self, inside: Inside, variant: Variant, prefix: str) -> None:
        self.steps = steps_of(inside)
        self.inside, self.variant, self.prefix = inside, variant, f"{prefix}-{variant}"
        self.width = 720.0 if variant == "wide" else 344.0
        self.boxes: list[Markup] = []
        self.wires: list[Markup] = []

    def svg(self, *, standalone: bool, styled: bool) -> Markup:
        """Lay out and draw everything."""
        y = self._heading()
        height = self._lay_wide(y) if self.variant == "wide" else self._lay_narrow(y)
        return shapes.drawing(
            self.variant,
            self.width,
            height,
            [shapes.canvas(self.width, height, f"{self.prefix}-grid"), *self.wires, *self.boxes],
            title=f"Inside {self.inside.model}: how one edit is computed",
            description=describe(self.inside),
            prefix=self.prefix,
            role="img",
            style=stylesheet(standalone=standalone) if styled else "",
            standalone=standalone,
        )

    def _heading(self) -> float:
        margin = 20.0 if self.variant == "wide" else 16.0
        lines = wrap(f"Inside {self.inside.model}", self.width - 2 * margin, LABEL, most=2)
        self.boxes.append(text_lines(lines, margin, 32, LABEL, "t-label"))
        y = 32 + len(lines) * LABEL.leading
        if self.inside.weights and self.inside.shapes:
            notes = wrap(f"Tensor shapes: {self.inside.weights}", self.width - 2 * margin, SMALL, most=3)
            self.boxes.append(text_lines(notes, margin, y, SMALL, "t-small"))
            y += len(notes) * SMALL.leading
        return y

    def _lay_wide(self, y: float) -> float:
        column, left, middle, right = 216.0, 20.0, 252.0, 484.0
        image, words = self._image(column), self._words(column)
        encode, noise, read = self._step("encode", column), self._step("noise", column), self._step("read", column)
        tall = max(image.height, words.height)
        step_y = y + tall + 36
        row = max(encode.height, noise.height, read.height)
        for x, card, step, colour in ((left, image, encode, "p-img"), (right, words, read, "p-txt")):
            self.boxes += [card.draw(x, y, tall), step.draw(x, step_y, row)]
            self._down(x + column / 2, y + tall, step_y, colour)
        noise_y = step_y
        self.boxes.append(self._speckle(middle, y, column, tall))
        self._down(middle + column / 2, y + tall, noise_y, "plain")
        self.boxes.append(noise.draw(middle, noise_y, row))
        row_end = step_y + row

        frame = row_end + 30
        inner, half = 58.0, 298.0
        unet_x = self.width - 24 - half
        join, unet = self._step("join", half), self._step("unet", half)
        y = frame + 50
        row = max(join.height, unet.height)
        self.boxes += [join.draw(inner, y, row), unet.draw(unet_x, y, row)]
        self._down(left + column / 2, row_end, y, "p-img")
        self._bend(middle + column / 2, row_end, inner + half - 40, y, "plain")
        self._down(right + column / 2, row_end, y, "p-txt")
        self._right(inner + half, y + row / 2, unet_x, "plain")
        loop_top, last = y + row / 2, y + row
        full = self.width - 24 - inner
        for step in (self._step("predict", full), self._step("guide", full), self._step("step", full)):
            y = last + 34
            self.boxes.append(step.draw(inner, y))
            self._down(unet_x + half / 2, last, y, "plain")
            last = y + step.height
        self._loop(inner, last - 30, loop_top, 35, loop_top + row / 2 + 17)
        self._frame(frame, last + 22, 12)

        decode, edited = self._step("decode", half), self._edited(column)
        y = last + 58
        tall = max(decode.height, edited.height)
        self.boxes += [decode.draw(inner, y + (tall - decode.height) / 2), edited.draw(right, y, tall)]
        self._down(inner + half / 2, last, y + (tall - decode.height) / 2, "plain")
        self._right(inner + half, y + tall / 2, right, "p-img")
        return y + tall + 20

    def _lay_narrow(self, y: float) -> float:
        margin, column = 16.0, 150.0
        right = self.width - margin - column
        image, words = self._image(column), self._words(column)
        encode, read = self._step("encode", column), self._step("read", column)
        tall, row = max(image.height, words.height), max(encode.height, read.height)
        step_y = y + tall + 30
        for x, card, step, colour in ((margin, image, encode, "p-img"), (right, words, read, "p-txt")):
            self.boxes += [card.draw(x, y, tall), step.draw(x, step_y, row)]
            self._down(x + column / 2, y + tall, step_y, colour)
        row_end = step_y + row
        noise = self._step("noise", 224.0)
        noise_y = row_end + 26
        noise_end = noise_y + noise.height
        self.boxes.append(noise.draw((self.width - 224) / 2, noise_y))

        inner, full = 44.0, 264.0
        frame = noise_end + 26
        y = frame + 62
        join, unet = self._step("join", full), self._step("unet", full)
        lane, aside = 40.0, self.width - 22
        self.wires.append(
            shapes.wire(shapes.down((margin + 40, row_end), (lane, noise_y), (lane, noise_end), (inner + 50, y)), IMAGE)
        )
        self.boxes.append(arrow_head(inner + 50, y, "down", "p-img"))
        self._down(self.width / 2, noise_end, y, "plain")
        unet_y = y + join.height + 32
        enter = unet_y + unet.height / 2
        right_lane = shapes.down((self.width - margin - 40, row_end), (aside, noise_y + 10), (aside, enter - 12))
        self.wires.append(shapes.wire(f"{right_lane} Q{aside:g} {enter:g} {inner + full + 4:g} {enter:g}", TEXT))
        self.boxes.append(arrow_head(inner + full, enter, "left", "p-txt"))
        self.boxes.append(join.draw(inner, y))
        loop_top, last = y + join.height / 2, y + join.height
        for step in (unet, self._step("predict", full), self._step("guide", full), self._step("step", full)):
            y = last + 32
            self.boxes.append(step.draw(inner, y))
            self._down(inner + full / 2, last, y, "plain")
            last = y + step.height
        self._loop(inner, last - 30, loop_top, 26, loop_top + join.height / 2 + 16)
        self._frame(frame, last + 20, 8)
        for piece in (self._step("decode", full), self._edited(full)):
            y = last + (52 if isinstance(piece, Step) else 32)
            self.boxes.append(piece.draw(inner, y))
            self._down(inner + full / 2, last, y, "plain" if isinstance(piece, Step) else "p-img")
            last = y + piece.height
        return last + 16

    # --- wires and the frame of the loop -------------------------------------------------

    def _down(self, x: float, y1: float, y2: float, colour: str) -> None:
        self._wire(shapes.down((x, y1), (x, y2 - 4)), colour, x, y2, "down")

    def _bend(self, x1: float, y1: float, x2: float, y2: float, colour: str) -> None:
        self._wire(shapes.down((x1, y1), (x2, y2 - 4)), colour, x2, y2, "down")

    def _right(self, x1: float, y: float, x2: float, colour: str) -> None:
        self._wire(shapes.across(x1, y, x2 - 4, y), colour, x2, y, "right")

    def _wire(self, path: str, colour: str, x: float, y: float, direction: Direction) -> None:
        self.wires.append(element("path", class_=f"wire {colour}", d=path))
        self.boxes.append(arrow_head(x, y, direction, colour))

    def _loop(self, x: float, y1: float, y2: float, lane: float, pill: float) -> None:
        """From the scheduler's step back up to where the latents enter, with the number of rounds on the way."""
        lane_x, low, high, end = number(lane), number(y1), number(y2), number(x - 4)
        turn_in, turn_out = number(y1 - 16), number(y2 + 16)
        path = f"M{number(x)} {low} Q{lane_x} {low} {lane_x} {turn_in} V{turn_out} Q{lane_x} {high} {end} {high}"
        self._wire(path, "loop", x, y2, "right")
        rounds = f"{self.inside.steps}×" if self.inside.steps else "T×"
        half = max(15.0, width_of(rounds, LETTER) / 2 + 3)
        self.boxes.append(
            element("rect", class_="number", x=lane - half, y=pill - 11, width=2 * half, height=22, rx=11)
        )
        self.boxes.append(text_lines([rounds], lane, pill + 4.3, LETTER, "t-letter", "middle"))

    def _frame(self, top: float, bottom: float, x: float) -> None:
        size = {"x": x, "y": top, "width": self.width - 2 * x, "height": bottom - top, "rx": 16}
        self.wires[:0] = [element("rect", class_="band", **size), element("rect", class_="frame", **size)]

    # --- cards ---------------------------------------------------------------------------

    def _step(self, name: str, width: float) -> Step:
        return replace(self.steps[name], width=width, part=name, beside=self.variant == "wide")

    def _image(self, width: float) -> DataCard:
        shape = self.inside.shapes.get("image")
        note = f"shape {shape_text(shape)}" if shape else ""
        return DataCard("Input image", IMAGE, self.inside.input_image, width, f"{self.prefix}-input", note)

    def _words(self, width: float) -> DataCard:
        return DataCard("Edit instruction", TEXT, self.inside.instruction or None, width, f"{self.prefix}-words")

    def _edited(self, width: float) -> DataCard:
        return DataCard("Edited image", IMAGE, self.inside.edited_image, width, f"{self.prefix}-edited")

    def _speckle(self, x: float, y: float, width: float, height: float) -> Markup:
        """A card of noise, made by a filter so that it costs no picture."""
        name = f"{self.prefix}-noise"
        grain = element("feTurbulence", type="fractalNoise", baseFrequency="0.4", numOctaves="2", seed="7")
        # Turbulence is pale and half transparent: stretch its contrast and make it opaque.
        vivid = element("feColorMatrix", values="2.2 0 0 0 -.6 0 2.2 0 0 -.6 0 0 2.2 0 -.6 0 0 0 0 1")
        patch = {"x": x + PAD, "y": y + 32.2, "width": width - 2 * PAD, "height": height - 46.2}
        return joined(
            element("filter", grain, vivid, id=name, x="0", y="0", width="1", height="1"),
            element("clipPath", element("rect", rx=7, **patch), id=f"{name}-clip"),
            element("rect", class_="box", x=x, y=y, width=width, height=height, rx=12),
            text_lines(["Random noise"], x + PAD, y + 24, LABEL, "t-label"),
            element("g", element("rect", filter=f"url(#{name})", **patch), clip_path=f"url(#{name}-clip)"),
        )
