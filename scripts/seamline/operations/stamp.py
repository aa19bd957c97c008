"""`stamp`: what an edit changed in one picture, put into several views at the same place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from seamline.catalog.entries.base import Parameters
from seamline.errors import RunError
from seamline.operations.base import Operation, array_at, refuse_other_sizes
from seamline.runners.base import Provenance, Value


class StampParameters(Parameters):
    """The views."""

    cameras: int = Field(default=13, ge=1, le=64, description="How many views the input holds, stacked.")


class Stamp(Operation[StampParameters]):
    """Pixels that changed from `before` to `after`, laid over each view where they are: a baseline without depth."""

    name: ClassVar[str] = "stamp"
    summary: ClassVar[str] = "Puts what changed between two pictures into each view, at the same place."
    inputs: ClassVar[Mapping[str, str]] = {"views": "Views", "before": "Img", "after": "Img"}
    outputs: ClassVar[Mapping[str, str]] = {"views": "Views"}
    parameters = StampParameters
    provenance: ClassVar[Provenance] = "trained-composite"
    code: ClassVar[tuple[str, ...]] = (
        "operations/stamp.py",
        "runners/canonical_image/planes.py",
        "runners/canonical_image/writing_back.py",
        "scenes/cameras.py",
    )

    def apply(self, parameters: StampParameters, values: Mapping[str, Value]) -> dict[str, Value]:
        """(N*H,W,3) `views`, (H,W,3) `before` and `after` -> (N*H,W,3) `views`."""
        import numpy as np
        import torch

        from seamline.runners.canonical_image.writing_back import changed

        arrays = {port: array_at(self.name, port, values) for port in self.inputs}
        views, before = arrays["views"], arrays["before"]
        refuse_other_sizes(self.name, "before", {"before": before, "after": arrays["after"]})
        if views.shape != (parameters.cameras * before.shape[0], *before.shape[1:]):
            raise RunError(
                f"is {views.shape[1]} by {views.shape[0]}, and {parameters.cameras} pictures like `before` are "
                f"{before.shape[1]} by {parameters.cameras * before.shape[0]}",
                where=f"{self.name}.views",
                hint="correct `cameras`, or feed pictures of the size of a view",
            )
        first, second = (
            torch.from_numpy(np.array(arrays[port])).permute(2, 0, 1).float() / 255 for port in ("before", "after")
        )
        cover = changed(first, second)[..., None].double().numpy()
        stacked = views.reshape(parameters.cameras, *before.shape).astype(np.float64)
        stamped = stacked * (1 - cover) + arrays["after"] * cover
        return {"views": np.rint(stamped).astype(np.uint8).reshape(views.shape)}


OPERATION = Stamp()
