"""What measures are taken on: pictures and masks as arrays, and the few steps they share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
"""A picture is (H, W, 3), red, green and blue from 0 to 1 as stored (sRGB); a mask is (H, W), 0 to 1."""

LUMINANCE_WEIGHTS = (0.2126, 0.7152, 0.0722)
"""Share of red, green and blue in luminance (ITU-R BT.709), applied to the values as stored."""


def luminance(image: Array) -> Array:
    """Brightness as seen: weighted sum of red, green and blue. (H, W, 3) -> (H, W), 0 to 1."""
    return np.asarray(np.asarray(image, dtype=np.float64) @ np.asarray(LUMINANCE_WEIGHTS))


def weighted_mean(values: Array, mask: Array) -> float:
    """Mean of `values` (H, W), each pixel counted as much as the mask holds it.

    Raises:
        ValueError: the mask is empty or of another size.
    """
    if values.shape != mask.shape:
        raise ValueError(f"a mask of {mask.shape} does not fit a picture of {values.shape}")
    total = float(mask.sum())
    if total < 1e-9:
        raise ValueError("the mask is empty: there is nothing to measure")
    return float((values * mask).sum()) / total


def same_size(*images: Array) -> None:
    """Check that pictures can be compared pixel by pixel.

    Raises:
        ValueError: one of them has another size, or is not (H, W, 3).
    """
    shapes = {image.shape for image in images}
    if len(shapes) != 1 or len(images[0].shape) != 3 or images[0].shape[-1] != 3:
        raise ValueError(f"pictures must be (H, W, 3) and of one size, not {sorted(shapes)}")
