"""Charts over the evaluation's held-out scenes, drawn while pages are rendered: no script, no library.

Each is a figure with a drawing that is named and described, its numbers as a table, and
the same numbers as CSV. `CHARTS` lists them; `chart(name, evaluation)` draws one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from seamline.charts import row_charts, scatter_charts
from seamline.measures.evaluation_record import CHARTED, WAY_LABELS, EvaluationRecord, Figure, Way
from seamline.measures.registry import MEASURES
from seamline.scenes.state import EXPRESSIONS, IDENTITY_GRID

LIGHTS = ("left", "front", "right")
"""Where a scene's light comes from, in the order the groups are shown."""

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart of the evaluation.

    Attributes:
        title: what it shows, as a heading.
        caption: how to read it, in a sentence or two.
        ready: whether a record holds what it needs.
        draw: from ids' prefix, title and record to the SVG.
        table: head and rows of its numbers, unrounded but for what the record rounds.
    """

    title: str
    caption: str
    ready: Callable[[EvaluationRecord], bool]
    draw: Callable[[str, str, EvaluationRecord], str]
    table: Callable[[EvaluationRecord], list[list[Cell]]]


def chart(name: str, evaluation: EvaluationRecord | Mapping[str, Any] | None, *, csv_url: str = "") -> str:
    """The figure called `name` as HTML on one line per part, without blank lines, so that Markdown leaves it alone.

    Where the record has nothing to draw it from, the figure says so instead.

    Args:
        csv_url: address of its numbers as a file; empty leaves the download out.

    Raises:
        KeyError: no chart has that name.
        pydantic.ValidationError: the evaluation is not one.
    """
    found = CHARTS[name]
    record = EvaluationRecord.model_validate(evaluation) if evaluation is not None else None
    if record is None or not found.ready(record):
        return _filled(found)
    head, *rows = table = found.table(record)
    drawn = Markup(found.draw(f"chart-{name.replace('_', '-')}", found.title, record))
    return _filled(found, drawn=drawn, head=head, rows=rows, counted=_counted(table), csv_url=csv_url)


def csv_of(name: str, evaluation: EvaluationRecord | Mapping[str, Any]) -> str:
    """The numbers of a chart as CSV (RFC 4180, but lines end in LF), head first.

    Raises:
        KeyError: no chart has that name.
        pydantic.ValidationError: the evaluation is not one.
    """
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(CHARTS[name].table(EvaluationRecord.model_validate(evaluation)))
    return file.getvalue()


def files(evaluation: EvaluationRecord | None) -> dict[str, str]:
    """The numbers of every chart that can be drawn, as CSV, by path below the site's root."""
    if evaluation is None:
        return {}
    return {csv_file(name): csv_of(name, evaluation) for name, found in CHARTS.items() if found.ready(evaluation)}


def csv_file(name: str) -> str:
    """Path of a chart's numbers below the site's root."""
    return f"assets/charts/{name.replace('_', '-')}.csv"


# --- what the figure is made of -----------------------------------------------------------


def _filled(found: Chart, **values: object) -> str:
    shown = {"drawn": "", "counted": "", **values, "title": found.title, "caption": found.caption}
    return _template().render(shown).strip()


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("seamline.charts"),
        finalize=_written,
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("chart.html.j2")


def _written(value: object) -> str:
    """A value as the template writes it: a fraction with three decimals, a text escaped, markup as it is."""
    if isinstance(value, Markup):
        return value
    return f"{value:.3f}".replace("-", "−") if isinstance(value, float) else escape(str(value))


def _counted(table: Sequence[Sequence[Cell]]) -> str:
    """How many edits each row of a table by ways stands for, as a sentence with a space before it."""
    head, *rows = table
    if head[:2] != ["way", "n"]:
        return ""
    usual = max(int(row[1]) for row in rows)
    fewer = "".join(f"; {str(row[0])[:1].lower()}{str(row[0])[1:]}, {row[1]}" for row in rows if row[1] != usual)
    return f" Edits a row: {usual:,}{fewer}."


# --- tables -------------------------------------------------------------------------------

_STATISTICS = ("n", "value", "95 % low", "95 % high")
_QUARTILES = ("first quartile", "median", "third quartile")


def _by_way(name: str) -> Callable[[EvaluationRecord], list[list[Cell]]]:
    def table(record: EvaluationRecord) -> list[list[Cell]]:
        figures = record.swaps[name]
        spread = any(figure.median is not None for figure in figures.values())
        head: list[Cell] = ["way", *_STATISTICS, *(_QUARTILES if spread else ())]
        return [head, *([WAY_LABELS[way], *_row(figures[way])] for way in CHARTED if way in figures)]

    return table


