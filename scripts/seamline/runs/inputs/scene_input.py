"""The picture a sample starts from, and what a scene knows about the edit of it without any model."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seamline.catalog.entries import Sample, SceneInput, Truth
from seamline.runs.inputs import photos
from seamline.runs.inputs.scene_edit import edit_of, scene_of
from seamline.scenes.edits import apply, edited_people

if TYPE_CHECKING:
    from seamline.runners.base import Picture


@dataclass(frozen=True)
class Input:
    """A sample's input.

    Attributes:
        auxiliary: pictures that need no model: `truth`, `region` and `paste`, as far as the sample has them.
        rights: licence, credit and consent of a photo; for a scene, that nobody is shown.
    """

    picture: Picture
    auxiliary: Mapping[str, Picture] = field(default_factory=dict)
    rights: Mapping[str, str] = field(default_factory=dict)


def input_of(
    root: Path, sample: Sample, size: tuple[int, int], truth: Truth | None, auxiliary: Collection[str] = ()
) -> Input:
    """The input of `sample` for weights of native `size` (width, height).

    Args:
        truth: what the step that edits the scene should make of it.
        auxiliary: further pictures to make of a scene, `paste`.

    Raises:
        PhotoError: the photo cannot be used.
    """
    photo = sample.photo
    if photo is None:
        assert sample.scene is not None
        return _scene_input(sample.scene, truth, size, auxiliary)
    picture, note = photos.load(photos.path_of(root, photo.path), size)
    rights = {"licence": photo.licence, "credit": photo.credit, "consent": photo.consent, "note": note}
    return Input(picture, {}, rights)


def _scene_input(given: SceneInput, truth: Truth | None, size: tuple[int, int], auxiliary: Collection[str]) -> Input:
    from seamline.scenes.rasterizer import rasterize

    width, height = size
    scene = scene_of(given)
    rights = {"licence": "CC0-1.0", "credit": "drawn by Seamline", "consent": "synthetic: nobody is shown"}
    if truth is None:
        return Input(_pixels(rasterize([scene], width, height).picture[0]), {}, rights)
    edit = edit_of(truth)
    drawing = rasterize([scene, apply(edit, scene)], width, height)
    people = list(edited_people(edit, scene))
    region = drawing.face_masks[:, people].amax(dim=(0, 1), keepdim=False).expand(3, -1, -1)
    pictures: dict[str, Picture] = {"truth": _pixels(drawing.picture[1]), "region": _pixels(region)}
    if "paste" in auxiliary:
        from seamline.scenes.paste import naive_paste

        pictures["paste"] = _pixels(naive_paste(scene, edit, width, height))
    return Input(_pixels(drawing.picture[0]), pictures, rights)


def _pixels(picture: Any) -> Picture:
    """(3,H,W) in 0..1 -> (H,W,3) uint8."""
    pixels: Picture = picture.clamp(0, 1).mul(255).round().byte().permute(1, 2, 0).cpu().contiguous().numpy()
    return pixels
