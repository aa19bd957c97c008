"""`altered`: the one region that an edit changed, as a mask without specks and holes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from seamline.catalog.entries.base import Parameters
from seamline.operations.base import Operation, array_at, refuse_other_sizes
from seamline.runners.base import Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class AlteredParameters(Parameters):
    """What counts as a change."""

    threshold: int = Field(
        default=24,
        ge=0,
        le=254,
        description="A pixel is changed if, after a slight blur, a channel differs by more than this, of 255.",
    )


class Altered(Operation[AlteredParameters]):
    """The largest piece of what differs between two images, closed and filled; black where nothing does.

    Unlike `change`, which tells of each pixel, it leaves out the specks that an autoencoder leaves everywhere.
    """

    name: ClassVar[str] = "altered"
    summary: ClassVar[str] = "Masks the largest region in which the images `before` and `after` differ, without holes."
    inputs: ClassVar[Mapping[str, str]] = {"before": "Img", "after": "Img"}
    outputs: ClassVar[Mapping[str, str]] = {"mask": "Msk"}
    parameters = AlteredParameters
    code: ClassVar[tuple[str, ...]] = ("operations/altered.py",)

    def apply(self, parameters: AlteredParameters, values: Mapping[str, Value]) -> dict[str, Value]:
        """(H,W,3) `before` and `after` -> (H,W) uint8 `mask`, 0 or 255."""
        import numpy as np

        arrays = {port: array_at(self.name, port, values) for port in self.inputs}
        refuse_other_sizes(self.name, "before", arrays)
        difference = np.abs(arrays["after"].astype(np.int16) - arrays["before"].astype(np.int16)).max(axis=-1)
        return {"mask": np.where(largest_change(difference, parameters.threshold), 255, 0).astype(np.uint8)}


def largest_change(
    difference: NDArray[np.integer], threshold: int, near: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """What an edit changed: blurred, cut at `threshold`, one piece of it, closed and filled.

    Lengths are for a picture 128 high, and grow with its height: a Gaussian blur of 1.5 pixels, closed by 3.

    Args:
        difference: (H,W), largest difference of a channel, 0..255.
        near: of several pieces, the one that has most of this is taken; the largest piece where it is None.
    """
    import numpy as np
    from scipy import ndimage

    scale = difference.shape[0] / 128
    cut = ndimage.gaussian_filter(difference.astype(np.float32), 1.5 * scale) > threshold
    pieces, count = ndimage.label(cut)
    if not count:
        return np.zeros_like(cut)
    sizes = ndimage.sum_labels(cut if near is None else near, pieces, range(1, count + 1))
    piece = pieces == 1 + int(np.argmax(sizes))
    closing = max(1, round(3 * scale))
    edge = closing + 1
    closed = ndimage.binary_closing(np.pad(piece, edge), iterations=closing)[edge:-edge, edge:-edge]
    filled: NDArray[np.bool_] = ndimage.binary_fill_holes(closed | piece)
    return filled


OPERATION = Altered()
