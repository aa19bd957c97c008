"""`feather`: a mask with a soft edge, as an alpha matte. No network: it knows nothing of the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from seamline.catalog.entries.base import Parameters
from seamline.operations.base import Operation, array_at, length_in
from seamline.runners.base import Value


class FeatherParameters(Parameters):
    """How soft the edge is."""

    sigma: float = Field(
        default=2.0,
        gt=0,
        le=64,
        description="Standard deviation of the Gaussian blur, in pixels of a picture 128 high.",
    )


class Feather(Operation[FeatherParameters]):
    """A Gaussian blur of a mask: one half on its edge."""

    name: ClassVar[str] = "feather"
    summary: ClassVar[str] = "Blurs the edge of a mask, and gives it as an alpha matte."
    inputs: ClassVar[Mapping[str, str]] = {"mask": "Msk"}
    outputs: ClassVar[Mapping[str, str]] = {"alpha": "Alpha"}
    parameters = FeatherParameters
    code: ClassVar[tuple[str, ...]] = ("operations/feather.py", "operations/base.py:length_in")

    def apply(self, parameters: FeatherParameters, values: Mapping[str, Value]) -> dict[str, Value]:
        """(H,W) `mask` -> (H,W) float32 `alpha` in 0..1."""
        import numpy as np
        from scipy.ndimage import gaussian_filter

        mask = array_at(self.name, "mask", values)
        scaled = mask.astype(np.float32) / (255 if mask.dtype == np.uint8 else 1)
        return {"alpha": gaussian_filter(scaled, length_in(mask, parameters.sigma), mode="nearest").clip(0, 1)}


OPERATION = Feather()
