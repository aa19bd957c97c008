"""Whether colours of the old head, or of nobody, are left around the new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seamline.measures.arrays import Undefined, weighted_mean
from seamline.measures.registry import measure

if TYPE_CHECKING:
    from seamline.measures.arrays import Array

BAND = 12
"""Width of the band around the edited heads, in pixels of a picture 256 high."""


@measure(
    name="fringe",
    label="Fringe around the head",
    unit="%",
    low=0,
    high=1,
    better="lower",
    meaning="How far colours in a narrow band around the edited head are from the true picture's.",
    formula=(
        "mean of |edited - true| over channels and the pixels up to 12 outside the region, in a picture 256 pixels high"
    ),
    source="mean absolute error",
)
def fringe(image: Array, true_picture: Array, region: Array) -> float:
    """Mean absolute error, 0 to 1, in a band around the edited heads, before and after the edit together.

    What lies there is mostly wall, clothes and hair of neighbours, all of which should look as in the true picture:
    an error is a halo, or a rest of the old head.

    Raises:
        Undefined: the region is empty, or leaves no band within the picture.
        ValueError: sizes differ, or a value is NaN or infinite.
    """
    import numpy as np
    from skimage.morphology import isotropic_dilation

    inside = region > 0.5
    if not inside.any():
        raise Undefined("the region is empty: nothing is around it")
    band = isotropic_dilation(inside, BAND * region.shape[0] / 256) & ~inside
    return weighted_mean(np.abs(image - true_picture).mean(axis=-1), band.astype(np.float64))
