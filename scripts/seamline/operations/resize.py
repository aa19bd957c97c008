"""`resize`: an image resampled to another size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from seamline.catalog.entries.base import Parameters
from seamline.operations.base import Operation, array_at
from seamline.operations.crop import LARGEST_SIDE
from seamline.runners.base import Value


class ResizeParameters(Parameters):
    """Size and filter."""

    width: int = Field(ge=1, le=LARGEST_SIDE, description="New width in pixels.")
    height: int = Field(ge=1, le=LARGEST_SIDE, description="New height in pixels.")
    resample: Literal["NEAREST", "BOX", "BILINEAR", "HAMMING", "BICUBIC", "LANCZOS"] = Field(
        default="LANCZOS", description="Filter, as Pillow's `Image.Resampling` names it."
    )


class Resize(Operation[ResizeParameters]):
    """An image of another size, with Pillow's filters; the aspect ratio is what width and height make it."""

    name: ClassVar[str] = "resize"
    summary: ClassVar[str] = "Resamples an image to another width and height."
    inputs: ClassVar[Mapping[str, str]] = {"image": "Img"}
    outputs: ClassVar[Mapping[str, str]] = {"image": "Img"}
    parameters = ResizeParameters
    code: ClassVar[tuple[str, ...]] = ("operations/resize.py",)

    def apply(self, parameters: ResizeParameters, values: Mapping[str, Value]) -> dict[str, Value]:
        """(H,W,3) `image` -> (height,width,3) `image`."""
        import numpy as np
        from PIL import Image

        picture = Image.fromarray(array_at(self.name, "image", values))
        resized = picture.resize((parameters.width, parameters.height), Image.Resampling[parameters.resample])
        return {"image": np.asarray(resized)}


OPERATION = Resize()
