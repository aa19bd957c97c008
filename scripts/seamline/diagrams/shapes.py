"""The pieces that drawings are put together from: cards, boxes of steps, ports and wires.

A piece knows its size before it has a place; `draw(x, y)` puts its upper left corner there. All lengths are user units,
which are CSS pixels at the drawing's natural width.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from markupsafe import Markup

from seamline.blocks.ports import PortType
from seamline.diagrams.palette_css import BODY, LABEL, MONO, SMALL, TITLE
from seamline.diagrams.svg import element, joined, number, safe_href
from seamline.diagrams.typesetting import text_lines, wrap

PORT_RADIUS = 10
PORT_ROW = 30
_PAD = 14
_MOST_LINES = 14


@dataclass(frozen=True)
class Picture:
    """A thumbnail: where it is from the page that shows it, what it shows, and its size in pixels."""

    href: str
    alt: str
    width: int
    height: int


Content = Picture | str | None
"""What flows through a card: a picture, the words of an instruction, or nothing known."""


@dataclass(frozen=True)
class DataCard:
    """An input or output: its name above what flows through it, and a note below that."""

    label: str
    kind: PortType
    content: Content
    width: float
    clip_id: str
    note: str = ""

    @property
    def height(self) -> float:
        """Room for label, content and note."""
        return self._top + self._content_height + len(self._note) * MONO.leading + _PAD

    def draw(self, x: float, y: float, height: float | None = None) -> Markup:
        """The card, stretched to a height if one is given."""
        inner = self.width - 2 * _PAD
        box = element("rect", class_="box", x=x, y=y, width=self.width, height=height or self.height, rx=12)
        label = text_lines(self._label_lines, x + _PAD, y + 24, LABEL, "t-label")
        below = y + self._top + self._content_height
        note = text_lines(self._note, x + _PAD, below + MONO.leading, MONO, "t-mono")
        if isinstance(self.content, Picture):
            return box + label + thumbnail(self.content, x + _PAD, y + self._top, inner, self.clip_id) + note
        return box + label + note + text_lines(self._words, x + _PAD, y + self._top + 14, BODY, self._words_class)

    @property
    def _label_lines(self) -> list[str]:
        return wrap(self.label, self.width - 2 * _PAD, LABEL, most=3)

    @property
    def _note(self) -> list[str]:
        return wrap(self.note, self.width - 2 * _PAD, MONO, most=2)

    @property
    def _top(self) -> float:
        return 14 + len(self._label_lines) * LABEL.leading

    @property
    def _content_height(self) -> float:
        if isinstance(self.content, Picture):
            return thumbnail_height(self.content, self.width - 2 * _PAD)
        return len(self._words) * BODY.leading

    @property
    def _words(self) -> list[str]:
        if isinstance(self.content, str):
            return wrap(f"“{self.content}”", self.width - 2 * _PAD, BODY, most=_MOST_LINES)
        return wrap(self.kind.phrase, self.width - 2 * _PAD, BODY, most=2)

    @property
    def _words_class(self) -> str:
        return "t-body" if isinstance(self.content, str) else "t-small"


@dataclass(frozen=True)
class StepBox:
    """A model or an operation: what it is called, where it comes from, and room for `rows` of ports below.

    Attributes:
        origin: owner and name of a model, name of an operation.
        note: where the model is published, or that none runs.
    """

    title: str
    signature: str
    origin: str
    note: str
    width: float
    rows: int
    href: str | None
    kind: Literal["model", "operation"] = "model"

    @property
    def first_row(self) -> float:
        """Distance from the box's top to the middle of its first row of ports."""
        return self._band + len(self._origin) * MONO.leading + (1 + len(self._signature)) * SMALL.leading + 24

    @property
    def height(self) -> float:
        """Room for the texts and the port rows."""
        return self.first_row + self.rows * PORT_ROW - (PORT_ROW / 2 if self.rows else 8)

    def draw(self, x: float, y: float) -> Markup:
        """The box, as a link to the model's page if it has one."""
        left = x + _PAD
        below = y + self._band + 18
        signature_at = below
        origin_at = signature_at + len(self._signature) * SMALL.leading
        drawn = joined(
            element(
                "rect",
                class_="box model" if self.kind == "model" else "box",
                x=x,
                y=y,
                width=self.width,
                height=self.height,
                rx=14,
            ),
            element("path", class_="band", d=_rounded_top(x, y, self.width, self._band, 14)),
            text_lines(self._title, left, y + 26, TITLE, "t-title"),
            text_lines(self._signature, left, signature_at, MONO, "t-mono t-accent"),
            text_lines(self._origin, left, origin_at, MONO, "t-mono"),
            text_lines(
                wrap(self.note, self.width - 2 * _PAD, SMALL, most=1),
                left,
                origin_at + len(self._origin) * MONO.leading,
                SMALL,
                "t-small",
            ),
        )
        if self.href is None:
            return element("g", drawn)
        return element("a", drawn, href=safe_href(self.href), aria_label=f"{self.title}, the model's page")

    @property
    def _title(self) -> list[str]:
        return wrap(self.title, self.width - 2 * _PAD, TITLE, most=3)

    @property
    def _signature(self) -> list[str]:
        return wrap(self.signature, self.width - 2 * _PAD, MONO, most=4)

    @property
    def _origin(self) -> list[str]:
        return wrap(self.origin, self.width - 2 * _PAD, MONO, most=4)

    @property
    def _band(self) -> float:
        return 16 + len(self._title) * TITLE.leading


