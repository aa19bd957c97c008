"""Exhibits in which a reader picks one of many pictures: denoising, knobs, attention, seeds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from seamline.catalog.entries import Sample
from seamline.pages.exhibits.comparisons import before
from seamline.pages.exhibits.numbers import RULE, Number, numbers, scale_text, share, verdict
from seamline.pages.exhibits.view import ExhibitView, Picture
from seamline.samples.records import ImageRecord

DEMO_TEXT_SCALES, DEMO_IMAGE_SCALES = (6.0, 9.0), (1.2, 1.8)
"""Ranges from which InstructPix2Pix's own demo draws its settings.

Source: `edit_app.py`, "Randomize CFG", github.com/timothybrooks/instruct-pix2pix at 0dffd1e.
Its defaults, 7.5 and 1.5, lie inside.
"""

_OF_A_CELL = ("edit_strength", "identity", "attribute", "expression", "change_inside", "change_outside", "change")


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment of the denoising."""

    words: str
    noisy: Picture
    guess: Picture


def denoising(view: ExhibitView) -> dict[str, Any]:
    """Moments from noise to picture; the one shown first is half way, where a picture shows but noise remains."""
    steps = view.sample.parameters.num_inference_steps
    guesses = {image.step: image for image in view.record.all("guess")}
    moments = [
        _moment(view, image, guesses[image.step], steps) for image in view.record.all("noisy") if image.step in guesses
    ]
    return {"before": before(view), "moments": moments, "shown": moments[len(moments) // 2], "steps": steps}


def _moment(view: ExhibitView, noisy: ImageRecord, guess: ImageRecord, steps: int) -> Moment:
    words = f"Step {(noisy.step or 0) + 1} of {steps}"
    return Moment(
        words=words,
        noisy=view.picture(noisy, f"{words}: the noisy picture, one of the things that the model is given"),
        guess=view.picture(guess, f"{words}: the model's guess of the finished picture"),
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """The edit at one pair of guidance scales.

    Attributes:
        spill: share of the pixels outside that change, if it was measured.
        fails: whether a measure says that this setting does not do what was asked.
        verdict: how it fares, in words.
    """

    text_scale: str
    image_scale: str
    picture: Picture
    numbers: tuple[Number, ...]
    spill: float | None
    fails: bool
    verdict: str

    @property
    def name(self) -> str:
        """What a screen reader says for the cell."""
        name = f"text guidance {self.text_scale}, image guidance {self.image_scale}"
        return f"{name}: {self.verdict}" if self.verdict else name

    def text_of(self, label: str) -> str:
        """The number under `label`, or a dash."""
        return next((item.text for item in self.numbers if item.label == label), "–")


@dataclass(frozen=True, slots=True)
class Line:
    """A row or a column of the grid."""

    text: str
    usual: bool
    cells: tuple[Cell | None, ...] = ()


def knobs(view: ExhibitView) -> dict[str, Any]:
    """The grid of text guidance (columns) by image guidance (rows), the sample's own setting picked first."""
    images = view.record.all("knob")
    cells = {_scales(image): _cell(view, image) for image in images}
    text_scales = sorted({text for text, _ in cells})
    image_scales = sorted({image for _, image in cells})
    own = view.sample.parameters
    nearest = min(
        cells,
        key=lambda at: (abs(at[0] - own.guidance_scale), abs(at[1] - own.image_guidance_scale)),
    )
    columns = [Line(scale_text(value), _within(value, DEMO_TEXT_SCALES)) for value in text_scales]
    rows = [
        Line(
            scale_text(value),
            _within(value, DEMO_IMAGE_SCALES),
            tuple(cells.get((text, value)) for text in text_scales),
        )
        for value in image_scales
    ]
    return {
        "before": before(view),
        "chosen": cells[nearest],
        "columns": columns,
        "rows": rows,
        "measured": _labels([cell.numbers for cell in cells.values()]),
        "caption": _caption(list(cells.values())),
        "finding": _finding([cells[at] for at in sorted(cells, key=itemgetter(1)) if at[0] == nearest[0]]),
        "below_one": image_scales[0] < 1,
        "usual_words": _usual_words(columns, rows),
    }


def _cell(view: ExhibitView, image: ImageRecord) -> Cell:
    text, held = (scale_text(value) for value in _scales(image))
    measured = view.measured(image)
    fails, words = verdict(measured)
    alt = f"Edit at text guidance {text} and image guidance {held}: {image.instruction or view.sample.instruction}"
    spill = measured.get("change_outside")
    return Cell(text, held, view.picture(image, alt), numbers(measured, _OF_A_CELL), spill, fails, words)


def _scales(image: ImageRecord) -> tuple[float, float]:
    return image.guidance_scale or 0.0, image.image_guidance_scale or 0.0


def _within(value: float, ends: tuple[float, float]) -> bool:
    return ends[0] <= value <= ends[1]


def _caption(cells: Sequence[Cell]) -> str:
    judged = [cell for cell in cells if cell.verdict]
    if not judged:
        return "Every pair of settings."
    kept = len(judged) - sum(cell.fails for cell in judged)
    return f"By the numbers, {kept} of {len(judged)} settings do what was asked; ✕ marks those that do not. {RULE}"


def _finding(column: Sequence[Cell]) -> str:
    """At which image guidance the rest of the picture changes least, other things equal; empty when nothing tells.

    Args:
        column: cells of one text guidance, in order of their image guidance.
    """
    spills = [(cell.spill, at) for at, cell in enumerate(column) if cell.spill is not None]
    if len(spills) < len(column) or len(column) < 2:
        return ""
    least, best = min(spills)
    ends = [f"{share(spill)} at {column[at].image_scale}" for spill, at in (spills[0], spills[-1]) if at != best]
    return (
        f"At text guidance {column[best].text_scale}, fewest pixels outside change at image guidance "
        f"{column[best].image_scale}: {share(least)}, against {' and '.join(ends)}."
    )


def _usual_words(columns: Sequence[Line], rows: Sequence[Line]) -> str:
    """What the marks mean, and how the settings that lie in both ranges fare here."""
    if not any(line.usual for line in (*columns, *rows)):
        return ""
    text, image = ("–".join(map(scale_text, ends)) for ends in (DEMO_TEXT_SCALES, DEMO_IMAGE_SCALES))
    words = f"Marked: where InstructPix2Pix’s own demo draws its settings (text {text}, image {image})."
    both = [
        cell
        for row in rows
        if row.usual
        for cell, column in zip(row.cells, columns, strict=True)
        if cell and cell.verdict and column.usual
    ]
    if not both:
        return words
    kept = sum(not cell.fails for cell in both)
    return f"{words} Of the settings here that lie in both ranges, {kept} of {len(both)} does what was asked."


def _labels(rows: Sequence[tuple[Number, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number.label for row in rows for number in row))


@dataclass(frozen=True, slots=True)
class LookedAt:
    """One word of the instruction, the map of where it looked, and how much more so at the edit than elsewhere."""

    text: str
    name: str
    map: Picture
    focus: tuple[Number, ...]


def attention(view: ExhibitView) -> dict[str, Any]:
    """Words over the edited picture; a word that names what should change is picked first."""
    words = [_looked_at(view, image) for image in view.record.all("attention")]
    asked = _asked_for(view.sample)
    return {
        "base": view.one("edited", ""),
        "words": words,
        "shown": max(words, key=lambda word: (_bare(word.text) in asked, len(_bare(word.text)))),
    }


def _looked_at(view: ExhibitView, image: ImageRecord) -> LookedAt:
    word = image.word or ""
    name = f"The edited image, bright where the word {word} was read"
    return LookedAt(word, name, view.picture(image, name), numbers(view.measured(image), ["attention_focus"]))


def _asked_for(sample: Sample) -> frozenset[str]:
    """Words of the values that the edit should bring about, as the truth names them."""
    truth = sample.truth
    if truth is None:
        return frozenset()
    values = [*(truth.swap.to.values() if truth.swap else ())]
    values += [truth.attribute.value] if truth.attribute else []
    values += [truth.expression.expression] if truth.expression else []
    return frozenset(" ".join(values).casefold().split())


def _bare(word: str) -> str:
    return re.sub(r"\W", "", word).casefold()


@dataclass(frozen=True, slots=True)
class Draw:
    """The edit from other noise."""

    seed: int
    picture: Picture


def seeds(view: ExhibitView) -> dict[str, Any]:
    """The sample's own edit and its siblings from other noise."""
    own = view.record.all("edited")[0]
    images = {_seed(view, image): image for image in (own, *view.record.all("seed"))}
    draws = [
        Draw(seed, view.picture(image, f"Edited image, seed {seed}: {image.instruction or view.sample.instruction}"))
        for seed, image in images.items()
    ]
    return {"before": before(view), "draws": draws}


def _seed(view: ExhibitView, image: ImageRecord) -> int:
    return view.sample.parameters.seed if image.seed is None else image.seed
