"""A line chart: one or more values over the settings at which they were measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from seamline.charts import svg_marks as svg
from seamline.diagrams.svg import element

MARK = "mark"
"""`data-sl-slot` of the marker, which exhibits.js replaces when a reader chooses another setting."""
_TOP, _HEIGHT = 22.0, 150.0


@dataclass(frozen=True, slots=True)
class Series:
    """One line.

    Attributes:
        label: what readers call it, for those who cannot see the chart.
        values: one for each setting; None where there is none.
    """

    label: str
    values: Sequence[float | None]
    colour: str
    dashes: str = ""


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines over settings.

    Attributes:
        key: distinguishes its ids on a page.
        x: settings, rising.
        x_label, y_label: what the axes are.
        unit: of the settings, behind the last tick.
    """

    key: str
    title: str
    x: Sequence[float]
    series: Sequence[Series]
    x_label: str
    y_label: str
    unit: str = ""

    def drawing(self, shown: int) -> Markup:
        """The chart as SVG, with the marker at the setting `shown`."""
        levels, x, bottom = self._levels, self._scale, _TOP + _HEIGHT
        marks = [svg.text(0, 12, self.y_label, colour=svg.INK)]
        for level in levels:
            down = self._y(level)
            marks += [svg.line(6, down, 100, down), svg.text(0, down + 4, svg.short(level))]
        marks += [*x.numbers(bottom + 16), svg.text(97, bottom + 34, self.x_label, anchor="end", colour=svg.INK)]
        marks.append(self.marker(shown))
        for one in self.series:
            places = [(x.at(at), self._y(value)) for at, value in self._points(one)]
            for (x1, y1), (x2, y2) in pairwise(places):
                marks.append(svg.line(x1, y1, x2, y2, colour=one.colour, width=2, dashes=one.dashes))
            marks += [svg.dot(across, down, colour=one.colour, radius=3.5) for across, down in places]
        return svg.drawing(self.key, self.title, self._words(), bottom + 40, marks)

    def marker(self, at: int) -> Markup:
        """A line at one setting."""
        across = self._scale.at(self.x[at])
        rule = svg.line(across, _TOP - 4, across, _TOP + _HEIGHT, colour=svg.ACCENT, width=6)
        return element("g", rule, data_sl_slot=MARK, opacity=".25")

    @property
    def _scale(self) -> svg.Scale:
        first, last = self.x[0], self.x[-1]
        inner = [tick for tick in svg.ticks(first, last, 7) if first < tick < last]
        return svg.Scale([first, *inner, last], self.unit, 10, 97)

    @property
    def _levels(self) -> list[float]:
        found = [value for one in self.series for value in one.values if value is not None]
        return svg.ticks(min(found), max(found), 5)

    def _y(self, value: float) -> float:
        low, high = self._levels[0], self._levels[-1]
        return round(_TOP + _HEIGHT * (1 - (value - low) / (high - low)), 1)

    def _words(self) -> str:
        said = {one.label: [f"{value:.2f} at {at:g}" for at, value in self._points(one)] for one in self.series}
        return "; ".join(f"{label}: {', '.join(points)}" for label, points in said.items())

    def _points(self, one: Series) -> list[tuple[float, float]]:
        return [(at, value) for at, value in zip(self.x, one.values, strict=True) if value is not None]
