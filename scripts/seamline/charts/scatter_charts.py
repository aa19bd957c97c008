"""Charts with two directions: one value against another."""

from __future__ import annotations

from itertools import pairwise

from markupsafe import Markup

from seamline.charts import svg_marks as svg
from seamline.measures.evaluation_record import CHARTED, WAY_LABELS, EvaluationRecord, Figure

SHORT_LABELS = {way: WAY_LABELS[way] for way in ("paste", "no_image", "edit")}
"""Ways that are set beside each other, and what their panels are headed by."""


def against_truth(key: str, title: str, name: str, record: EvaluationRecord) -> Markup:
    """A panel a way: a measure on each edit (up) against the same measure on the true picture (across)."""
    ways = [way for way in CHARTED if way in SHORT_LABELS and way in record.correlations[name]]
    pairs = {
        way: [
            (row.truth[name], row.ways[way][name])
            for row in record.swap_rows
            if name in row.truth and name in row.ways.get(way, {})
        ]
        for way in ways
    }
    limit = max(svg.ticks(0, max(abs(value) for points in pairs.values() for point in points for value in point), 4))
    height, top, gap = 170.0, 44.0, 5.0
    width = (100 - gap * (len(ways) - 1)) / len(ways)
    marks, words = [], []
    for index, way in enumerate(ways):
        left, colour = round(index * (width + gap), 2), svg.ACCENT if way == "edit" else svg.SOFT
        figure = record.correlations[name][way]
        scale = svg.Scale((-limit, limit), "", left, round(left + width, 2))
        points = [(1000 * scale.share(x), height * (1 - scale.share(y))) for x, y in pairs[way]]
        cross = svg.hairline(f"M0 {height / 2:g}H1000M500 0V{height:g}")
        equal = svg.hairline(f"M0 {height:g}L1000 0", colour=svg.SOFT, dashes="2 3")
        marks += [
            svg.text(left, 14, SHORT_LABELS[way], colour=colour if way == "edit" else svg.INK, bold=way == "edit"),
            svg.text(left, 31, f"r = {_number(figure.value)}", colour=svg.INK),
            svg.panel(left, left + width, top, height, cross + equal + svg.cloud(points, colour=colour, size=4)),
            *scale.numbers(top + height + 16),
        ]
        words.append(f"{WAY_LABELS[way]}: correlation {_correlation(figure)}")
    return svg.drawing(key, title, "; ".join(words) + ".", top + height + 22, marks)


def strength_against_consistency(key: str, title: str, record: EvaluationRecord) -> Markup:
    """The curve over the image guidance scale: how much of the edit was made against what stayed as it was."""
    points = sorted(record.consistency, key=lambda point: point.image_guidance_scale)
    strengths, consistencies = [point.edit_strength for point in points], [point.consistency for point in points]
    x = svg.Scale(svg.ticks(min(one.low for one in strengths), max(one.high for one in strengths)), "%", 8, 92)
    kept = svg.ticks(min(one.low for one in consistencies), max(one.high for one in consistencies), 5)
    height, top = 230.0, 36.0

    def y(value: float) -> float:
        return round(top + height * (1 - (value - kept[0]) / (kept[-1] - kept[0])), 1)

    marks = [svg.text(0, 13, "Consistency with the input", colour=svg.INK)]
    for value in kept:
        marks += [svg.line(0, y(value), 100, y(value)), svg.text(0, y(value) - 4, svg.short(value))]
    marks += x.numbers(top + height + 16)
    places = [(x.at(point.edit_strength.value), y(point.consistency.value)) for point in points]
    for (x1, y1), (x2, y2) in pairwise(places):
        marks.append(svg.line(x1, y1, x2, y2, colour=svg.ACCENT, width=2))
    for point, (across, down) in zip(points, places, strict=True):
        strength, consistency = point.edit_strength, point.consistency
        marks += [
            svg.line(x.at(strength.low), down, x.at(strength.high), down, colour=svg.ACCENT),
            svg.line(across, y(consistency.low), across, y(consistency.high), colour=svg.ACCENT),
            svg.dot(across, down, colour=svg.ACCENT),
        ]
    marks += _numbered([f"{point.image_guidance_scale:g}" for point in points], places)
    marks.append(svg.text(92, top + height + 34, "Edit strength", anchor="end", colour=svg.INK))
    words = "; ".join(
        f"at image guidance scale {point.image_guidance_scale:g} strength {100 * point.edit_strength.value:.0f} %, "
        f"consistency {point.consistency.value:.3f}"
        for point in points
    )
    return svg.drawing(key, title, words + ".", top + height + 40, marks)


def _correlation(figure: Figure) -> str:
    return f"{_number(figure.value)} ({_number(figure.low)} to {_number(figure.high)})"


_NARROWEST = 3.0
"""Pixels to a per cent of the width on the narrowest screen that charts are made for."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the narrowest screen."""


def _numbered(labels: list[str], places: list[tuple[float, float]]) -> list[Markup]:
    """Labels around their points, each where it lies on no other label and no other point; none where there is no room.

    The numbers below the chart leave none out.
    """
    taken = [(_NARROWEST * across - 5, down - 5, _NARROWEST * across + 5, down + 5) for across, down in places]
    marks = []
    for label, (across, down) in zip(labels, places, strict=True):
        for side, lift in ((1.6, -8.0), (1.6, 17.0), (-1.6, -8.0), (-1.6, 17.0)):
            box = _box(label, across + side, down + lift, leftwards=side < 0)
            if box[0] >= 0 and box[2] <= 100 * _NARROWEST and not any(_meet(box, other) for other in taken):
                anchor = "end" if side < 0 else "start"
                marks.append(svg.text(across + side, down + lift, label, anchor=anchor, colour=svg.INK, bold=True))
                taken.append(box)
                break
    return marks


def _box(label: str, across: float, base: float, *, leftwards: bool) -> Box:
    """The room of a label that starts, or ends if `leftwards`, at `across` per cent, on the line `base`."""
    wide, at = 8.0 * len(label), _NARROWEST * across
    return (at - wide if leftwards else at, base - 11, at if leftwards else at + wide, base + 2)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
