"""Loading the pipeline as diffusers has it."""

from __future__ import annotations

from collections.abc import Mapping
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
    from safetensors import SafetensorError

    given = {"weight_name": file.name, "use_safetensors": True, "local_files_only": True}
    try:
        # diffusers warns of parts that fit nowhere, and goes on without them.
        state = pipe.lora_state_dict(file.parent, unet_config=pipe.unet.config, **given)[0]
        if strange := _strange(state, pipe.unet):
            raise ValueError(f"it changes {strange}, which is no layer of the U-Net")
        pipe.load_lora_weights(file.parent, **given)
        pipe.fuse_lora(components=["unet"], safe_fusing=True)
        pipe.unload_lora_weights()
    except (OSError, ValueError, RuntimeError, LookupError, SafetensorError) as error:
        # torch lists each matrix that does not fit.
        what = " ".join(str(error).split())[:200]
        raise WeightsError(f"the adapter does not fit the weights: {what}", where=str(file)) from error
    return pipe


def _strange(state: Mapping[str, Any], unet: Any) -> str:
    """The first layer of an adapter that the U-Net does not have; empty if it has them all."""
    layers = {f"unet.{name}" for name, _ in unet.named_modules()}
    named = (key.partition(".lora")[0] for key in state if ".lora" in key)
    return next((name for name in named if name not in layers), "")
