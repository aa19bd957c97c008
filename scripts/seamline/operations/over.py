"""`over`: one image composited over another through an alpha matte."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from seamline.catalog.entries.base import Parameters
from seamline.operations.base import Operation, array_at, refuse_other_sizes
from seamline.runners.base import Value


class OverParameters(Parameters):
    """`over` has no parameters."""


class Over(Operation[OverParameters]):
    """`above` over `below`: alpha · above + (1 - alpha) · below, per pixel, without premultiplied colours."""

    name: ClassVar[str] = "over"
    summary: ClassVar[str] = "Composites the image `above` over the image `below`, as opaque as `alpha` says."
    source: ClassVar[str] = "Porter and Duff, Compositing Digital Images, SIGGRAPH 1984"
    inputs: ClassVar[Mapping[str, str]] = {"below": "Img", "above": "Img", "alpha": "Alpha"}
    outputs: ClassVar[Mapping[str, str]] = {"image": "Img"}
    parameters = OverParameters
    code: ClassVar[tuple[str, ...]] = ("operations/over.py",)

    def apply(self, parameters: OverParameters, values: Mapping[str, Value]) -> dict[str, Value]:
        """(H,W,3) `below` and `above`, (H,W) `alpha` -> (H,W,3) `image`."""
        import numpy as np

        arrays = {port: array_at(self.name, port, values) for port in self.inputs}
        refuse_other_sizes(self.name, "below", arrays)
        alpha = arrays["alpha"].astype(np.float64)[..., None]
        if arrays["alpha"].dtype == np.uint8:
            alpha /= 255
        below, above = (arrays[port].astype(np.float64) for port in ("below", "above"))
        return {"image": np.rint(alpha * above + (1 - alpha) * below).astype(np.uint8)}


OPERATION = Over()
