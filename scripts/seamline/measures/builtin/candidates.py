"""Which of several known pictures an edit came closest to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seamline.measures.arrays import Undefined, check_pictures, weighted_mean
from seamline.measures.builtin.change import CHANGE_THRESHOLD
from seamline.measures.registry import measure

if TYPE_CHECKING:
    from seamline.measures.arrays import Array
    from seamline.measures.ground_truth import Choice


@measure(
    name="identity",
    label="Identity arrived",
    unit="yes or no",
    low=0,
    high=1,
    better="higher",
    meaning="Whether the face asked for, out of eight candidates, is the one the edit is closest to.",
    formula=(
        "mean squared error to the true picture with eight identities: the right candidate's is the smallest; "
        "of the head, only those pixels count that differ between candidates"
    ),
    source="nearest neighbour, Fix and Hodges, 1951",
    of="person",
    people="lowest",
    by_group=True,
)
def identity_arrived(image: Array, head: Array, identity: Choice) -> float:
    """1 when the edit is closest to the person asked for, else 0. Chance is 1 in 8.

    Raises:
        Undefined: the candidates look alike.
    """
    return right_is_nearest(image, identity, head)


@measure(
    name="expression",
    label="Expression as it should be",
    unit="yes or no",
    low=0,
    high=1,
    better="higher",
    meaning="Whether, of the new face drawn in each expression, the edit is closest to the one it should wear.",
    formula=(
        "mean squared error to the true picture in each expression: the right candidate's is the smallest; "
        "of the head, only those pixels count that differ between candidates"
    ),
    source="nearest neighbour, Fix and Hodges, 1951",
    of="person",
    people="lowest",
    by_group=True,
)
def expression_is_right(image: Array, head: Array, expression: Choice) -> float:
    """1 when the edit is closest to the new face in the right expression, else 0. Chance is 1 in 6.

    Raises:
        Undefined: the candidates look alike.
    """
    return right_is_nearest(image, expression, head)


@measure(
    name="attribute",
    label="Attribute arrived",
    unit="yes or no",
    low=0,
    high=1,
    better="higher",
    meaning="Whether, of the new face drawn with each value of an attribute, the edit is closest to the one asked for.",
    formula=(
        "mean squared error to the true picture with each value: the right candidate's is the smallest; "
        "of the head, only those pixels count that differ between candidates"
    ),
    source="nearest neighbour, Fix and Hodges, 1951",
    of="attribute",
    people="lowest",
)
def attribute_arrived(image: Array, head: Array, attribute: Choice) -> float:
    """1 when the edit is closest to the value asked for, else 0.

    Raises:
        Undefined: the values look alike. A style of hair does not show under a headscarf.
    """
    return right_is_nearest(image, attribute, head)


def right_is_nearest(image: Array, choice: Choice, mask: Array) -> float:
    """1 when the right candidate is the nearest, over those pixels of the mask that differ between candidates; else 0.

    Raises:
        Undefined: no pixel of the mask differs visibly between them.
        ValueError: fewer than two candidates, or sizes that differ.
    """
    import numpy as np

    spread = np.ptp(np.stack(choice.candidates), axis=0).max(axis=-1)
    differing = mask * (spread > CHANGE_THRESHOLD)
    if differing.sum() < 1.0:
        raise Undefined("the candidates look alike: none can be told from the others")
    nearest = nearest_candidate(image, choice.candidates, differing)
    return float(np.array_equal(choice.candidates[nearest.index], choice.candidates[choice.right]))


@dataclass(frozen=True, slots=True)
class Nearest:
    """The closest candidate.

    Attributes:
        index: which one; the first of equals.
        margin: how clear the choice is, 0 (two are equally close) to 1 (this one is equal to the image).
    """

    index: int
    margin: float


def nearest_candidate(image: Array, candidates: Sequence[Array], mask: Array) -> Nearest:
    """The candidate picture with the smallest mean squared error within a mask.

    The margin is 1 - MSE of the closest / MSE of the next.

    Raises:
        Undefined: the mask is empty.
        ValueError: fewer than two candidates, or sizes that differ.
    """
    if len(candidates) < 2:
        raise ValueError("choosing needs two candidates or more")
    check_pictures(image, *candidates)
    errors = [weighted_mean(((image - candidate) ** 2).mean(axis=-1), mask) for candidate in candidates]
    order = sorted(range(len(errors)), key=errors.__getitem__)
    best, second = errors[order[0]], errors[order[1]]
    return Nearest(order[0], 1.0 - best / second if second > 0 else 0.0)
