"""Where a word of the instruction was read: its attention map against the region of the edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seamline.measures.arrays import Undefined, weighted_mean
from seamline.measures.registry import measure

if TYPE_CHECKING:
    from seamline.measures.arrays import Array


@measure(
    name="attention_focus",
    label="Focus of a word",
    unit="×",
    low=0,
    high=None,
    better="neither",
    meaning="How many times as much a word of the instruction looked inside the edited region as elsewhere.",
    formula="mean attention in the region / mean attention elsewhere, the region averaged down to the map's size",
    source="ours, a ratio of means",
    of="attention",
)
def attention_focus(shares: Array, region: Array) -> float:
    """How many times as much attention a place inside the region pays to the word as one elsewhere; 1 means no more.

    The map's scale cancels out.

    Args:
        shares: attention of each place to the word, (h, w), 0 and up, at the latents' size.
        region: mask, (H, W), 0 to 1.

    Raises:
        Undefined: the region is empty or everything, or no place outside pays any attention.
    """
    mask = _averaged(region, shares.shape)
    elsewhere = weighted_mean(shares, 1.0 - mask)
    if elsewhere <= 0.0:
        raise Undefined("the word looked nowhere outside the region: there is nothing to compare with")
    return weighted_mean(shares, mask) / elsewhere


def _averaged(mask: Array, size: tuple[int, ...]) -> Array:
    import numpy as np
    from PIL import Image

    height, width = size
    small = Image.fromarray(np.asarray(mask, np.float32)).resize((width, height), Image.Resampling.BOX)
    return np.asarray(small, np.float64)
