"""Low-rank adapters (LoRA) of tiny pipelines, made in a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def save_adapter(folder: Path, name: str, seed: int = 0, *, scale: float = 0.3, like: Any = None) -> Path:
    """An adapter with random matrices, in the `adapters/` of a pipeline's folder; its file.

    Args:
        scale: standard deviation of the matrices B; 0 changes nothing.
        like: the U-Net that it is made for; that of `save_tiny` if None.
    """
    import torch
    from diffusers import StableDiffusionInstructPix2PixPipeline, UNet2DConditionModel
    from diffusers.utils import convert_state_dict_to_diffusers
    from peft import LoraConfig
    from peft.utils import get_peft_model_state_dict
    from tiny import tiny_pipeline

    unet = UNet2DConditionModel.from_config((like or tiny_pipeline(autoencoder="tiny").unet).config)
    names = [name for name, part in unet.named_modules() if isinstance(part, (torch.nn.Conv2d, torch.nn.Linear))]
    generator = torch.Generator().manual_seed(seed)
    unet.add_adapter(LoraConfig(r=2, lora_alpha=2, target_modules=names))
    with torch.no_grad():
        for key, parameter in unet.named_parameters():
            if "lora_B" in key:
                parameter.copy_(scale * torch.randn(parameter.shape, generator=generator))
            elif "lora_A" in key:
                parameter.copy_(0.3 * torch.randn(parameter.shape, generator=generator))
    found = convert_state_dict_to_diffusers(get_peft_model_state_dict(unet))
    StableDiffusionInstructPix2PixPipeline.save_lora_weights(
        folder / "adapters", unet_lora_layers=found, weight_name=f"{name}.safetensors"
    )
    return folder / "adapters" / f"{name}.safetensors"
