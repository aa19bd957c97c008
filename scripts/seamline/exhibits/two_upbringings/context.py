"""What the two upbringings show of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from seamline.exhibits.numbers import Number, numbers
from seamline.exhibits.turn_the_lamp.context import SLOPE
from seamline.exhibits.view import ExhibitView, Picture
from seamline.measures.registry import measure_named
from seamline.runs.store.records import ArtifactRecord

_SHOWN = (SLOPE, "expression", "psnr_face", "psnr_outside")


@dataclass(frozen=True, slots=True)
class Upbringing:
    """One fine-tune.

    Attributes:
        kind: `agree` or `differ`.
        lesson: second picture of a pair such as it was trained on; the first is the photo itself.
        edited: what it makes of the photo.
    """

    kind: str
    title: str
    words: str
    lesson: Picture
    edited: Picture
    numbers: tuple[Number, ...]


def context(view: ExhibitView, agree: str, differ: str, occasion: str) -> dict[str, Any]:
    """Both upbringings, and the true picture.

    Args:
        agree, differ: names of the two steps.
        occasion: name of the variant that an example of a pair that differs shows.
    """
    true = view.first("truth")
    other = next(image for image in view.record.all("variant-truth") if image.facts["variant"] == occasion)
    steps = {"agree": agree, "differ": differ}
    pictures = {kind: view.record.output(step, "image") for kind, step in steps.items()}
    second = "Second picture of the pair: another face"
    lessons = {
        "agree": view.picture(true, f"{second}, the same light and expressions"),
        "differ": view.picture(other, f"{second}, and another light and other expressions"),
    }
    titles = {"agree": "Trained on pairs that agree", "differ": "Trained on pairs that differ"}
    words = {
        "agree": "What the instruction leaves open is the same in both pictures.",
        "differ": "Light and expressions are drawn anew for the second picture.",
    }
    upbringings = tuple(
        Upbringing(
            kind,
            titles[kind],
            words[kind],
            lessons[kind],
            view.picture(image, f"Edited image. {titles[kind]}: {view.instruction}"),
            numbers(view.measured(image), _SHOWN),
        )
        for kind, image in pictures.items()
        if image is not None
    )
    return {
        "before": view.before,
        "upbringings": upbringings,
        "truth": view.picture(true, f"The true picture, drawn without a model: {view.instruction}"),
        "truth_numbers": numbers(view.measured(true), (SLOPE, "expression")),
        "conclusion": conclusion(view, pictures, true),
    }


def conclusion(view: ExhibitView, pictures: dict[str, ArtifactRecord | None], true: ArtifactRecord) -> str:
    """What the measured slopes say; empty where they were not measured."""
    of = {kind: view.measured(image).get(SLOPE) for kind, image in pictures.items() if image is not None}
    truth = view.measured(true).get(SLOPE)
    agree, differ = of.get("agree"), of.get("differ")
    if truth is None or agree is None or differ is None:
        return ""
    said = measure_named(SLOPE).format
    kept = abs(agree - truth) < abs(differ - truth)
    better = "better" if kept else "no better"
    return (
        f"Here the light of the photo is kept {better} after pairs that agree: a slope of {said(agree)} against "
        f"{said(differ)} after pairs that differ, where the true picture has {said(truth)}."
    )
