"""Whether the border of an edit shows."""

from __future__ import annotations

import numpy as np

from seamline.measures.arrays import Array, luminance, same_size, weighted_mean

EDGE, GAP, REACH = 1.5, 3.0, 8.0
"""Half-width of the edge's band, where its surroundings begin and where they end: pixels in a picture 128 high."""


def edge_contrast(image: Array, mask: Array) -> float:
    """How much steeper brightness is along the mask's edge than on either side of it.

    Formula: (E - S) / (E + S), where E and S are the mean Sobel gradient of luminance within 1.5 pixels of the edge
    and between 3 and 8 pixels from it (in a picture 128 pixels high; wider in larger ones).
    Range: -1 to 1, no unit; 0 where the edge is like its surroundings, 1 where all contrast lies on the edge.
    Source: Michelson's contrast, taken of gradients.

    Raises:
        ValueError: sizes differ, or the mask has no edge within the picture.
    """
    from skimage.filters import sobel

    if (mask > 0.5).all() or not (mask > 0.5).any():
        raise ValueError("the mask has no edge within the picture")
    edge, around = _bands(mask)
    gradient = np.asarray(sobel(luminance(image)))
    on, beside = weighted_mean(gradient, edge), weighted_mean(gradient, around)
    return (on - beside) / (on + beside) if on + beside > 1e-9 else 0.0


def seam_visibility(image: Array, before: Array, mask: Array) -> float:
    """How much more the edge of the edited region stands out than it did in the input image.

    Formula: edge contrast of the edited image minus edge contrast of the input (see `edge_contrast`). The input's is
    taken away because a head has an outline of its own, which is no seam.
    Range: -2 to 2, no unit; 0 when the edge shows as much as before; a cut-out that was pasted in scores above.
    Source: ours.

    Raises:
        ValueError: sizes differ, or the mask has no edge within the picture.
    """
    same_size(image, before)
    return edge_contrast(image, mask) - edge_contrast(before, mask)


def _bands(mask: Array) -> tuple[Array, Array]:
    from skimage.morphology import isotropic_dilation, isotropic_erosion

    inside, unit = mask > 0.5, max(1.0, mask.shape[0] / 128)

    def within(radius: float) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
        grown, shrunk = isotropic_dilation(inside, radius * unit), isotropic_erosion(inside, radius * unit)
        return np.asarray(grown & ~shrunk)

    edge, around = within(EDGE), within(REACH) & ~within(GAP)
    return edge.astype(np.float64), around.astype(np.float64)
