"""What the lamp's turn shows of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from seamline.charts import svg_marks as svg
from seamline.charts.line_chart import LineChart, Series
from seamline.exhibits.view import ExhibitView, Picture
from seamline.measures.registry import measure_named
from seamline.runs.store.records import ArtifactRecord

SLOPE = "luminance_slope"


@dataclass(frozen=True, slots=True)
class Face:
    """One face under one lamp.

    Attributes:
        kind: `edited`, `truth`, `paste` or `input`.
        slope: how brightness runs across it, if it was measured; `slope_text` is that for readers.
    """

    kind: str
    title: str
    picture: Picture
    slope: float | None
    slope_text: str


@dataclass(frozen=True, slots=True)
class Lamp:
    """One place of the lamp.

    Attributes:
        azimuth: in degrees, negative from the left.
        words: the same for readers.
        faces: pasted, edited and true.
    """

    azimuth: float
    words: str
    before: Face
    faces: tuple[Face, ...]

    def face(self, kind: str) -> Face:
        """The face of a kind."""
        return next(face for face in (self.before, *self.faces) if face.kind == kind)


_KINDS = (
    ("paste", "variant-paste", "Cut and pasted", "Face cut from one photo and pasted in"),
    ("edited", "lamp-edited", "Edited by the model", "Edited image"),
    ("truth", "variant-truth", "True picture", "The picture as it would be, drawn without a model"),
)


def context(view: ExhibitView) -> dict[str, Any]:
    """Every place of the lamp from left to right; the one shown first is furthest to the left."""
    # Other exhibits may have variants of their own: those with an edit are this one's.
    edited = {image.facts["variant"]: image for image in view.record.all("lamp-edited")}
    given = [image for image in view.record.all("variant-input") if image.facts["variant"] in edited]
    lamps = [_lamp(view, image, edited[image.facts["variant"]]) for image in given]
    chart = _chart(view, lamps)
    return {
        "lamps": lamps,
        "shown": lamps[0],
        "crop": view.close_up,
        "chart": chart.drawing(0) if chart else Markup(""),
        "markers": [chart.marker(at) if chart else Markup("") for at in range(len(lamps))],
        "conclusion": conclusion(lamps),
    }


def lamp_words(azimuth: float) -> str:
    """`lamp 50° to the left`."""
    if azimuth == 0:
        return "lamp beside the camera"
    return f"lamp {abs(azimuth):g}° to the {'left' if azimuth < 0 else 'right'}"


def conclusion(lamps: list[Lamp]) -> str:
    """What the measured slopes say; empty where they were not measured."""
    ranges = {kind: [lamp.face(kind).slope for lamp in lamps] for kind in ("truth", "edited", "paste", "input")}
    if any(value is None for values in ranges.values() for value in values):
        return ""
    said = measure_named(SLOPE).format
    ends = {kind: f"{said(values[0] or 0)} to {said(values[-1] or 0)}" for kind, values in ranges.items()}
    paste = [value or 0.0 for value in ranges["paste"]]
    return (
        f"As the lamp goes from left to right, brightness across the true face turns from {ends['truth']}, across the "
        f"edited face from {ends['edited']}. The pasted face keeps the light of the photo it came from "
        f"({said(min(paste))} to {said(max(paste))}). The face that was there before had {ends['input']}."
    )


def _lamp(view: ExhibitView, given: ArtifactRecord, edited: ArtifactRecord) -> Lamp:
    variant, azimuth = given.facts["variant"], given.facts["light_azimuth"]
    words = lamp_words(azimuth)
    of = {image.role: image for image in view.record.images if image.facts.get("variant") == variant}
    before = _face(view, "input", "The photo", given, f"Input image, {words}")
    faces = tuple(
        _face(view, kind, title, edited if kind == "edited" else of[role], f"{alt}, {words}: {view.instruction}")
        for kind, role, title, alt in _KINDS
    )
    return Lamp(azimuth, words[0].upper() + words[1:], before, faces)


def _face(view: ExhibitView, kind: str, title: str, image: ArtifactRecord, alt: str) -> Face:
    slope = view.measured(image).get(SLOPE)
    text = "" if slope is None else measure_named(SLOPE).format(slope)
    return Face(kind, title, view.picture(image, alt), slope, text)


def _chart(view: ExhibitView, lamps: list[Lamp]) -> LineChart | None:
    looks = {"truth": (svg.INK, ""), "edited": (svg.ACCENT, ""), "paste": (svg.SOFT, "4 3")}
    series = [
        Series(title.lower(), [lamp.face(kind).slope for lamp in lamps], *looks[kind]) for kind, _, title, _ in _KINDS
    ]
    if all(value is None for one in series for value in one.values):
        return None
    return LineChart(
        key=f"sl-lamp-{view.id}",
        title="Brightness across the face, by place of the lamp",
        x=[lamp.azimuth for lamp in lamps],
        series=series,
        x_label="lamp, from left to right",
        y_label="Slope of light across the face",
        unit="°",
    )
