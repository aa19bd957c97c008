"""The picture a sample starts from, and what is drawn beside the edit without any model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seamline.catalog.entries import Sample
from seamline.samples import photos
from seamline.samples.keys import edit_of, scene_of
from seamline.samples.records import Role

if TYPE_CHECKING:
    from seamline.samples.cells import Picture


@dataclass(frozen=True)
class Input:
    """A sample's input.

    Attributes:
        beside: pictures that need no model: `truth`, `region` and `paste`, as far as the sample has them.
        rights: licence, credit and consent of a photo; for a scene, that nobody is shown.
        note: what was done to a photo.
    """

    picture: Picture
    beside: Mapping[Role, Picture] = field(default_factory=dict)
    rights: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


def input_of(root: Path, sample: Sample, size: tuple[int, int]) -> Input:
    """The input of `sample` for weights of native `size` (width, height).

    Raises:
        PhotoError: the photo cannot be used.
    """
    photo = sample.input.photo
    if photo is None:
        return _scene_input(sample, size)
    picture, note = photos.load(photos.path_of(root, photo.path), size)
    rights = {"licence": photo.licence, "credit": photo.credit, "consent": photo.consent, "note": note}
    return Input(picture, {}, rights, note)


def _scene_input(sample: Sample, size: tuple[int, int]) -> Input:
    from seamline.scenes.drawing import draw
    from seamline.scenes.edits import apply, edited_people

    assert sample.input.scene is not None
    width, height = size
    scene = scene_of(sample.input.scene)
    rights = {"licence": "CC0-1.0", "credit": "drawn by Seamline", "consent": "synthetic: nobody is shown"}
    if sample.truth is None:
        return Input(_pixels(draw([scene], width, height).picture[0]), {}, rights)
    edit = edit_of(sample.truth)
    drawing = draw([scene, apply(edit, scene)], width, height)
    people = list(edited_people(edit, scene))
    region = drawing.face_masks[:, people].amax(dim=(0, 1), keepdim=False).expand(3, -1, -1)
    beside: dict[Role, Picture] = {"truth": _pixels(drawing.picture[1]), "region": _pixels(region)}
    if sample.exhibits.four_ways:
        from seamline.scenes.paste import naive_paste

        beside["paste"] = _pixels(naive_paste(scene, edit, width, height))
    return Input(_pixels(drawing.picture[0]), beside, rights)


def _pixels(picture: Any) -> Picture:
    """(3,H,W) in 0..1 -> (H,W,3) uint8."""
    pixels: Picture = picture.clamp(0, 1).mul(255).round().byte().permute(1, 2, 0).cpu().contiguous().numpy()
    return pixels
