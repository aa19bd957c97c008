"""All measures that apply to one edited picture, by name.

The sample runs and the editor's evaluation both go through `measure_edit`, so that a
number on a sample page and one in the evaluation mean the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from seamline.measures import candidates, change, closeness, light, seam
from seamline.measures.arrays import Array
from seamline.measures.truth import Choice, EditedPerson, SceneTruth

AVERAGED = ("light_agreement", "luminance_slope", "light_angle")
"""Measures that are averaged over the edited people; the others are yes for all of them or no."""


def measure_edit(image: Array, before: Array, truth: SceneTruth | None = None) -> dict[str, float]:
    """Every measure that applies to `image`, made from `before` by an edit; values rounded to 5 decimals.

    Args:
        image, before: (H, W, 3), 0 to 1.
        truth: what the scene knows, for scenes; without it only what pixels alone can tell.

    Raises:
        ValueError: sizes differ.
    """
    whole = np.ones(before.shape[:2])
    values = {"change": change.change_inside(image, before, whole)}
    if truth is None:
        values["light_agreement"] = light.light_agreement(image, before, whole)
    else:
        values |= _within(image, before, truth) | _of_people(image, before, truth)
    return {name: round(float(value), 5) for name, value in values.items()}


def _within(image: Array, before: Array, truth: SceneTruth) -> dict[str, float]:
    region, outside = truth.region, truth.kept
    values = {
        "psnr_face": closeness.psnr(image, truth.picture, region),
        "ssim_face": closeness.ssim(image, truth.picture, region),
        "psnr_outside": closeness.psnr(image, before, outside),
        "ssim_outside": closeness.ssim(image, before, outside),
        "change_inside": change.change_inside(image, before, region),
        "change_outside": change.change_outside(image, before, 1.0 - outside),
        "mean_change_inside": change.mean_change_inside(image, before, region),
        "mean_change_outside": change.mean_change_outside(image, before, 1.0 - outside),
        "seam_visibility": seam.seam_visibility(image, before, region),
        "right_person": float(_right_people(image, before, truth)),
    }
    strength = _unless_undefined(lambda: closeness.edit_strength(image, before, truth.picture, region))
    return values if strength is None else values | {"edit_strength": strength}


def _of_people(image: Array, before: Array, truth: SceneTruth) -> dict[str, float]:
    """Measures taken on each edited person, over all of them."""
    taken = [_of_person(image, before, person, truth.light) for person in truth.people]
    names = {name: None for values in taken for name in values}
    return {name: _together(name, [values[name] for values in taken if name in values]) for name in names}


def _of_person(image: Array, before: Array, person: EditedPerson, towards: Array) -> dict[str, float]:
    choices = {"expression": person.expression, "identity": person.identity}
    choices |= {f"attribute_{name}": choice for name, choice in person.attributes.items()}
    chosen = {name: _chosen(image, choice, person.head) for name, choice in choices.items() if choice is not None}
    measured = {
        "light_agreement": _unless_undefined(lambda: light.light_agreement(image, before, person.shared_skin)),
        "luminance_slope": _unless_undefined(lambda: light.luminance_slope(image, person.skin)),
        "light_angle": _unless_undefined(lambda: light.light_angle(image, person.normals, person.skin, towards)),
    }
    return {name: value for name, value in (chosen | measured).items() if value is not None}


def _chosen(image: Array, choice: Choice, head: Array) -> float | None:
    """1 when the right candidate is the nearest, judged where candidates differ; None where none can be told apart.

    A colour of hair does not show under a headscarf: no edit could get it right or wrong.
    """
    spread = np.ptp(np.stack(choice.candidates), axis=0).max(axis=-1)
    mask = head * (spread > change.CHANGE_THRESHOLD)
    if mask.sum() < 1.0:
        return None
    nearest = candidates.nearest_candidate(image, choice.candidates, mask)
    return float(np.array_equal(choice.candidates[nearest.index], choice.candidates[choice.right]))


def _right_people(image: Array, before: Array, truth: SceneTruth) -> bool:
    first = change.most_changed(image, before, truth.heads)[: len(truth.edited)]
    touched = change.mean_change_inside(image, before, truth.region) > 1e-6
    return touched and set(first) == set(truth.edited)


def _together(name: str, values: Sequence[float]) -> float:
    return sum(values) / len(values) if name in AVERAGED else min(values)


def _unless_undefined(measure: Callable[[], float]) -> float | None:
    """The measure, or None where it has no value: no bare skin behind a beard and glasses, no change asked for."""
    try:
        return measure()
    except ValueError:
        return None
