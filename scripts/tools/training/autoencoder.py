"""The autoencoder: pictures to latents a few times smaller, with unit variance, and back.

`AutoencoderTiny` squashes latents beyond +-3, so training asks for zero mean and unit
variance in every channel; `scaling_factor` is then 1 and image latents, which the pipeline
never scales, and target latents, which it does, are the same thing.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

from tools.training.config import AutoencoderPlan
from tools.training.scene_rasterizing import Pixels

Autoencoder: TypeAlias = Any
"""A `diffusers.AutoencoderTiny`; diffusers carries no types."""


def build_autoencoder(plan: AutoencoderPlan) -> Autoencoder:
    """An untrained autoencoder of the planned size."""
    from diffusers import AutoencoderTiny

    return AutoencoderTiny(
        encoder_block_out_channels=plan.encoder_channels,
        decoder_block_out_channels=plan.decoder_channels,
        num_encoder_blocks=plan.encoder_blocks,
        num_decoder_blocks=plan.decoder_blocks,
        latent_channels=plan.latent_channels,
        scaling_factor=1.0,
    )


def factor_of(autoencoder: Autoencoder) -> int:
    """How many pixels a latent's side stands for; the stock pipeline computes it in the same way."""
    return int(2 ** (len(autoencoder.config.block_out_channels) - 1))


def as_model_input(pictures: Tensor) -> Tensor:
    """uint8 pictures as float32 in -1..1."""
    return pictures.float() / 127.5 - 1


@torch.no_grad()
def encode(autoencoder: Autoencoder, pictures: Tensor, batch: int = 16) -> Tensor:
    """Latents (B,C,H/f,W/f) float32 of uint8 pictures (B,3,H,W); f is `factor_of(autoencoder)`."""
    return torch.cat([autoencoder.encode(as_model_input(part)).latents for part in pictures.split(batch)])


@torch.no_grad()
def decode(autoencoder: Autoencoder, latents: Tensor, batch: int = 16) -> Tensor:
    """Pictures (B,3,H,W) float32 in 0..1 of latents."""
    parts = [autoencoder.decode(part).sample for part in latents.split(batch)]
    return (torch.cat(parts) / 2 + 0.5).clamp(0, 1)


@torch.no_grad()
def quality(autoencoder: Autoencoder, pixels: Pixels) -> tuple[float, float]:
    """PSNR in dB of pictures encoded and decoded: over whole pictures, and over heads."""
    device = next(autoencoder.parameters()).device
    pictures = pixels.pictures.to(device)
    error = (decode(autoencoder, encode(autoencoder, pictures)) - pictures.float() / 255).square().mean(1)
    heads = F.interpolate(pixels.faces.to(device).float().sum(1, keepdim=True) / 255, error.shape[-2:])[:, 0]
    return _db(error.mean().item()), _db(((error * heads).sum() / heads.sum()).item())


def _db(error: float) -> float:
    return -10 * math.log10(max(error, 1e-10))
