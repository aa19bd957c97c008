"""How much an edit changed, and where."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seamline.measures.arrays import Array, same_size, weighted_mean

CHANGE_THRESHOLD = 20 / 255
"""A pixel counts as changed when a channel moved by more: about what shows on a flat area, and above what
storing a picture as WebP does to it."""


def difference(image: Array, before: Array) -> Array:
    """Largest change over the three channels at each pixel. Two (H, W, 3) -> (H, W), 0 to 1."""
    same_size(image, before)
    return np.asarray(np.abs(np.asarray(image, np.float64) - before).max(axis=-1))


def change_inside(image: Array, before: Array, mask: Array) -> float:
    """Share of the mask's pixels that changed by more than `CHANGE_THRESHOLD`.

    Formula: mean of [max over channels |image - before| > 20/255], weighted by the mask.
    Range: 0 to 1, a share. Source: plain counting.

    Raises:
        ValueError: sizes differ or the mask is empty.
    """
    return weighted_mean((difference(image, before) > CHANGE_THRESHOLD).astype(np.float64), mask)


def change_outside(image: Array, before: Array, mask: Array) -> float:
    """`change_inside` of everything the mask leaves out: 1 - mask."""
    return change_inside(image, before, 1.0 - mask)


def mean_change_inside(image: Array, before: Array, mask: Array) -> float:
    """Mean absolute change within the mask.

    Formula: mean over pixels, weighted by the mask, of the mean over channels of |image - before|.
    Range: 0 to 1, a share of the range from black to white. Source: plain mean.

    Raises:
        ValueError: sizes differ or the mask is empty.
    """
    same_size(image, before)
    return weighted_mean(np.abs(image - before).mean(axis=-1), mask)


def mean_change_outside(image: Array, before: Array, mask: Array) -> float:
    """`mean_change_inside` of everything the mask leaves out: 1 - mask."""
    return mean_change_inside(image, before, 1.0 - mask)


def most_changed(image: Array, before: Array, heads: Sequence[Array]) -> tuple[int, ...]:
    """Indices of `heads`, masks of each person's head, from the one that changed most to the one that changed least.

    Formula: `mean_change_inside` of each head. Used for *right person*: the edit went to the person named when the
    heads that changed most are the ones it should change. An unchanged picture gives an order that means nothing.

    Raises:
        ValueError: sizes differ or a mask is empty.
    """
    amounts = [mean_change_inside(image, before, head) for head in heads]
    return tuple(sorted(range(len(amounts)), key=lambda index: -amounts[index]))
