"""`reproject`: an edited canonical image as each camera of a row sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from seamline.catalog.entries.base import Parameters
from seamline.errors import RunError
from seamline.operations.base import Operation, array_at, length_in
from seamline.runners.base import Provenance, Value
from seamline.scenes.state import PICTURE_SIZE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from seamline.runners.canonical_image.learning import Learned

UV_CELL = 4
"""Pixels of a view 128 high a pixel of the UV map, each way; places are told in quarters of it, so that a byte holds
them."""


class ReprojectParameters(Parameters):
    """The cameras, and how much finer than a view the canonical image is."""

    cameras: int = Field(default=13, ge=1, le=64, description="How many cameras the row has; one is the middle one.")
    width: int = Field(default=PICTURE_SIZE[0], ge=16, le=2048, description="Width of a view in pixels.")
    height: int = Field(default=PICTURE_SIZE[1], ge=16, le=2048, description="Height of a view in pixels.")


class Reproject(Operation[ReprojectParameters]):
    """Views of an edited canonical image: what AGAP's users get when they have painted on theirs.

    `edited` is an edit of the middle of the canonical image, at the size of a view; it is written back into it where it
    differs. Equal to the canonical image's own middle, it changes nothing.
    """

    name: ClassVar[str] = "reproject"
    summary: ClassVar[str] = "Writes an edit into a canonical image and shows it from every camera."
    source: ClassVar[str] = "in the role of AGAP, Cheng et al. 2025; writing back an edited part is ours"
    inputs: ClassVar[Mapping[str, str]] = {"canonical": "Img", "edited": "Img", "field": "Field"}
    outputs: ClassVar[Mapping[str, str]] = {"views": "Views", "uv": "Uv"}
    parameters = ReprojectParameters
    provenance: ClassVar[Provenance] = "trained-composite"
    code: ClassVar[tuple[str, ...]] = (
        "operations/base.py:length_in",
        "operations/reproject.py",
        "runners/canonical_image/field_sheet.py",
        "runners/canonical_image/learning.py",
        "runners/canonical_image/planes.py",
        "runners/canonical_image/writing_back.py",
        "scenes/cameras.py",
        "scenes/state.py",
    )

    def apply(self, parameters: ReprojectParameters, values: Mapping[str, Value]) -> dict[str, Value]:
        """(h,w,3) `canonical`, (H,W,3) `edited` and a packed `field` -> (N*H,W,3) `views` and `uv`.

        `uv` is (N*2*h, w) uint8, a pixel for each cell of 4 pixels, in a view 128 high: for each view, where the middle
        of a cell looks up what it shows most of, in quarters of a cell: columns, and below them rows.
        """
        import numpy as np
        import torch

        from seamline.runners.canonical_image.writing_back import middle_of, written_back
        from seamline.scenes.cameras import camera_row

        edited = array_at(self.name, "edited", values)
        if edited.shape[:2] != (parameters.height, parameters.width):
            raise RunError(
                f"is {edited.shape[1]} by {edited.shape[0]}, and a view is {parameters.width} by {parameters.height}",
                where=f"{self.name}.edited",
                hint="cut the canonical image to its middle and resize it before it is edited",
            )
        learned = self._learned(parameters, values)
        before = middle_of(learned.canonical, learned.layout).mul(255).round() / 255
        after = _tensor(edited)
        canonical = (
            learned.canonical if torch.equal(before, after) else written_back(learned.canonical, after, learned.layout)
        )
        seen = [learned.seen_from(camera, canonical) for camera in camera_row(parameters.cameras)]
        pictures = [one.picture.clamp(0, 1).mul(255).round().byte().permute(1, 2, 0).numpy() for one in seen]
        maps = [_uv(one.weights, one.looked_up) for one in seen]
        return {"views": np.concatenate(pictures), "uv": np.concatenate(maps)}

    def _learned(self, parameters: ReprojectParameters, values: Mapping[str, Value]) -> Learned:
        from seamline.runners.canonical_image.field_sheet import unpacked
        from seamline.runners.canonical_image.learning import Learned, Settings, layout_of

        canonical = array_at(self.name, "canonical", values)
        layout = layout_of(parameters.width, parameters.height, Settings())
        height, width = layout.size
        if canonical.shape[0] % height or canonical.shape[0] // height * width != canonical.shape[1]:
            raise RunError(
                f"is {canonical.shape[1]} by {canonical.shape[0]}, and no whole multiple of {width} by {height}",
                where=f"{self.name}.canonical",
                hint="take `image` of the step that learned the scene, as it is",
            )
        field = unpacked(array_at(self.name, "field", values), layout.size)
        return Learned(layout, field[0], field[1], _tensor(canonical), field[2])


def _tensor(picture: NDArray[np.generic]) -> Any:
    """(H,W,3) uint8 -> (3,H,W) in 0..1."""
    import numpy as np
    import torch

    return torch.from_numpy(np.array(picture)).permute(2, 0, 1).float() / 255


def _uv(weights: Any, looked_up: Any) -> NDArray[np.uint8]:
    """(2*h, w) of plane weights (K,H,W) and look-ups (K,H,W,2)."""
    cell = round(length_in(weights[0], UV_CELL))
    most = weights.argmax(0)[None, ..., None].expand(1, -1, -1, 2)
    at = looked_up.gather(0, most)[0, cell // 2 :: cell, cell // 2 :: cell] * (4 / cell)
    both: NDArray[np.uint8] = at.permute(2, 0, 1).flatten(0, 1).round().clamp(0, 255).byte().numpy()
    return both


OPERATION = Reproject()
