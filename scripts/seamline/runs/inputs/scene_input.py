"""The picture a sample starts from, and what a scene knows about the edit of it without any model."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seamline.catalog.entries import Sample, SceneInput, Truth
from seamline.runs.inputs import photos
from seamline.runs.inputs.scene_edit import edit_of, scene_of
from seamline.scenes.edits import apply, edited_people
from seamline.scenes.variants import SceneVariant

if TYPE_CHECKING:
    from seamline.runners.base import Picture


@dataclass(frozen=True)
class Input:
    """A sample's input.

    Attributes:
        auxiliary: pictures that need no model: `truth`, `region` and `paste`, as far as the sample has them.
        variants: the scene's variants with their pictures: `input`, and `truth` and `paste` where the truth is known.
        rights: licence, credit and consent of a photo; for a scene, that nobody is shown.
    """

    picture: Picture
    auxiliary: Mapping[str, Picture] = field(default_factory=dict)
    variants: Mapping[SceneVariant, Mapping[str, Picture]] = field(default_factory=dict)
    rights: Mapping[str, str] = field(default_factory=dict)


def input_of(
    root: Path,
    sample: Sample,
    size: tuple[int, int],
    truth: Truth | None,
    auxiliary: Collection[str] = (),
    variants: Sequence[SceneVariant] = (),
) -> Input:
    """The input of `sample` for weights of native `size` (width, height).

    Args:
        truth: what the step that edits the scene should make of it.
        auxiliary: further pictures to make of a scene, `paste`.
        variants: of the scene, whose pictures are wanted, too.

    Raises:
        PhotoError: the photo cannot be used.
    """
    photo = sample.photo
    if photo is None:
        assert sample.scene is not None
        found = _scene_input(sample.scene, truth, size, auxiliary)
        return replace(found, variants={one: _variant(sample.scene, one, truth, size) for one in variants})
    picture, note = photos.load(photos.path_of(root, photo.path), size)
    rights = {"licence": photo.licence, "credit": photo.credit, "consent": photo.consent, "note": note}
    return Input(picture, rights=rights)


def _scene_input(given: SceneInput, truth: Truth | None, size: tuple[int, int], auxiliary: Collection[str]) -> Input:
    from seamline.scenes.rasterizer import rasterize

    width, height = size
    scene = scene_of(given)
    rights = {"licence": "CC0-1.0", "credit": "drawn by Seamline", "consent": "synthetic: nobody is shown"}
    if truth is None:
        return Input(_pixels(rasterize([scene], width, height).picture[0]), rights=rights)
    edit = edit_of(truth)
    drawing = rasterize([scene, apply(edit, scene)], width, height)
    people = list(edited_people(edit, scene))
    region = drawing.face_masks[:, people].amax(dim=(0, 1), keepdim=False).expand(3, -1, -1)
    pictures: dict[str, Picture] = {"truth": _pixels(drawing.picture[1]), "region": _pixels(region)}
    if "paste" in auxiliary:
        from seamline.scenes.paste import naive_paste

        pictures["paste"] = _pixels(naive_paste(scene, edit, width, height))
    return Input(_pixels(drawing.picture[0]), pictures, rights=rights)


def _variant(
    given: SceneInput, variant: SceneVariant, truth: Truth | None, size: tuple[int, int]
) -> Mapping[str, Picture]:
    """Pictures of a variant. What is pasted into it is what is pasted into the scene itself: a photo taken once."""
    from seamline.scenes.paste import elsewhere, paste_from
    from seamline.scenes.rasterizer import rasterize

    base = scene_of(given)
    scene = variant.of(base)
    if truth is None:
        return {"input": _pixels(rasterize([scene], *size).picture[0])}
    edit = edit_of(truth)
    drawn = rasterize([scene, apply(edit, scene)], *size).picture
    pasted = paste_from(elsewhere(apply(edit, base), 0), scene, edit, *size)
    return {"input": _pixels(drawn[0]), "truth": _pixels(drawn[1]), "paste": _pixels(pasted)}


def _pixels(picture: Any) -> Picture:
    """(3,H,W) in 0..1 -> (H,W,3) uint8."""
    pixels: Picture = picture.clamp(0, 1).mul(255).round().byte().permute(1, 2, 0).cpu().contiguous().numpy()
    return pixels
