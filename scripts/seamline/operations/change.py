"""`change`: a mask of what differs between two images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from seamline.catalog.entries.base import Parameters
from seamline.operations.base import Operation, array_at, refuse_other_sizes
from seamline.runners.base import Value


class ChangeParameters(Parameters):
    """What counts as a change."""

    threshold: int = Field(
        default=20, ge=0, le=254, description="A pixel is in the mask if a channel changed by more than this, of 255."
    )


class Change(Operation[ChangeParameters]):
    """White where any of the three channels changed by more than a threshold, black elsewhere."""

    name: ClassVar[str] = "change"
    summary: ClassVar[str] = "Masks the pixels that differ between the images `before` and `after`."
    inputs: ClassVar[Mapping[str, str]] = {"before": "Img", "after": "Img"}
    outputs: ClassVar[Mapping[str, str]] = {"mask": "Msk"}
    parameters = ChangeParameters
    code: ClassVar[tuple[str, ...]] = ("operations/change.py",)

    def apply(self, parameters: ChangeParameters, values: Mapping[str, Value]) -> dict[str, Value]:
        """(H,W,3) `before` and `after` -> (H,W) uint8 `mask`, 0 or 255."""
        import numpy as np

        arrays = {port: array_at(self.name, port, values) for port in self.inputs}
        refuse_other_sizes(self.name, "before", arrays)
        difference = np.abs(arrays["after"].astype(np.int16) - arrays["before"].astype(np.int16)).max(axis=-1)
        return {"mask": np.where(difference > parameters.threshold, 255, 0).astype(np.uint8)}


OPERATION = Change()
