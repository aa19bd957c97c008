"""The autoencoder: pictures to latents of a quarter the side, with unit variance, and back.

`AutoencoderTiny` squashes latents beyond +-3, so training asks for zero mean and unit
variance in every channel; `scaling_factor` is then 1 and image latents, which the pipeline
never scales, and target latents, which it does, are the same thing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any, TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

from seamline.editor.config import AutoencoderPlan
from seamline.editor.drawn import Pixels

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


def as_model_input(pictures: Tensor) -> Tensor:
    """uint8 pictures as float32 in -1..1."""
    return pictures.float() / 127.5 - 1


@torch.no_grad()
def encode(autoencoder: Autoencoder, pictures: Tensor, batch: int = 16) -> Tensor:
    """Latents (B,C,H/4,W/4) float32 of uint8 pictures (B,3,H,W)."""
    return torch.cat([autoencoder.encode(as_model_input(part)).latents for part in pictures.split(batch)])


@torch.no_grad()
def decode(autoencoder: Autoencoder, latents: Tensor, batch: int = 16) -> Tensor:
    """Pictures (B,3,H,W) float32 in 0..1 of latents."""
    parts = [autoencoder.decode(part).sample for part in latents.split(batch)]
    return (torch.cat(parts) / 2 + 0.5).clamp(0, 1)


def train_autoencoder(
    autoencoder: Autoencoder,
    pixels: Pixels,
    held_out: Pixels,
    plan: AutoencoderPlan,
    *,
    seed: int,
    device: str = "cpu",
    minutes: float = math.inf,
    say: Callable[[str], None] = print,
    keep: Callable[[], None] = lambda: None,
) -> float:
    """Train in place on crops, two thirds of them around a face.

    Args:
        minutes: the learning rate reaches zero after `plan.steps`, or after this long if that is sooner.
        keep: called every few hundred steps, to save what there is.

    Returns:
        PSNR in dB on the faces of `held_out`.
    """
    torch.manual_seed(seed)
    autoencoder.to(device, memory_format=torch.channels_last).train()
    optimiser = torch.optim.AdamW(autoencoder.parameters(), lr=plan.rate, weight_decay=1e-4)
    begun = time.monotonic()
    for step in range(plan.steps):
        spent = max(step / plan.steps, (time.monotonic() - begun) / 60 / minutes)
        if spent >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = plan.rate * min(1.0, step / 50, 0.02 + 0.5 * (1 + math.cos(math.pi * spent)))
        crops = as_model_input(_crops(pixels, plan)).to(device, memory_format=torch.channels_last)
        with torch.autocast(torch.device(device).type, torch.bfloat16):
            loss = _loss(autoencoder, crops, plan.latent_noise)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(autoencoder.parameters(), 1.0)
        optimiser.step()
        if step % 200 == 199:
            left = (time.monotonic() - begun) / 60 * (1 / max(spent, 1e-3) - 1)
            whole, faces = quality(autoencoder, held_out)
            say(
                f"autoencoder {step + 1}/{plan.steps}  loss {loss.item():.4f}  "
                f"held out {whole:.2f} dB, faces {faces:.2f} dB  {left:.1f} min left"
            )
            keep()
    autoencoder.eval()
    keep()
    return quality(autoencoder, held_out)[1]


@torch.no_grad()
def quality(autoencoder: Autoencoder, pixels: Pixels) -> tuple[float, float]:
    """PSNR in dB of pictures encoded and decoded: over whole pictures, and over heads."""
    device = next(autoencoder.parameters()).device
    pictures = pixels.pictures.to(device)
    error = (decode(autoencoder, encode(autoencoder, pictures)) - pictures.float() / 255).square().mean(1)
    heads = F.interpolate(pixels.faces.to(device).float().sum(1, keepdim=True) / 255, scale_factor=4.0)[:, 0]
    return _db(error.mean().item()), _db(((error * heads).sum() / heads.sum()).item())


def _loss(autoencoder: Autoencoder, crops: Tensor, noise: float) -> Tensor:
    latents = autoencoder.encode(crops).latents.float()
    mean, variance = latents.mean((0, 2, 3)), latents.var((0, 2, 3))
    centred = (mean.square() + (variance - 1).square()).mean()
    drawn = autoencoder.decode(latents + noise * torch.randn_like(latents)).sample
    off = drawn.float() - crops
    edges = off.diff(dim=-1).abs().mean() + off.diff(dim=-2).abs().mean()
    loss: Tensor = off.abs().mean() + 4 * off.square().mean() + edges + 0.02 * centred
    return loss


def _crops(pixels: Pixels, plan: AutoencoderPlan) -> Tensor:
    height, width = pixels.pictures.shape[-2:]
    size, crops = plan.crop, []
    for index in torch.randint(len(pixels.pictures), (plan.batch,)).tolist():
        if torch.rand(()) < 0.67:
            points = pixels.landmarks[index].reshape(-1, 2)
            points = points[points.abs().sum(1) > 0]
            at = points[int(torch.randint(len(points), ()))] - size / 2 + 12 * torch.randn(2)
        else:
            at = torch.rand(2) * torch.tensor([width - size, height - size])
        left, top = int(at[0].clamp(0, width - size)), int(at[1].clamp(0, height - size))
        crops.append(pixels.pictures[index, :, top : top + size, left : left + size])
    return torch.stack(crops)


def _db(error: float) -> float:
    return -10 * math.log10(max(error, 1e-10))
