"""How close an edit comes, by its number of denoising steps and its scheduler: drawn while pages are rendered.

The figures are those of `catalog/records/steps.json`, which `python -m tools.step_sweep` writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from seamline.charts import svg_marks as svg
from seamline.charts.line_chart import LineChart, Series
from seamline.diagrams.svg import element, joined
from seamline.measures.registry import measure_named

TITLE = "How close the face comes, by the number of denoising steps"
_COLUMNS = ("psnr_face", "ssim_face", "psnr_outside", "edit_strength", "identity", "right_person", "expression")
_LOOKS = ((svg.ACCENT, ""), (svg.INK, "6 4"), (svg.SOFT, "1.5 3"))
"""Colour and dashes of each scheduler's line."""
_OF_SAMPLES = 4
"""The number of steps that most samples of this project take; the chart marks it."""


def chart(record: Mapping[str, Any] | None) -> Markup:
    """The figure, with its numbers as a table; a note where nothing was measured yet."""
    caption = element("strong", TITLE)
    if record is None:
        note = element("p", "Not measured yet: ", element("code", "python -m tools.step_sweep"), " measures it.")
        return element("figure", element("figcaption", caption), note, class_="sl-chart")
    figures = {name: by for name, by in record["figures"].items() if name != "no_edit"}
    steps = [int(name) for name in next(iter(figures.values()))]
    series = [
        Series(_short(name), [by[str(at)]["psnr_face"]["value"] for at in steps], *look)
        for (name, by), look in zip(figures.items(), _LOOKS, strict=True)
    ]
    line_chart = LineChart(
        key="chart-steps",
        title=TITLE,
        x=[float(at) for at in steps],
        series=series,
        x_label="denoising steps",
        y_label="Closeness of the face (dB)",
    )
    keys = ("a full line", "dashes", "dots")
    said = ", ".join(f"{one.label} {key}" for one, key in zip(series, keys, strict=True))
    count, none = record["facts"]["edits"], record["figures"]["no_edit"]["0"]["psnr_face"]["value"]
    words = (
        f" {count} held-out edits at each point, the same ones. {said}. The band marks the {_OF_SAMPLES} steps that "
        f"most samples take. Nothing done scores {measure_named('psnr_face').format(none)}."
    )
    shown = line_chart.drawing(steps.index(_OF_SAMPLES))
    return element("figure", element("figcaption", caption, words), shown, _numbers(record), class_="sl-chart")


def _numbers(record: Mapping[str, Any]) -> Markup:
    head = element("tr", *(element("th", one, scope="col") for one in ["Scheduler", "Steps", *map(_label, _COLUMNS)]))
    rows = [("Nothing done", "", record["figures"]["no_edit"]["0"])]
    for name, by in record["figures"].items():
        rows += [(_short(name), steps, some) for steps, some in by.items() if name != "no_edit"]
    body = joined(*(_row(name, steps, some) for name, steps, some in rows))
    table = element(
        "table", element("caption", TITLE), element("thead", head), element("tbody", body), class_="sl-chart__table"
    )
    scrolled = element(
        "div", table, class_="sl-chart__scroll", role="region", aria_label=f"{TITLE}: table", tabindex="0"
    )
    return element("details", element("summary", "The numbers"), scrolled)


def _row(name: str, steps: str, figures: Mapping[str, Any]) -> Markup:
    cells: Sequence[str] = [_cell(measure, figures.get(measure)) for measure in _COLUMNS]
    return element("tr", element("th", name, scope="row"), *(element("td", one or "–") for one in [steps, *cells]))


def _cell(measure: str, figure: Mapping[str, Any] | None) -> str:
    if figure is None:
        return ""
    if measure_named(measure).unit == "yes or no":
        return f"{100 * figure['value']:.0f} %"
    return measure_named(measure).format(figure["value"])


def _label(measure: str) -> str:
    return measure_named(measure).label


def _short(scheduler: str) -> str:
    return scheduler.removesuffix("Scheduler").removesuffix("Multistep")
