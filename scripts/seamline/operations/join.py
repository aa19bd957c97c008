"""`join`: the region of an edited picture to take, from the mattes of the old head and of the new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from seamline.catalog.entries.base import Parameters
from seamline.operations.base import Operation, array_at, length_in, refuse_other_sizes
from seamline.runners.base import Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class JoinParameters(Parameters):
    """How the region is grown, and how much of what changed is added to it."""

    grow: int = Field(
        default=0,
        ge=0,
        le=32,
        description="Pixels by which the region reaches beyond both mattes, in a picture 128 high.",
    )
    core: int = Field(
        default=5,
        ge=0,
        le=64,
        description="What changed outside the mattes is added where a square of this many pixels, in a picture 128 "
        "high, fits into it: a neck, but no thin outline. 0 adds nothing.",
    )


class Join(Operation[JoinParameters]):
    """The union of two mattes, made solid, with the solid parts of what changed.

    A matte says how much of a pixel is the head. As the weight of an edit over the original it is the wrong region:
    where the old head's alpha is a, the original would come back with 1 - a of its colour, which holds the old head
    again, and leave a thin outline. So the region is 1 wherever either alpha is above one twentieth.
    """

    name: ClassVar[str] = "join"
    summary: ClassVar[str] = (
        "Joins the mattes `before` and `after` an edit to one solid region, with the solid parts of what `changed`."
    )
    inputs: ClassVar[Mapping[str, str]] = {"before": "Alpha", "after": "Alpha", "changed": "Msk"}
    outputs: ClassVar[Mapping[str, str]] = {"alpha": "Alpha"}
    parameters = JoinParameters
    code: ClassVar[tuple[str, ...]] = ("operations/join.py", "operations/base.py:length_in")

    def apply(self, parameters: JoinParameters, values: Mapping[str, Value]) -> dict[str, Value]:
        """(H,W) `before`, `after` and `changed` -> (H,W) float32 `alpha` in 0..1."""
        import numpy as np

        arrays = {port: array_at(self.name, port, values) for port in self.inputs}
        refuse_other_sizes(self.name, "before", arrays)
        before, after, changed = (_in_unit(arrays[port]) for port in ("before", "after", "changed"))
        region = solid(np.maximum(before, after), round(length_in(before, parameters.grow)))
        if parameters.core:
            side = round(length_in(before, parameters.core))
            region = np.maximum(region, core_of(changed > 0.5, region, side))
        return {"alpha": region.astype(np.float32)}


def solid(matte: NDArray[np.float32], grow: int) -> NDArray[np.float32]:
    """A matte that is 1 where any alpha within `grow` pixels is above one twentieth, and as it was elsewhere."""
    import numpy as np
    from scipy import ndimage

    near = ndimage.maximum_filter(matte, 2 * grow + 1)
    found: NDArray[np.float32] = np.where(near > 0.05, 1, matte).astype(np.float32)
    return found


def core_of(changed: NDArray[np.bool_], region: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """The parts of `changed` outside `region` that hold a square of `side` pixels, with edges softened by one pixel."""
    import numpy as np
    from scipy import ndimage

    outside = changed & (region < 0.5)
    opened = ndimage.binary_opening(outside, np.ones((side, side), bool))
    near = ndimage.binary_dilation(opened) & changed
    found: NDArray[np.float32] = np.maximum(near, 0.5 * ndimage.binary_dilation(near)).astype(np.float32)
    return found


def _in_unit(values: NDArray[np.generic]) -> NDArray[np.float32]:
    import numpy as np

    scaled = values.astype(np.float32)
    return scaled / np.float32(255) if values.dtype == np.uint8 else scaled


OPERATION = Join()
