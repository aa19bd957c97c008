"""`crop`: a rectangle cut out of an image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from seamline.catalog.entries.base import Parameters
from seamline.errors import RunError
from seamline.operations.base import Operation, array_at
from seamline.runners.base import Value

LARGEST_SIDE = 8192
"""Pixels; no picture of a sample comes near it."""


class CropParameters(Parameters):
    """The rectangle, in pixels from the upper left corner."""

    left: int = Field(default=0, ge=0, le=LARGEST_SIDE, description="Columns to leave out on the left.")
    top: int = Field(default=0, ge=0, le=LARGEST_SIDE, description="Rows to leave out at the top.")
    width: int = Field(ge=1, le=LARGEST_SIDE, description="Width in pixels.")
    height: int = Field(ge=1, le=LARGEST_SIDE, description="Height in pixels.")


class Crop(Operation[CropParameters]):
    """A rectangle of an image; never pads."""

    name: ClassVar[str] = "crop"
    summary: ClassVar[str] = "Cuts a rectangle out of an image."
    inputs: ClassVar[Mapping[str, str]] = {"image": "Img"}
    outputs: ClassVar[Mapping[str, str]] = {"image": "Img"}
    parameters = CropParameters
    code: ClassVar[tuple[str, ...]] = ("operations/crop.py",)

    def apply(self, parameters: CropParameters, values: Mapping[str, Value]) -> dict[str, Value]:
        """(H,W,3) `image` -> (height,width,3) `image`."""
        image = array_at(self.name, "image", values)
        right, bottom = parameters.left + parameters.width, parameters.top + parameters.height
        height, width = image.shape[:2]
        if right > width or bottom > height:
            raise RunError(
                f"the rectangle ends at column {right} and row {bottom}, and the image has {width} and {height}",
                where=self.name,
                hint="choose a rectangle that lies inside the image",
            )
        return {"image": image[parameters.top : bottom, parameters.left : right].copy()}


OPERATION = Crop()
