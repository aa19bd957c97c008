"""How much an edit changed, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from seamline.measures.arrays import check_pictures, weighted_mean
from seamline.measures.registry import measure

if TYPE_CHECKING:
    from seamline.measures.arrays import Array

CHANGE_THRESHOLD = 20 / 255
"""A pixel counts as changed when a channel moved by more: about what shows on a flat area, and above what
storing a picture as WebP does to it."""


@measure(
    name="right_person",
    label="Right person",
    unit="yes or no",
    low=0,
    high=1,
    better="higher",
    meaning="Whether the head that changed most is the one the instruction names.",
    formula="the heads with the largest mean |edited - input| are those the instruction names",
    source="ours",
    by_group=True,
)
def right_person(image: Array, before: Array, region: Array, heads: Sequence[Array], edited: Sequence[int]) -> float:
    """1 when the heads that changed most are those of the people to be edited, else 0; 0 for an unchanged picture."""
    changed_most = most_changed(image, before, heads)[: len(edited)]
    touched = mean_change(image, before, region) > 1e-6
    return float(touched and set(changed_most) == set(edited))


@measure(
    name="change",
    label="Changed pixels",
    unit="%",
    low=0,
    high=1,
    better="neither",
    meaning="Share of the whole picture's pixels that changed visibly.",
    formula="share of all pixels in which a channel moved by more than 20 of 255 levels",
    source="ours",
)
def change(image: Array, before: Array, whole: Array) -> float:
    """`share_changed` of the whole picture."""
    return share_changed(image, before, whole)


@measure(
    name="change_inside",
    label="Changed pixels inside",
    unit="%",
    low=0,
    high=1,
    better="neither",
    meaning="Share of the pixels inside the edited region that changed visibly.",
    formula="share of the region's pixels in which a channel moved by more than 20 of 255 levels",
    source="ours",
)
def change_inside(image: Array, before: Array, region: Array) -> float:
    """`share_changed` of the region."""
    return share_changed(image, before, region)


@measure(
    name="change_outside",
    label="Changed pixels outside",
    unit="%",
    low=0,
    high=1,
    better="lower",
    meaning="Share of the pixels outside the edited region that changed visibly.",
    formula="share of the outside pixels in which a channel moved by more than 20 of 255 levels",
    source="ours",
)
def change_outside(image: Array, before: Array, outside: Array) -> float:
    """`share_changed` of what the edit must leave as it was."""
    return share_changed(image, before, outside)


@measure(
    name="mean_change_inside",
    label="Mean change inside",
    unit="%",
    low=0,
    high=1,
    better="neither",
    meaning="How far pixels inside the edited region moved, of the way from black to white.",
    formula="mean of |edited - input| over channels and the region's pixels",
    source="mean absolute error",
)
def mean_change_inside(image: Array, before: Array, region: Array) -> float:
    """`mean_change` of the region."""
    return mean_change(image, before, region)


@measure(
    name="mean_change_outside",
    label="Mean change outside",
    unit="%",
    low=0,
    high=1,
    better="lower",
    meaning="How far pixels outside the edited region moved, of the way from black to white.",
    formula="mean of |edited - input| over channels and the outside pixels",
    source="mean absolute error",
)
def mean_change_outside(image: Array, before: Array, outside: Array) -> float:
    """`mean_change` of what the edit must leave as it was."""
    return mean_change(image, before, outside)


def difference(image: Array, before: Array) -> Array:
    """Largest change over the three channels at each pixel. Two (H, W, 3) -> (H, W), 0 to 1."""
    import numpy as np

    check_pictures(image, before)
    return np.asarray(np.abs(np.asarray(image, np.float64) - before).max(axis=-1))


def share_changed(image: Array, before: Array, mask: Array) -> float:
    """Share of the mask's pixels that changed by more than `CHANGE_THRESHOLD`, 0 to 1.

    Raises:
        Undefined: the mask is empty.
        ValueError: sizes differ, or a picture holds NaN or infinity.
    """
    return weighted_mean((difference(image, before) > CHANGE_THRESHOLD).astype(float), mask)


def mean_change(image: Array, before: Array, mask: Array) -> float:
    """Mean absolute change over channels and the mask's pixels, 0 to 1.

    Raises:
        Undefined: the mask is empty.
        ValueError: sizes differ, or a picture holds NaN or infinity.
    """
    import numpy as np

    check_pictures(image, before)
    return weighted_mean(np.abs(image - before).mean(axis=-1), mask)


def most_changed(image: Array, before: Array, heads: Sequence[Array]) -> tuple[int, ...]:
    """Indices of `heads`, masks of each person's head, from the one that changed most to the one that changed least.

    An unchanged picture gives an order that means nothing.

    Raises:
        Undefined: a mask is empty.
        ValueError: sizes differ, or a picture holds NaN or infinity.
    """
    amounts = [mean_change(image, before, head) for head in heads]
    return tuple(sorted(range(len(amounts)), key=lambda index: -amounts[index]))
