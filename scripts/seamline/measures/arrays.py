"""Pictures and masks as arrays, and the few steps that measures share. Importing it needs no numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.floating[Any]]"
"""A picture is (H, W, 3), red, green and blue from 0 to 1 as stored (sRGB); a mask is (H, W), 0 to 1."""

LUMINANCE_WEIGHTS = (0.2126, 0.7152, 0.0722)
"""Share of red, green and blue in luminance (ITU-R BT.709), applied to the values as stored."""


class Undefined(ValueError):
    """The measure has no value for this edit: there is nothing to measure. It is left out of the record."""


def luminance(image: Array) -> Array:
    """Perceived brightness: the weighted sum of red, green and blue. (H, W, 3) -> (H, W), 0 to 1."""
    import numpy as np

    return np.asarray(np.asarray(image, dtype=np.float64) @ np.asarray(LUMINANCE_WEIGHTS))


def weighted_mean(values: Array, mask: Array) -> float:
    """Mean of `values` (H, W), each pixel weighted by the mask.

    Raises:
        Undefined: the mask is empty.
        ValueError: the mask is of another size, or a value is NaN or infinite.
    """
    import math

    if values.shape != mask.shape:
        raise ValueError(f"a mask of {mask.shape} does not fit a picture of {values.shape}")
    total = float(mask.sum())
    if total < 1e-9:
        raise Undefined("the mask is empty: there is nothing to measure")
    weighted = float((values * mask).sum())
    if not math.isfinite(weighted):
        raise ValueError("a value to be averaged, or its weight, is NaN or infinite")
    return weighted / total


def check_pictures(*images: Array) -> None:
    """Check that pictures can be compared pixel by pixel.

    Raises:
        ValueError: one of them has another size, is not (H, W, 3), or holds NaN or infinity.
    """
    import numpy as np

    shapes = {image.shape for image in images}
    if len(shapes) != 1 or len(images[0].shape) != 3 or images[0].shape[-1] != 3:
        raise ValueError(f"pictures must be (H, W, 3) and of one size, not {sorted(shapes)}")
    for image in images:
        finite = np.isfinite(image)
        if not finite.all():
            bad = np.argwhere(~finite)
            row, column, _ = bad[0].tolist()
            raise ValueError(f"{len(bad)} values of a picture are NaN or infinite, the first at ({row}, {column})")
