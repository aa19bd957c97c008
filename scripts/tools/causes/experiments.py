"""The three experiments: which edits they make, and what is computed from each scene."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from seamline.measures.arrays import Array, Undefined
from seamline.measures.builtin.light import luminance_slope
from seamline.measures.edited_picture import measure_edit
from seamline.measures.ground_truth import scene_truth
from seamline.runners.base import Picture
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.scenes.edits import Swap, apply
from seamline.scenes.paste import elsewhere, paste_from
from seamline.scenes.rasterizer import rasterize
from seamline.scenes.state import Scene
from seamline.scenes.variants import lit_from
from tools.training.editing import GUIDANCE_SCALE, HEIGHT, IMAGE_GUIDANCE_SCALE, STEPS, WIDTH
from tools.training.held_out import HeldOut, held_out

Edit = Callable[[Mapping[str, Picture], Sequence[EditRequest]], list[Picture]]
"""Edited images of requests, in their order; the first argument holds their input images."""

LAMPS = (-60.0, -30.0, 0.0, 30.0, 60.0)
"""Degrees."""
AFTER = (0, 1, 2, 5, 10, 15, 19, 20)
"""Denoising steps that see the first photo, of `AFTER[-1]`: more than edits need, to tell early from late."""
FIRST_LAMP, SECOND_LAMP = -60.0, 60.0
LEAST_EFFECT = 0.1
"""A scene tells nothing of the photo's change if its two photos, each at every step, give slopes nearer than this."""
MEASURES = ("luminance_slope", "expression", "identity", "psnr_face", "psnr_outside")
"""What is taken of each edit of `upbringings`."""


def swaps(count: int) -> list[HeldOut]:
    """The first `count` held-out face swaps, always the same ones."""
    found = [edit for edit in held_out(3 * count) if isinstance(edit.edit, Swap)]
    return found[:count]


def lamp_rows(edit: Edit, chosen: Sequence[HeldOut]) -> Iterator[dict[str, Any]]:
    """For each scene: slopes of brightness across the true, the edited, the pasted and the old face, by lamp.

    What is pasted comes from one photo, whatever the lamp.
    """
    for held in chosen:
        # Where the new face's skin is does not depend on the lamp.
        skin = scene_truth(held.scene, held.edit, WIDTH, HEIGHT).people[0].skin
        donor = elsewhere(apply(held.edit, held.scene), 0)
        scenes = [lit_from(azimuth).of(held.scene) for azimuth in LAMPS]
        given = {str(index): _pixels(scene) for index, scene in enumerate(scenes)}
        edited = edit(given, [_request(held, image) for image in given])
        pictures: dict[str, list[Array]] = {
            "truth": [_pixels(apply(held.edit, scene)) / 255 for scene in scenes],
            "edit": [picture / 255 for picture in edited],
            "paste": [_pasted(donor, scene, held) for scene in scenes],
            "no_edit": [picture / 255 for picture in given.values()],
        }
        slopes = {way: [_slope(picture, skin) for picture in some] for way, some in pictures.items()}
        if all(value is not None for values in slopes.values() for value in values):
            yield {"seed": held.seed, **slopes}


def photo_swap_rows(edit: Edit, chosen: Sequence[HeldOut]) -> Iterator[dict[str, Any]]:
    """For each scene: the slope of brightness across the edited face, by how many steps saw the first photo."""
    for held in chosen:
        scenes = {"first": lit_from(FIRST_LAMP).of(held.scene), "second": lit_from(SECOND_LAMP).of(held.scene)}
        skin = scene_truth(held.scene, held.edit, WIDTH, HEIGHT).people[0].skin
        requests = [
            replace(_request(held, "first"), num_inference_steps=AFTER[-1], later_image="second", later_from=step)
            for step in AFTER
        ]
        edited = edit({name: _pixels(scene) for name, scene in scenes.items()}, requests)
        slopes = [_slope(picture / 255, skin) for picture in edited]
        if all(value is not None for value in slopes):
            yield {"seed": held.seed, "slopes": dict(zip(map(str, AFTER), slopes, strict=True))}


def upbringing_rows(edits: Mapping[str, Edit], chosen: Sequence[HeldOut]) -> Iterator[dict[str, Any]]:
    """For each scene: measures of the edit by each of `edits`, of nothing done, of cut and paste, and of the truth."""
    for held in chosen:
        truth = scene_truth(held.scene, held.edit, WIDTH, HEIGHT)
        given = {"photo": _pixels(held.scene)}
        pictures: dict[str, Array] = {
            name: edit(given, [_request(held, "photo")])[0] / 255 for name, edit in edits.items()
        }
        donor = elsewhere(apply(held.edit, held.scene), 0)
        pictures["paste"] = _pasted(donor, held.scene, held)
        pictures |= {"no_edit": truth.before, "truth": truth.picture}
        ways = {}
        for way, picture in pictures.items():
            values = measure_edit(picture, truth.before, truth)
            ways[way] = {name: values[name] for name in MEASURES if name in values}
        yield {"seed": held.seed, "ways": ways}


def editing_with(pipe: Any) -> Edit:
    """Edits by a loaded pipeline, in one batch."""
    from seamline.runners.instruct_pix2pix.generation import generate

    def edit(given: Mapping[str, Picture], requests: Sequence[EditRequest]) -> list[Picture]:
        return [result.picture for result in generate(pipe, given, requests)]

    return edit


def loaded(folder: Path, adapter: str = "") -> Any:
    """The pipeline in a folder, as samples run it on a CPU, with an adapter of that name if one is given."""
    from seamline.runners.instruct_pix2pix import RUNNER

    if adapter:
        return RUNNER.load_adapted(folder, f"adapters/{adapter}.safetensors", "cpu", "float32")
    return RUNNER.load(folder, "cpu", "float32")


def _request(held: HeldOut, image: str) -> EditRequest:
    return EditRequest(
        image=image,
        instruction=held.instruction,
        guidance_scale=GUIDANCE_SCALE,
        image_guidance_scale=IMAGE_GUIDANCE_SCALE,
        seed=held.seed,
        num_inference_steps=STEPS,
    )


def _pixels(scene: Scene) -> Picture:
    picture = rasterize([scene], WIDTH, HEIGHT).picture[0]
    pixels: Picture = picture.permute(1, 2, 0).mul(255).round().byte().numpy()
    return pixels


def _pasted(donor: Scene, scene: Scene, held: HeldOut) -> Array:
    return np.moveaxis(paste_from(donor, scene, held.edit, WIDTH, HEIGHT).numpy(), 0, -1).astype(np.float64)


def _slope(picture: Array, skin: Array) -> float | None:
    """Slope of brightness across the new face's skin, rounded; None where too little skin shows."""
    try:
        return round(luminance_slope(picture, skin), 5)
    except Undefined:
        return None