def _by_group(group: str) -> Callable[[EvaluationRecord], list[list[Cell]]]:
    def table(record: EvaluationRecord) -> list[list[Cell]]:
        head: list[Cell] = [group.replace("_", " "), "measure", "way", *_STATISTICS]
        rows: list[list[Cell]] = [
            [one, MEASURES[name].label, WAY_LABELS[way], *_row(figure)[:4]]
            for one in _groups_in(record, group)
            for name, by_way in record.groups[group][one].items()
            if name in row_charts.PANELS
            for way, figure in by_way.items()
            if way in _COMPARED
        ]
        return [head, *rows]

    return table


_COMPARED: tuple[Way, ...] = ("paste", "edit")


def _correlations(record: EvaluationRecord) -> list[list[Cell]]:
    figures = record.correlations["luminance_slope"]
    return [
        ["way", "n", "correlation", "95 % low", "95 % high"],
        *([WAY_LABELS[way], *_row(figures[way])] for way in CHARTED if way in figures),
    ]


def _curve(record: EvaluationRecord) -> list[list[Cell]]:
    head: list[Cell] = ["image guidance scale", "text guidance scale"]
    for what in ("edit strength", "consistency"):
        head += [f"{what}: {statistic}" for statistic in _STATISTICS]
    return [
        head,
        *(
            [
                point.image_guidance_scale,
                point.guidance_scale,
                *_row(point.edit_strength)[:4],
                *_row(point.consistency)[:4],
            ]
            for point in sorted(record.consistency, key=lambda point: point.image_guidance_scale)
        ),
    ]


def _row(figure: Figure) -> list[Cell]:
    spread = [value for value in (figure.q1, figure.median, figure.q3) if value is not None]
    return [figure.n, figure.value, figure.low, figure.high, *spread]


def _groups_in(record: EvaluationRecord, group: str) -> list[str]:
    """Groups the record has, in the order of the grid that scenes are drawn from."""
    order: Sequence[str] = LIGHTS if group == "light" else IDENTITY_GRID[group]
    return [one for one in order if one in record.groups.get(group, {})]


# --- the charts ---------------------------------------------------------------------------


def _distribution(name: str, title: str, caption: str) -> Chart:
    return Chart(
        title,
        caption,
        lambda record: bool(record.swaps.get(name)),
        lambda key, heading, record: row_charts.distributions(key, heading, name, record),
        _by_way(name),
    )


def _breakdown(group: str, title: str) -> Chart:
    return Chart(
        title,
        "Dot: the edits' mean or share. Bar: its 95 % confidence interval. Dotted: all edits together. "
        "A bar across the dotted line shows no difference.",
        lambda record: any("edit" in by for one in record.groups.get(group, {}).values() for by in one.values()),
        lambda key, heading, record: row_charts.groups(key, heading, group, _groups_in(record, group), record),
        _by_group(group),
    )


_READ_DISTRIBUTION = (
    "Height: how many edits lie there, to each row's own scale. Dot: their mean, in brackets its 95 % confidence "
    "interval. "
    "Bar: the middle half of them."
)

CHARTS: Mapping[str, Chart] = {
    "psnr_face": _distribution("psnr_face", "How close the new face comes to the true one", _READ_DISTRIBUTION),
    "ssim_face": _distribution("ssim_face", "How alike their shapes and shading are", _READ_DISTRIBUTION),
    "expression": Chart(
        "How often the expression is the one it should be",
        "Dot: share of edits. Bar: 95 % confidence interval. Pasted faces come from a photo with another expression.",
        lambda record: bool(record.swaps.get("expression")),
        lambda key, title, record: row_charts.intervals(key, title, "expression", record, 1 / len(EXPRESSIONS)),
        _by_way("expression"),
    ),
    "light_slope": Chart(
        "Whether the new face is lit from the right side",
        "Each dot is an edit: how brightness rises from left to right over the new face (up), and over the true one "
        "(across). On the dotted line they agree; r is their correlation.",
        lambda record: any(
            way in record.correlations.get("luminance_slope", {}) for way in scatter_charts.SHORT_LABELS
        ),
        lambda key, title, record: scatter_charts.against_truth(key, title, "luminance_slope", record),
        _correlations,
    ),
    "by_skin": _breakdown("skin", "Edits by skin tone"),
    "by_age": _breakdown("age", "Edits by age"),
    "by_hair": _breakdown("hair_style", "Edits by hair"),
    "by_light": _breakdown("light", "Edits by where the light comes from"),
    "strength_consistency": Chart(
        "Edit strength against consistency",
        "One point for each image guidance scale, which stands beside it, with 95 % confidence intervals. "
        "The ideal lies where strength is 100 % and consistency is 1.",
        lambda record: bool(record.consistency),
        scatter_charts.strength_against_consistency,
        _curve,
    ),
}
"""All charts by the name that `{{ chart("…") }}` takes."""
