"""An earlier editor, made for smaller pictures, on the same ruler: its edits enlarged to the present size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seamline.runners.instruct_pix2pix.loading import load_pipeline
from tools.training.config import load_plan
from tools.training.editing import HEIGHT, IMAGE_GUIDANCE_SCALE, STEPS, WIDTH, Picture, edit_pictures
from tools.training.held_out import HeldOut
from tools.training.pipeline_export import hashes

GUIDANCE_SCALE = 1.5
"""What the earlier editor shipped with, and edits better at than without guidance."""


@dataclass(frozen=True)
class EarlierEditor:
    """A loaded editor.

    Attributes:
        width, height: of the pictures that it was trained on, in pixels.
    """

    pipe: Any
    width: int
    height: int

    @classmethod
    def loaded(cls, folder: Path, device: str = "cpu") -> EarlierEditor:
        """The editor in a folder that holds its `training.yml`, too.

        Raises:
            WeightsError: there is no pipeline of safetensors in the folder.
            OSError: there is no plan.
        """
        world = load_plan(folder / "training.yml").pictures
        return cls(load_pipeline(folder, device), world.width, world.height)

    def edit(self, edits: Sequence[HeldOut]) -> list[Picture]:
        """Its edits of scenes rasterized at its own size, (HEIGHT,WIDTH,3) uint8, enlarged bicubically."""
        import numpy as np
        from PIL import Image

        inputs = {edit.seed: self._input(edit) for edit in edits}
        edited = edit_pictures(self.pipe, edits, inputs, guidance_scale=GUIDANCE_SCALE)
        enlarged = (Image.fromarray(one).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC) for one in edited)
        return [np.asarray(one) for one in enlarged]

    def _input(self, edit: HeldOut) -> Picture:
        from seamline.scenes.rasterizer import rasterize

        picture = rasterize([edit.scene], self.width, self.height).picture[0]
        array: Picture = picture.permute(1, 2, 0).mul(255).round().byte().numpy()
        return array


def described(folder: Path) -> dict[str, Any]:
    """Weights, size and sampling parameters of an earlier editor, as the record names them."""
    world = load_plan(folder / "training.yml").pictures
    parameters = {
        "num_inference_steps": STEPS,
        "guidance_scale": GUIDANCE_SCALE,
        "image_guidance_scale": IMAGE_GUIDANCE_SCALE,
        "width": world.width,
        "height": world.height,
    }
    return {"weights": hashes(folder), "parameters": parameters}
