"""Held-out edits turned into pictures by a pipeline: the one place of training that knows the runner.

The pipeline is InstructPix2Pix's, and its sampler the package's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seamline.runners.base import Picture
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.scenes.state import PICTURE_SIZE
from tools.training.held_out import HeldOut

__all__ = ["BATCH", "GUIDANCE_SCALE", "HEIGHT", "IMAGE_GUIDANCE_SCALE", "STEPS", "WIDTH", "Picture", "edit_pictures"]

WIDTH, HEIGHT = PICTURE_SIZE
"""Pixels of the input images."""
STEPS, GUIDANCE_SCALE, IMAGE_GUIDANCE_SCALE = 4, 1.0, 1.0
BATCH = 8
"""Edits sampled at once."""


def edit_pictures(
    pipe: Any,
    edits: Sequence[HeldOut],
    inputs: Mapping[int, Picture],
    *,
    with_image: bool = True,
    guidance_scale: float = GUIDANCE_SCALE,
    image_guidance_scale: float = IMAGE_GUIDANCE_SCALE,
    steps: int = STEPS,
) -> list[Picture]:
    """Edited images (H,W,3) uint8, in the order of `edits`; each scene's seed also seeds its noise.

    Args:
        inputs: input image (H,W,3) uint8 by the seed of its edit.
        with_image: whether the model is conditioned on the input image.
    """
    from seamline.runners.instruct_pix2pix.generation import generate

    results: list[Picture] = []
    for at in range(0, len(edits), BATCH):
        some = edits[at : at + BATCH]
        requests = [
            EditRequest(
                image=str(edit.seed),
                instruction=edit.instruction,
                guidance_scale=guidance_scale,
                image_guidance_scale=image_guidance_scale,
                seed=edit.seed,
                num_inference_steps=steps,
                unconditioned=not with_image,
                beyond_stock=True,
            )
            for edit in some
        ]
        pictures = {str(edit.seed): inputs[edit.seed] for edit in some}
        results += [edited.picture for edited in generate(pipe, pictures, requests)]
    return results
