"""Charts made of rows: one way of editing, or one group of people, a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from seamline.charts import svg_marks as svg
from seamline.measures.evaluation_record import CHARTED, WAY_LABELS, EvaluationRecord, Figure, Way
from seamline.measures.registry import MEASURES, Measure

BINS = 60
"""Bars of a histogram."""

PANELS: Mapping[str, str] = {"psnr_face": "Closeness", "identity": "Identity", "expression": "Expression"}
"""Measures shown for each group of people, and what their panels are headed by."""


def shown(measure: Measure, figure: Figure) -> str:
    """A figure with its interval, in words: `21.4 dB (21.1 to 21.7)`."""
    value, low, high = (_number(measure, number) for number in (figure.value, figure.low, figure.high))
    unit = f" {_unit(measure)}" if _unit(measure) else ""
    return f"{value}{unit} ({low} to {high})"


def distributions(key: str, title: str, name: str, record: EvaluationRecord) -> Markup:
    """For each way of swapping a face: how many edits lie where, their middle half as a bar, their mean as a dot."""
    measure, figures = MEASURES[name], record.swaps[name]
    ways = [way for way in CHARTED if way in figures]
    values = {way: [row.ways[way][name] for row in record.swap_rows if name in row.ways.get(way, {})] for way in ways}
    scale = svg.Scale(svg.ticks(min(map(min, values.values())), max(map(max, values.values()))), _unit(measure))
    counts = {way: _histogram(values[way], scale) for way in ways}
    marks, row = [], 68.0
    for index, way in enumerate(ways):
        top, colour, figure = index * row, _colour(way), figures[way]
        heights = [27 * count / max(counts[way]) for count in counts[way]]
        marks += [
            *_label(top + 14, way, shown(measure, figure)),
            *scale.rules(top + 22, top + 60),
            svg.panel(scale.left, scale.right, top + 22, 28, svg.steps(heights, 28, colour=colour)),
            *_mark(scale, top + 54, figure, figure.q1, figure.q3, colour, hollow=way != "edit"),
        ]
    bottom = row * len(ways)
    marks += scale.numbers(bottom + 8)
    return svg.drawing(key, title, _description(measure, figures), bottom + 14, marks)


def intervals(key: str, title: str, name: str, record: EvaluationRecord, chance: float) -> Markup:
    """For each way of swapping a face: a share as a dot on its confidence interval, and what chance would give."""
    measure, figures = MEASURES[name], record.swaps[name]
    ways = [way for way in CHARTED if way in figures]
    scale, marks, row = svg.Scale((0, 0.25, 0.5, 0.75, 1), "%"), [], 46.0
    for index, way in enumerate(ways):
        top, figure = index * row, figures[way]
        marks += [
            *_label(top + 14, way, shown(measure, figure)),
            *scale.rules(top + 22, top + 38),
            _reference(scale, chance, top + 22, top + 38),
            *_mark(scale, top + 30, figure, figure.low, figure.high, _colour(way), hollow=way != "edit"),
        ]
    bottom, odds = row * len(ways), f"{100 * chance:.0f} %"
    marks += scale.numbers(bottom + 8)
    marks.append(svg.text(0, bottom + 26, f"dotted: chance, {odds}"))
    words = f"{_description(measure, figures)} By chance it would be {odds}."
    return svg.drawing(key, title, words, bottom + 32, marks)


def groups(key: str, title: str, group: str, names: Sequence[str], record: EvaluationRecord) -> Markup:
    """For each group, the edit's figures on their confidence intervals, with the figure of all edits dotted."""
    figures = record.groups[group]
    panels = [name for name in PANELS if any("edit" in figures[one].get(name, {}) for one in names)]
    row, top, gap = 46.0, 22.0, 6.0
    bottom, width = top + 46.0 * len(names), (100.0 - gap * (len(panels) - 1)) / max(1, len(panels))
    marks = [
        svg.text(0, top + place * row + 14, f"{one.capitalize()}, {_count(figures[one])} edits", colour=svg.INK)
        for place, one in enumerate(names)
    ]
    words = []
    for index, name in enumerate(panels):
        measure, left = MEASURES[name], round(index * (width + gap), 2)
        here = {one: figures[one][name]["edit"] for one in names if "edit" in figures[one].get(name, {})}
        scale = _scale(measure, list(here.values()), left, round(left + width, 2))
        marks.append(svg.text(left, 12, PANELS[name], colour=svg.INK, bold=True))
        for place, one in enumerate(names):
            y = top + place * row
            marks += scale.rules(y + 22, y + 38)
            marks.append(_reference(scale, record.figures[name]["edit"].value, y + 22, y + 38))
            if one in here:
                figure = here[one]
                marks += _mark(scale, y + 30, figure, figure.low, figure.high, svg.ACCENT, hollow=False)
        marks += scale.numbers(bottom + 8, ends_only=True)
        words.append(f"{measure.label}: " + ", ".join(f"{one} {shown(measure, here[one])}" for one in here))
    return svg.drawing(key, title, ". ".join(words) + ".", bottom + 14, marks)


def _label(y: float, way: Way, value: str) -> list[Markup]:
    edit = way == "edit"
    return [
        svg.text(0, y, WAY_LABELS[way], size=svg.BODY, colour=svg.ACCENT if edit else svg.INK, bold=edit),
        svg.text(100, y, value, anchor="end", colour=svg.INK, bold=edit),
    ]


def _mark(
    scale: svg.Scale, y: float, figure: Figure, low: float | None, high: float | None, colour: str, *, hollow: bool
) -> list[Markup]:
    """A bar from `low` to `high`, and the figure's value as a dot on it."""
    found = svg.dot(scale.at(figure.value), y, colour=colour, filled=not hollow)
    if low is None or high is None:
        return [found]
    return [svg.line(scale.at(low), y, scale.at(high), y, colour=colour, width=3), found]


def _reference(scale: svg.Scale, value: float, top: float, bottom: float) -> Markup:
    return svg.line(scale.at(value), top, scale.at(value), bottom, colour=svg.SOFT, dashes="2 2")


def _scale(measure: Measure, figures: Sequence[Figure], left: float, right: float) -> svg.Scale:
    low, high = min(figure.low for figure in figures), max(figure.high for figure in figures)
    return svg.Scale(svg.ticks(low, high, 4), _unit(measure), left, right)


def _histogram(values: Sequence[float], scale: svg.Scale) -> list[int]:
    counts = [0] * BINS
    for value in values:
        counts[min(BINS - 1, max(0, int(scale.share(value) * BINS)))] += 1
    return counts


def _count(figures: Mapping[str, Mapping[Way, Figure]]) -> int:
    return max((by_way["edit"].n for by_way in figures.values() if "edit" in by_way), default=0)


def _colour(way: Way) -> str:
    return svg.ACCENT if way == "edit" else svg.SOFT


def _description(measure: Measure, figures: Mapping[Way, Figure]) -> str:
    parts = "; ".join(f"{WAY_LABELS[way]}: {shown(measure, figures[way])}" for way in CHARTED if way in figures)
    return f"{measure.meaning} {parts}."


def _unit(measure: Measure) -> str:
    return "%" if measure.unit == "yes or no" else measure.unit


def _number(measure: Measure, value: float) -> str:
    if _unit(measure) == "%":
        return f"{100 * value:.0f}"
    return f"{value:.{measure.digits}f}".replace("-", "−")
