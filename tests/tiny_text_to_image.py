"""Tiny random weights of Stable Diffusion, saved as its own are published."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from tiny import tiny_pipeline


@cache
def pipeline() -> Any:
    """A Stable Diffusion pipeline of some 60,000 random weights; its autoencoder halves each side."""
    import torch
    from diffusers import StableDiffusionPipeline, UNet2DConditionModel

    shared = tiny_pipeline().components
    torch.manual_seed(11)
    unet = UNet2DConditionModel(
        sample_size=32,
        in_channels=4,
        out_channels=4,
        block_out_channels=(8, 16),
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=16,
        attention_head_dim=2,
        norm_num_groups=4,
    ).eval()
    names = ("vae", "text_encoder", "tokenizer", "scheduler", "safety_checker", "feature_extractor")
    pipe = StableDiffusionPipeline(unet=unet, **{name: shared[name] for name in names}, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def save(folder: Path) -> None:
    pipeline().save_pretrained(folder)
