"""What the change of photos shows of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from seamline.charts import svg_marks as svg
from seamline.charts.line_chart import LineChart, Series
from seamline.exhibits.turn_the_lamp.context import SLOPE, lamp_words
from seamline.exhibits.view import ExhibitView, Picture
from seamline.measures.registry import measure_named
from seamline.runners.instruct_pix2pix.parameters import EditParameters
from seamline.runs.store.records import ArtifactRecord


@dataclass(frozen=True, slots=True)
class Moment:
    """One edit.

    Attributes:
        after: how many steps saw the first photo.
        words: the same for readers.
        slope: how brightness runs across the face, if it was measured; `slope_text` is that for readers.
    """

    after: int
    words: str
    picture: Picture
    slope: float | None
    slope_text: str


def context(view: ExhibitView) -> dict[str, Any]:
    """Moments from the second photo throughout to the first throughout; shown first is the one nearest the middle."""
    steps = view.parameters_of(EditParameters).num_inference_steps
    images = view.record.all("photo-swapped")
    moments = [_moment(view, image, steps) for image in images]
    middle = min(range(len(moments)), key=lambda at: abs(moments[at].after - steps / 2))
    later = images[0].facts["later_variant"]
    second = next(image for image in view.record.all("variant-input") if image.facts["variant"] == later)
    lamp = lamp_words(second.facts["light_azimuth"])
    chart = _chart(view, moments)
    return {
        "before": view.before,
        "second": view.picture(second, f"The second photo: the same scene, {lamp}"),
        "moments": moments,
        "shown": moments[middle],
        "steps": steps,
        "crop": view.close_up,
        "chart": chart.drawing(middle) if chart else Markup(""),
        "markers": [chart.marker(at) if chart else Markup("") for at in range(len(moments))],
        "conclusion": conclusion(moments, steps),
    }


def conclusion(moments: list[Moment], steps: int) -> str:
    """What the measured slopes say; empty where ends and middle were not measured."""
    by_step = {moment.after: moment for moment in moments if moment.slope is not None}
    if not {0, steps} <= by_step.keys() or len(by_step) < 3:
        return ""
    inner = min((step for step in by_step if 0 < step < steps), key=lambda step: abs(step - steps / 2))
    first, second, changed = by_step[steps], by_step[0], by_step[inner]
    assert first.slope is not None and second.slope is not None and changed.slope is not None
    nearer = "second" if abs(changed.slope - second.slope) < abs(changed.slope - first.slope) else "first"
    return (
        f"With the first photo at every step, brightness across the face has a slope of {first.slope_text}; with the "
        f"second at every step, {second.slope_text}. Changed after {inner} of {steps} steps, the same noise and words "
        f"give {changed.slope_text}: nearer to the light of the {nearer} photo."
    )


def moment_words(after: int, steps: int) -> str:
    """When the photo changed, in words."""
    if after == 0:
        return "The second photo at every step"
    if after == steps:
        return "The first photo at every step"
    return f"Changed after {after} of {steps} steps"


def _moment(view: ExhibitView, image: ArtifactRecord, steps: int) -> Moment:
    after = int(image.facts["later_from"])
    words = moment_words(after, steps)
    slope = view.measured(image).get(SLOPE)
    text = "" if slope is None else measure_named(SLOPE).format(slope)
    return Moment(after, words, view.picture(image, f"Edited image. {words}: {view.instruction}"), slope, text)


def _chart(view: ExhibitView, moments: list[Moment]) -> LineChart | None:
    if all(moment.slope is None for moment in moments):
        return None
    return LineChart(
        key=f"sl-photo-swap-{view.id}",
        title="Brightness across the face, by when the photo changed",
        x=[float(moment.after) for moment in moments],
        series=[Series("edited face", [moment.slope for moment in moments], svg.ACCENT)],
        x_label="steps that saw the first photo",
        y_label="Slope of light across the face",
    )
