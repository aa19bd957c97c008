"""Marks of a chart: SVG text that stretches with the page while its type keeps its size.

A chart has no viewBox: across, everything is placed in percent of the width; down, and for
type, in pixels. So 12 px stay 12 px on a phone and on a desk. Colours come from the site's
custom properties and fall back to a light or dark value of their own; no style sheet and
no style attribute is needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from seamline.diagrams.svg import element

INK = "var(--sl-ink, light-dark(#1d1b26, #eceaf4))"
SOFT = "var(--sl-ink-soft, light-dark(#5a5666, #aeabbd))"
LINE = "var(--sl-line, light-dark(#d9d4ca, #3a3845))"
PAPER = "var(--sl-paper, light-dark(#fffdf9, #17161d))"
ACCENT = "var(--sl-accent, light-dark(#5b4bd6, #a79bff))"

SMALL, BODY = 12, 13
"""Sizes of type, in pixels."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Values laid out from `left` to `right`, in percent of the chart's width.

    Attributes:
        values: where hairlines stand and what the numbers below say, rising; the first and last are the ends.
        unit: stands behind the last number. `%` shows shares as percent.
    """

    values: Sequence[float]
    unit: str = ""
    left: float = 3.0
    right: float = 97.0

    def share(self, value: float) -> float:
        """Where `value` lies between the ends, 0 to 1, not kept within."""
        return (value - self.values[0]) / (self.values[-1] - self.values[0])

    def at(self, value: float) -> float:
        """Where `value` lies, in percent of the width, kept within the scale."""
        return round(self.left + (self.right - self.left) * min(1.0, max(0.0, self.share(value))), 2)

    def rules(self, top: float, bottom: float) -> list[Markup]:
        """A hairline at each value."""
        return [line(self.at(value), top, self.at(value), bottom) for value in self.values]

    def numbers(self, y: float, *, ends_only: bool = False) -> list[Markup]:
        """The numbers below the hairlines, their baseline at `y`; the outer ones stay within the scale."""
        shown = [self.values[0], self.values[-1]] if ends_only else self.values
        anchors = {self.values[0]: "start", self.values[-1]: "end"}
        return [text(self.at(value), y, self._tick(value), anchor=anchors.get(value, "middle")) for value in shown]

    def _tick(self, value: float) -> str:
        words = short(100 * value if self.unit == "%" else value)
        return f"{words} {self.unit}" if self.unit and value == self.values[-1] else words


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round values that span `low` to `high` and lie evenly: two or more, at most `most` (3 or more) of them."""
    if high - low < 1e-6 * (1 + abs(low)):
        low, high = low - 0.5, high + 0.5
    for exponent in range(math.floor(math.log10((high - low) / most)) - 1, 12):
        for factor in (1, 2, 5):
            step = factor * 10.0**exponent
            first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
            if first < last < first + most:
                return [round(index * step, 10) for index in range(first, last + 1)]
    raise ValueError(f"no ticks from {low} to {high}")


def short(value: float) -> str:
    """A tick's number: as few decimals as it has, with a true minus sign."""
    return f"{value:.10g}".replace("-", "−")


def text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    size: int = SMALL,
    colour: str = SOFT,
    bold: bool = False,
) -> Markup:
    """Words at `x` percent, their baseline at `y` pixels."""
    return element(
        "text",
        words,
        x=_percent(x),
        y=_number(y),
        text_anchor=None if anchor == "start" else anchor,
        font_size=_number(size),
        fill=colour,
        font_weight="600" if bold else None,
    )


def line(
    x1: float, y1: float, x2: float, y2: float, *, colour: str = LINE, width: float = 1, dashes: str = ""
) -> Markup:
    """A straight line; x in percent, y in pixels."""
    return element(
        "line",
        x1=_percent(x1),
        y1=_number(y1),
        x2=_percent(x2),
        y2=_number(y2),
        stroke=colour,
        stroke_width=_number(width),
        stroke_dasharray=dashes or None,
    )


def dot(x: float, y: float, *, colour: str = INK, radius: float = 4.5, filled: bool = True) -> Markup:
    """A dot with a rim of paper, so that it stands out from what lies below; hollow where not `filled`."""
    fill, rim = (colour, PAPER) if filled else (PAPER, colour)
    return element(
        "circle", cx=_percent(x), cy=_number(y), r=_number(radius), fill=fill, stroke=rim, stroke_width="1.5"
    )


def panel(left: float, right: float, top: float, height: float, inside: Markup) -> Markup:
    """A part of the chart with coordinates of its own: 0 to 1000 across, 0 to `height` down."""
    return element(
        "svg",
        inside,
        x=_percent(left),
        y=_number(top),
        width=_percent(right - left),
        height=_number(height),
        viewBox=f"0 0 1000 {_number(height)}",
        preserveAspectRatio="none",
        overflow="visible",
    )


def hairline(path: str, *, colour: str = LINE, dashes: str = "") -> Markup:
    """Straight lines in a panel's coordinates, one pixel wide however the panel is stretched."""
    return element(
        "path", d=path, fill="none", stroke=colour, stroke_dasharray=dashes or None, vector_effect="non-scaling-stroke"
    )


def cloud(points: Iterable[tuple[float, float]], *, colour: str, size: float) -> Markup:
    """Many dots in a panel's coordinates, as one path."""
    return element(
        "path",
        d="".join(f"M{x:.0f} {y:.1f}h.1" for x, y in points),
        fill="none",
        stroke=colour,
        stroke_width=_number(size),
        stroke_linecap="round",
        stroke_opacity=".55",
        vector_effect="non-scaling-stroke",
    )


def steps(heights: Sequence[float], base: float, *, colour: str) -> Markup:
    """A histogram's outline, filled, in a panel's coordinates: bars of equal width standing on `base`."""
    width = 1000 / len(heights)
    path = f"M0 {base:g}" + "".join(f"V{base - height:.1f}H{(i + 1) * width:.0f}" for i, height in enumerate(heights))
    return element("path", d=f"{path}V{base:g}Z", fill=colour, fill_opacity=".65")


def drawing(key: str, title: str, description: str, height: float, marks: Iterable[Markup]) -> Markup:
    """The whole SVG: named and described for those who do not see it."""
    return element(
        "svg",
        element("title", title, id=f"{key}-title"),
        element("desc", description, id=f"{key}-desc"),
        *marks,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        width="100%",
        height=_number(height),
        overflow="visible",
        font_family="var(--sl-sans, system-ui, sans-serif)",
    )


def _percent(share: float) -> str:
    return f"{share:g}%"


def _number(value: float) -> str:
    return f"{value:g}"
