"""All measures that apply to one edited picture, by name.

The sample runs and the mini editor's evaluation both go through `measure_edit`, so that a
number on a sample page and one in the evaluation mean the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from seamline.errors import MeasureError
from seamline.measures.arguments import (
    AttentionArguments,
    AttributeArguments,
    EditArguments,
    PersonArguments,
    of_attributes,
    of_edit,
    of_people,
)
from seamline.measures.arrays import Undefined, check_pictures
from seamline.measures.registry import MEASURES, Measure

if TYPE_CHECKING:
    from seamline.measures.arrays import Array
    from seamline.measures.ground_truth import SceneTruth


def measure_edit(image: Array, before: Array, truth: SceneTruth | None = None) -> dict[str, float]:
    """Every measure that applies to `image`, made from `before` by an edit; values rounded to 5 decimals.

    Args:
        image: (H, W, 3), 0 to 1.
        before: the same, before the edit.
        truth: what the scene knows, for scenes; without it only what pixels alone can tell.

    Raises:
        ValueError: sizes differ, or a picture holds NaN or infinity.
        MeasureError: a measure failed, or a package's measures cannot be loaded.
    """
    check_pictures(image, before)
    edit = of_edit(image, before, truth)
    people = of_people(edit, truth)
    attributes = of_attributes(people, truth)
    values: dict[str, float] = {}
    for measure in MEASURES.values():
        for key, subjects in _subjects(measure, edit, people, attributes).items():
            taken = [value for subject in subjects if (value := _taken(measure, subject)) is not None]
            if taken:
                values[key] = _together(measure, taken)
    return {key: round(value, 5) for key, value in values.items()}


def measure_attention(shares: Array, region: Array | None) -> dict[str, float]:
    """Every measure that applies to the attention map of one word; values rounded to 5 decimals.

    Args:
        shares: attention of each place to the word, (h, w), 0 and up.
        region: mask of the edited heads, (H, W), 0 to 1; None where it is not known.

    Raises:
        MeasureError: a measure failed, or a package's measures cannot be loaded.
    """
    subject = AttentionArguments(shares=shares, region=region)
    taken = {one.name: _taken(one, subject) for one in MEASURES.values() if one.of == "attention"}
    return {name: round(value, 5) for name, value in taken.items() if value is not None}


def _subjects(
    measure: Measure,
    edit: EditArguments,
    people: Sequence[PersonArguments],
    attributes: Mapping[str, Sequence[AttributeArguments]],
) -> Mapping[str, Sequence[EditArguments]]:
    """What a measure is taken of, by the key that its value goes by."""
    match measure.of:
        case "edit":
            return {measure.name: (edit,)}
        case "person":
            return {measure.name: people}
        case "attribute":
            return {f"{measure.name}_{name}": subjects for name, subjects in attributes.items()}
    return {}


def _taken(measure: Measure, subject: EditArguments | AttentionArguments) -> float | None:
    """The measure's value; None where something it asks for is not known, or there is nothing to measure."""
    arguments = {name: getattr(subject, name) for name in measure.arguments}
    if any(argument is None for argument in arguments.values()):
        return None
    try:
        value = float(measure.function(**arguments))
    except Undefined:
        return None
    except Exception as error:
        raise MeasureError(f"the measure {measure.name!r} failed: {error}", where=measure.package) from error
    if not math.isfinite(value):
        raise MeasureError(
            f"the measure {measure.name!r} gave {value}",
            where=measure.package,
            hint="a measure without a value raises `seamline.measures.arrays.Undefined`",
        )
    return value


def _together(measure: Measure, values: Sequence[float]) -> float:
    return sum(values) / len(values) if measure.people == "mean" else min(values)
