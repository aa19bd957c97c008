"""Whether the border of an edit shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seamline.measures.arrays import Undefined, check_pictures, luminance, weighted_mean
from seamline.measures.registry import measure

if TYPE_CHECKING:
    import numpy as np

    from seamline.measures.arrays import Array

EDGE, GAP, REACH = 1.5, 3.0, 8.0
"""Half-width of the edge's band, where its surroundings begin and where they end: pixels in a picture 128 high."""


@measure(
    name="seam_visibility",
    label="Visibility of the seam",
    unit="",
    low=-2,
    high=2,
    better="nearest",
    meaning="How much more the edge of the region stands out than in the input image; as on the true picture is right.",
    formula=(
        "C(edited) - C(input), C = (E - S) / (E + S), E and S the mean Sobel gradient of luminance on the region's "
        "edge and 3 to 8 pixels beside it, in a picture 128 pixels high"
    ),
    source="ours, after Michelson's contrast",
    of_truth=True,
)
def seam_visibility(image: Array, before: Array, region: Array) -> float:
    """How much more the edge of the edited region stands out than it did in the input image, -2 to 2.

    The input's `edge_contrast` is taken away because a head has an outline of its own, which is no seam: 0 means that
    the edge shows as much as before, and a cut-out that was pasted in scores above.

    Raises:
        Undefined: the region has no edge within the picture.
        ValueError: sizes differ, or a picture holds NaN or infinity.
    """
    check_pictures(image, before)
    return edge_contrast(image, region) - edge_contrast(before, region)


def edge_contrast(image: Array, mask: Array) -> float:
    """How much steeper brightness is along the mask's edge than on either side of it.

    It is (E - S) / (E + S), where E and S are the mean Sobel gradient of luminance within 1.5 pixels of the edge
    and between 3 and 8 pixels from it (in a picture 128 pixels high; wider in larger ones): -1 to 1, 0 where the edge
    is like its surroundings, 1 where all contrast lies on the edge. Source: Michelson's contrast, taken of gradients.

    Raises:
        Undefined: the mask has no edge within the picture.
        ValueError: sizes differ.
    """
    import numpy as np
    from skimage.filters import sobel

    if (mask > 0.5).all() or not (mask > 0.5).any():
        raise Undefined("the mask has no edge within the picture")
    edge, around = _bands(mask)
    gradient = np.asarray(sobel(luminance(image)))
    on_edge, around_it = weighted_mean(gradient, edge), weighted_mean(gradient, around)
    return (on_edge - around_it) / (on_edge + around_it) if on_edge + around_it > 1e-9 else 0.0


def _bands(mask: Array) -> tuple[Array, Array]:
    import numpy as np
    from skimage.morphology import isotropic_dilation, isotropic_erosion

    inside, unit = mask > 0.5, max(1.0, mask.shape[0] / 128)

    def within(radius: float) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
        grown, shrunk = isotropic_dilation(inside, radius * unit), isotropic_erosion(inside, radius * unit)
        return np.asarray(grown & ~shrunk)

    edge, around = within(EDGE), within(REACH) & ~within(GAP)
    return edge.astype(np.float64), around.astype(np.float64)