def thumbnail_height(picture: Picture, width: float) -> float:
    """Height of a picture that is shown at a width, kept between a panorama and a square."""
    return round(width * min(max(picture.height / picture.width, 0.4), 1.0), 1)


def thumbnail(picture: Picture, x: float, y: float, width: float, clip_id: str) -> Markup:
    """A picture with rounded corners, named for those who cannot see it."""
    height = thumbnail_height(picture, width)
    clip = element("clipPath", element("rect", x=x, y=y, width=width, height=height, rx=7), id=clip_id)
    return clip + element(
        "image",
        href=safe_href(picture.href),
        x=x,
        y=y,
        width=width,
        height=height,
        preserveAspectRatio="xMidYMid slice",
        clip_path=f"url(#{clip_id})",
        role="img",
        aria_label=picture.alt,
    )


def port(kind: PortType, x: float, y: float) -> Markup:
    """A dot in the type's colour, with the type's letter for those who cannot tell colours."""
    return element(
        "g",
        element("circle", class_="port", cx=x, cy=y, r=PORT_RADIUS),
        element("text", kind.letter, class_="t-letter", x=x, y=y + 4.2, text_anchor="middle"),
        class_=f"p-{kind.code.lower()}",
        aria_hidden="true",
    )


def wire(path: str, kind: PortType | None, **attributes: str) -> Markup:
    """A wire in its type's colour; without a type, in the colour of quiet text."""
    colour = f"p-{kind.code.lower()}" if kind else "plain"
    return element("path", class_=f"wire {colour}", d=path, **attributes)


def across(x1: float, y1: float, x2: float, y2: float) -> str:
    """A curve that leaves and arrives horizontally."""
    reach = max(abs(x2 - x1) / 2, 24)
    return f"M{_at(x1, y1)} C{_at(x1 + reach, y1)} {_at(x2 - reach, y2)} {_at(x2, y2)}"


def down(*points: tuple[float, float]) -> str:
    """A curve through points that passes each of them vertically."""
    path = f"M{_at(*points[0])}"
    for (x1, y1), (x2, y2) in pairwise(points):
        reach = max(abs(y2 - y1) / 2, 12)
        path += f" L{_at(x2, y2)}" if x1 == x2 else f" C{_at(x1, y1 + reach)} {_at(x2, y2 - reach)} {_at(x2, y2)}"
    return path


def canvas(width: float, height: float, grid_id: str) -> Markup:
    """The dotted ground that a node editor draws on."""
    dots = element(
        "pattern",
        element("circle", class_="grid", cx=10, cy=10, r=1),
        id=grid_id,
        width=20,
        height=20,
        patternUnits="userSpaceOnUse",
    )
    ground = {"x": 0.5, "y": 0.5, "width": width - 1, "height": height - 1, "rx": 16}
    return joined(
        element("defs", dots),
        element("rect", class_="canvas", **ground),
        element("rect", fill=f"url(#{grid_id})", **ground),
    )


_ENLARGED = 1.06
"""Pixels of the page to a unit of the drawing where there is room; the style sheet shrinks it to the column."""


def drawing(
    variant: str, width: float, height: float, body: Iterable[Markup], *, title: str, description: str, prefix: str,
    role: str, style: str = "", standalone: bool = False,
) -> Markup:  # fmt: skip
    """One `<svg>`: named and described for screen readers, its parts one to a line."""
    title_id, description_id = f"{prefix}-title", f"{prefix}-desc"
    parts = [
        element("title", title, id=title_id),
        element("desc", description, id=description_id),
        *([element("style", style)] if style else []),
        *body,
    ]
    return element(
        "svg",
        Markup("\n") + Markup("\n").join(part for part in parts if part) + Markup("\n"),
        xmlns="http://www.w3.org/2000/svg" if standalone else None,
        class_=f"sl-d sl-d--{variant}",
        role=role,
        aria_labelledby=title_id,
        aria_describedby=description_id,
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width * _ENLARGED,
        height=height * _ENLARGED,
    )


def both(wide: str, narrow: str) -> Markup:
    """The two variants of a drawing, of which the page's width shows one; the other is hidden from everyone."""
    return Markup(f'<div class="sl-drawing">\n{wide}\n{narrow}\n</div>')


def _rounded_top(x: float, y: float, width: float, height: float, radius: float) -> str:
    return (
        f"M{_at(x, y + height)} V{number(y + radius)} Q{_at(x, y)} {_at(x + radius, y)} H{number(x + width - radius)} "
        f"Q{_at(x + width, y)} {_at(x + width, y + radius)} V{number(y + height)} Z"
    )


def _at(x: float, y: float) -> str:
    return f"{number(x)} {number(y)}"
