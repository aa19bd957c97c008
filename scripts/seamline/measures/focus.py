"""Where a word of the instruction looked: its attention map against the region of the edit."""

from __future__ import annotations

import numpy as np

from seamline.measures.arrays import Array, weighted_mean


def attention_focus(shares: Array, region: Array) -> float:
    """How many times as much a word looked at a place inside the region as at one elsewhere.

    Formula: mean of `shares` weighted by the region, divided by their mean weighted by 1 - region; the region is
    first averaged down to the map's size. The map's scale cancels out.
    Range: 0 and up, without unit: 1 means no preference. Source: plain ratio of means.

    Args:
        shares: attention of each place to the word, (h, w), 0 and up, at the latents' size.
        region: mask, (H, W), 0 to 1.

    Raises:
        ValueError: the region is empty or everything, or the word looked nowhere else at all.
    """
    mask = _averaged(region, shares.shape)
    elsewhere = weighted_mean(shares, 1.0 - mask)
    if elsewhere <= 0.0:
        raise ValueError("the word looked nowhere outside the region: there is nothing to compare with")
    return weighted_mean(shares, mask) / elsewhere


def _averaged(mask: Array, size: tuple[int, ...]) -> Array:
    from PIL import Image

    height, width = size
    small = Image.fromarray(np.asarray(mask, np.float32)).resize((width, height), Image.Resampling.BOX)
    return np.asarray(small, np.float64)
