"""Which of several known pictures an edit came closest to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seamline.measures.arrays import Array, same_size, weighted_mean


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

    Formula: argmin over candidates of MSE; margin = 1 - MSE of the closest / MSE of the next.
    Range: index from 0, margin 0 to 1. Used for *expression kept* (the true picture drawn in each expression) and
    *identity arrived* (the true picture drawn with other identities). Chance is 1 / number of candidates.
    Source: nearest neighbour.

    Raises:
        ValueError: fewer than two candidates, sizes that differ, or an empty mask.
    """
    if len(candidates) < 2:
        raise ValueError("choosing needs two candidates or more")
    same_size(image, *candidates)
    errors = [weighted_mean(((image - candidate) ** 2).mean(axis=-1), mask) for candidate in candidates]
    order = sorted(range(len(errors)), key=errors.__getitem__)
    best, second = errors[order[0]], errors[order[1]]
    return Nearest(order[0], 1.0 - best / second if second > 0 else 0.0)
