"""The boxes of an opened model: numbered steps, with formulas and tensor shapes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from seamline.diagrams.palette_css import LABEL, MATH, MONO, TEXT
from seamline.diagrams.svg import element, joined, number, words
from seamline.diagrams.typesetting import Face, text_lines, wrap

PAD = 14.0
_SUBSCRIPT = re.compile(r"_(\{[^}]*\}|.)")

Colour = Literal["img", "txt", ""]
Direction = Literal["down", "right", "left"]


@dataclass(frozen=True)
class Row:
    """A formula with what it means beside it, or below it where the page is narrow."""

    formula: str
    meaning: str
    colour: Colour = ""


@dataclass(frozen=True)
class Step:
    """A numbered step.

    Attributes:
        text: what happens, in a sentence or two; `_x` or `_{xy}` sets a subscript.
        shape: of the tensor the step gives; None where the weights' record does not say.
        rows: formulas, one a row.
        beside: formula and meaning share a line.
        part: name of the step, by which a page finds its box; empty leaves it without.
    """

    number: int
    title: str
    text: str
    width: float
    shape: Sequence[int] | None = None
    rows: tuple[Row, ...] = ()
    beside: bool = False
    part: str = ""

    @property
    def height(self) -> float:
        """Room for all of it."""
        return self._layout(0, 0)[1]

    def draw(self, x: float, y: float, height: float | None = None) -> Markup:
        """The box with its upper left corner at a point, stretched to a height if one is given."""
        content, own = self._layout(x, y)
        box = element("rect", class_="box", x=x, y=y, width=self.width, height=height or own, rx=12)
        return element("g", box, content, data_part=self.part) if self.part else box + content

    def _layout(self, x: float, y: float) -> tuple[Markup, float]:
        inner = self.width - 2 * PAD
        badge = element("circle", class_="number", cx=x + PAD + 10, cy=y + 23, r=11) + element(
            "text", str(self.number), class_="t-letter", x=x + PAD + 10, y=y + 27.2, text_anchor="middle"
        )
        title = wrap(self.title, inner - 30, LABEL, most=2)
        drawn = [badge, text_lines(title, x + PAD + 29, y + 27.5, LABEL, "t-label")]
        at = y + 31 + len(title) * LABEL.leading
        for line in wrap(self.text, inner, TEXT):
            drawn.append(formula(line, x + PAD, at, "t-text", TEXT))
            at += TEXT.leading
        for row in self.rows:
            part, at = self._row(row, x + PAD, at + 6, inner)
            drawn.append(part)
        if self.shape is not None:
            lines = wrap(f"shape {shape_text(self.shape)}", inner, MONO, most=2)
            drawn.append(text_lines(lines, x + PAD, at + 4, MONO, "t-mono"))
            at += 4 + len(lines) * MONO.leading
        return joined(*drawn), round(at - y - 4, 1)

    def _row(self, row: Row, x: float, y: float, inner: float) -> tuple[Markup, float]:
        tone = f"t-math c-{row.colour}" if row.colour else "t-math"
        drawn = formula(row.formula, x, y, tone, MATH)
        meaning_x, room = (x + 0.52 * inner, 0.48 * inner) if self.beside else (x, inner)
        meaning_y = y if self.beside else y + TEXT.leading + 1
        lines = wrap(row.meaning, room, TEXT, most=3)
        drawn += joined(
            *(
                formula(line, meaning_x, meaning_y + place * TEXT.leading, "t-text", TEXT)
                for place, line in enumerate(lines)
            )
        )
        return drawn, meaning_y + len(lines) * TEXT.leading


def formula(markup: str, x: float, y: float, class_: str, face: Face) -> Markup:
    """One line of text in which `_x` or `_{xy}` sets a subscript."""
    plain, *rest = _SUBSCRIPT.split(markup)
    parts = [words_kept(plain)]
    drop, size = number(face.size * 0.28), number(face.size * 0.76)
    for lowered, following in zip(rest[::2], rest[1::2], strict=True):
        subscript = words_kept(lowered.strip("{}"))
        parts.append(element("tspan", subscript, dy=drop, font_size=size))
        if following:
            parts.append(element("tspan", words_kept(following), dy=f"-{drop}"))
    return element("text", *parts, x=x, y=y, class_=class_)


def words_kept(text: str) -> Markup:
    """Escaped text with the spaces at its ends kept."""
    return words(f"|{text}|")[1:-1]


def shape_text(shape: Sequence[int]) -> str:
    """`(3, 16, 32, 48)` -> `3×16×32×48`."""
    return "×".join(str(size) for size in shape)


def arrow_head(x: float, y: float, direction: Direction, colour: str) -> Markup:
    """A small triangle whose tip touches a point."""
    turns = {"down": ((-5, -8), (5, -8)), "right": ((-8, -5), (-8, 5)), "left": ((8, -5), (8, 5))}
    (x1, y1), (x2, y2) = turns[direction]
    points = ((x, y), (x + x1, y + y1), (x + x2, y + y2))
    return element("polygon", class_=f"head {colour}", points=" ".join(f"{number(a)},{number(b)}" for a, b in points))
