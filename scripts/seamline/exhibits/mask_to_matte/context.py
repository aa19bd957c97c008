"""What the passes of a matte show of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seamline.exhibits.numbers import Number, numbers
from seamline.exhibits.view import ExhibitView, Picture
from seamline.measures.registry import measure_named
from seamline.runs.store.records import ArtifactRecord

if TYPE_CHECKING:
    from seamline.exhibits.mask_to_matte.matte_steps import CompositeEntry, MaskToMatteExhibit, PersonEntry

_SHOWN = ("psnr_outside", "psnr_face", "light_angle", "seam_visibility")


@dataclass(frozen=True, slots=True)
class MattePass:
    """One pass, or the rough mask before the first.

    Attributes:
        words: which it is, on how many pixels, and how many of them it computed anew.
        alpha: the matte after it.
        recomputed: the pixels that it computed anew; None where it computed all of a coarse grid, or nothing.
    """

    words: str
    alpha: Picture
    recomputed: Picture | None


@dataclass(frozen=True, slots=True)
class Composite:
    """One composite with what was measured of it."""

    title: str
    words: str
    picture: Picture
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """The matte of one person.

    Attributes:
        given: the picture that it is of.
        passes: the rough mask, then each pass.
        truth: the true matte, where a step gives it.
    """

    name: str
    given: Picture
    passes: tuple[MattePass, ...]
    truth: Picture | None


def context(view: ExhibitView, declared: MaskToMatteExhibit) -> dict[str, Any]:
    """The passes of each person from the rough mask on, and the composites."""
    return {
        # A run of an earlier recipe lacks steps that the sample has by now.
        "persons": [_person(view, one) for one in declared.people if one.matte in view.record.steps],
        "composites": _composites(view, declared.composites),
        "pasted": _composites(view, declared.pasted),
        "conclusion": conclusion(view, declared),
    }


def _person(view: ExhibitView, declared: PersonEntry) -> Person:
    own = [image for image in view.record.images if image.step == declared.matte]
    passes = [image for image in own if image.role == "pass"]
    recomputed = {image.facts["pass"]: image for image in own if image.role == "recomputed"}
    mask = view.record.output(declared.mask, "mask")
    found = [_pass(view, image, recomputed.get(image.facts["pass"]), len(passes)) for image in passes]
    if mask is not None:
        words = "The rough mask that it is given"
        found.insert(0, MattePass(words, view.picture(mask, words), None))
    truth = view.record.output(declared.truth, "alpha") if declared.truth else None
    shown = view.picture(truth, "The true alpha matte, drawn from the scene") if truth else None
    return Person(declared.name, _given(view, declared.matte), tuple(found), shown)


def _composites(view: ExhibitView, declared: Sequence[CompositeEntry]) -> list[Composite]:
    found = (_composite(view, one.step, one.title, one.words) for one in declared)
    return [one for one in found if one]


def conclusion(view: ExhibitView, declared: MaskToMatteExhibit) -> str:
    """How much the last pass computed, what the sample's own composite keeps that the first does not, and the light of
    a pasted face."""
    said = []
    passes = [image for image in view.record.all("pass") if image.step == declared.people[0].matte]
    if passes and passes[-1].facts["kind"] == "detail":
        share, size = passes[-1].facts["share"], passes[-1]
        said.append(
            f"The last pass computes {100 * share:.1f} % of the {size.width} × {size.height} pixels anew; the others "
            "were sure."
        )
    own = view.record.result
    first, last = view.record.output(declared.composites[0].step, "image"), own
    if first and last:
        before, after = view.measured(first), view.measured(last)
        outside, face = (measure_named(name).format for name in ("psnr_outside", "psnr_face"))
        if {"psnr_outside", "psnr_face"} <= before.keys() & after.keys():
            said.append(
                f"Outside the head the picture comes as close to the photo as {outside(after['psnr_outside'])}, where "
                f"the first composite has {outside(before['psnr_outside'])}; of the face it keeps "
                f"{face(after['psnr_face'])} against {face(before['psnr_face'])}. A composite gives back what an edit "
                "should not have touched, and matches no light."
            )
    said += _light_of_pasted(view, declared)
    return " ".join(said)


def _light_of_pasted(view: ExhibitView, declared: MaskToMatteExhibit) -> list[str]:
    images = [view.record.output(one.step, "image") for one in declared.pasted]
    angles = [view.measured(image).get("light_angle") for image in images if image]
    light = measure_named("light_angle").format
    if len(angles) < 2 or angles[0] is None or angles[-1] is None:
        return []
    return [
        f"A pasted face, too, gets clean edges, and its light stays {light(angles[-1])} off, where it was "
        f"{light(angles[0])} off."
    ]


def _pass(view: ExhibitView, image: ArtifactRecord, recomputed: ArtifactRecord | None, count: int) -> MattePass:
    facts = image.facts
    size = f"{image.width} × {image.height}"
    done = f"{100 * facts['share']:.1f} % of them computed anew" if recomputed else "all of them computed"
    words = f"Pass {facts['pass']} of {count}: {size} pixels, {done}"
    return MattePass(
        words,
        view.picture(image, f"Alpha matte after pass {facts['pass']}: white is the person"),
        view.picture(recomputed, f"Pixels that pass {facts['pass']} computes anew, in white") if recomputed else None,
    )


def _given(view: ExhibitView, step: str) -> Picture:
    """The picture that the matte is of."""
    name, _, port = view.record.steps[step].inputs["image"].partition(".")
    image = view.record.output(name, port) if port else None
    return view.picture(image or view.first("input"), "The picture that the matte is of")


def _composite(view: ExhibitView, step: str, title: str, words: str) -> Composite | None:
    image = view.record.output(step, "image")
    if image is None:
        return None
    return Composite(title, words, view.picture(image, f"{title}. {words}"), numbers(view.measured(image), _SHOWN))
