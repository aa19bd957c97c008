"""Loading the pipeline as diffusers has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PARTS = ("unet", "vae", "text_encoder")
"""Sub-folders of a pipeline that hold weights."""


def load_pipeline(folder: Path, device: str = "cpu", dtype: str = "float32") -> Any:
    """The `StableDiffusionInstructPix2PixPipeline` in `folder`, unchanged.

    Raises:
        WeightsError: there is none, it is of another class, a part of it has no safetensors, or it cannot be loaded.
    """
    from diffusers import StableDiffusionInstructPix2PixPipeline

    from seamline.weights import opening

    return opening.load_pipeline(StableDiffusionInstructPix2PixPipeline, folder, PARTS, device, dtype)
