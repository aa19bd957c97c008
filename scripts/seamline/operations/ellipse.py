"""`ellipse`: a rough mask, as somebody would draw it by hand around a head."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from seamline.catalog.entries.base import Parameters
from seamline.operations.base import Operation, array_at
from seamline.runners.base import Value


class EllipseParameters(Parameters):
    """Where it lies, in shares of the image, so that it means the same at each size."""

    x: float = Field(ge=0, le=1, description="Its centre from the left, as a share of the image's width.")
    y: float = Field(ge=0, le=1, description="Its centre from the top, as a share of the image's height.")
    width: float = Field(gt=0, le=1, description="How wide it is, as a share of the image's width.")
    height: float = Field(gt=0, le=1, description="How tall it is, as a share of the image's height.")


class Ellipse(Operation[EllipseParameters]):
    """An ellipse as large as a part of an image; nothing is known of what the image shows."""

    name: ClassVar[str] = "ellipse"
    summary: ClassVar[str] = "Masks an ellipse of an image that the sample names: a rough mask, as drawn by hand."
    inputs: ClassVar[Mapping[str, str]] = {"image": "Img"}
    outputs: ClassVar[Mapping[str, str]] = {"mask": "Msk"}
    parameters = EllipseParameters
    code: ClassVar[tuple[str, ...]] = ("operations/ellipse.py",)

    def apply(self, parameters: EllipseParameters, values: Mapping[str, Value]) -> dict[str, Value]:
        """(H,W,3) `image` -> (H,W) uint8 `mask`, 255 at pixels whose middle lies in the ellipse and 0 elsewhere."""
        import numpy as np

        height, width = array_at(self.name, "image", values).shape[:2]
        rows, columns = np.ogrid[:height, :width]
        down = ((rows + 0.5) / height - parameters.y) / (parameters.height / 2)
        right = ((columns + 0.5) / width - parameters.x) / (parameters.width / 2)
        return {"mask": np.where(down**2 + right**2 <= 1, 255, 0).astype(np.uint8)}


OPERATION = Ellipse()
