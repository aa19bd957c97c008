"""Loading the pipeline as diffusers has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seamline.errors import WeightsError

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


def with_adapter(pipe: Any, file: Path) -> Any:
    """A pipeline with a low-rank adapter (LoRA; Hu et al., arXiv 2106.09685) merged into its U-Net.

    Args:
        file: safetensors in the format of `save_lora_weights`.

    Raises:
        WeightsError: it is not there, or does not fit the U-Net.
    """
    if not file.is_file():
        here = ", ".join(sorted(path.stem for path in file.parent.glob("*.safetensors"))) or "none"
        raise WeightsError(
            "no such adapter", where=str(file), hint=f"the weights' adapters are: {here}; name one of them"
        )
    try:
        pipe.load_lora_weights(file.parent, weight_name=file.name, use_safetensors=True, local_files_only=True)
        pipe.fuse_lora(components=["unet"], safe_fusing=True)
        pipe.unload_lora_weights()
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise WeightsError(f"the adapter does not fit the weights: {error}", where=str(file)) from error
    return pipe
