"""A sample's scene as a row of cameras sees it, before and after the edit that its truth describes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seamline.catalog.entries import SceneInput, Truth
from seamline.runs.inputs.scene_edit import edit_of, scene_of
from seamline.scenes.cameras import camera_row
from seamline.scenes.edits import apply
from seamline.scenes.state import Scene

if TYPE_CHECKING:
    from seamline.runners.base import Picture


@dataclass(frozen=True)
class ViewsInput:
    """Views from left to right, each of the size of the input image.

    Attributes:
        sheet: (N*H,W,3), stacked from top to bottom.
        truth: likewise, of the scene really changed; None where the sample names no truth.
    """

    sheet: Picture
    truth: Picture | None

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Each view, (H,W,3)."""
        height = len(self.sheet) // len(camera_row())
        return tuple(self.sheet[at * height : (at + 1) * height] for at in range(len(camera_row())))


def view_name(sample: str, camera: int) -> str:
    """The name under which an engine is given what one camera sees, counted from 0 at the left."""
    return f"{sample}/view/{camera}"


def views_input(given: SceneInput, truth: Truth | None, size: tuple[int, int]) -> ViewsInput:
    """Views of a sample's scene.

    Args:
        size: width and height of each.
    """
    scene = scene_of(given)
    return ViewsInput(_sheet(scene, size), _sheet(apply(edit_of(truth), scene), size) if truth else None)


def _sheet(scene: Scene, size: tuple[int, int]) -> Picture:
    from seamline.scenes.camera_views import views_of

    pictures = views_of(scene, camera_row(), *size).pictures
    sheet: Picture = pictures.mul(255).round().byte().permute(0, 2, 3, 1).flatten(0, 1).contiguous().numpy()
    return sheet
