"""The four trained parts of a mini editor, as training passes them to export, and the error they are trained by."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from tools.training.autoencoder import Autoencoder
from tools.training.autoencoders.pixel_loss import pixel_loss
from tools.training.config import UNetPlan
from tools.training.data import Batch
from tools.training.text_encoder import TextEncoder, Tokenizer, token_ids
from tools.training.unet import TIMESTEPS, UNet, drop_conditionings, loss_weights, sample_time_steps

Say = Callable[[str], None]
"""Called with each line of progress."""


@dataclass
class Editor:
    """The four trained parts of a mini editor."""

    autoencoder: Autoencoder
    tokenizer: Tokenizer
    text_encoder: TextEncoder
    unet: UNet


def prediction_loss(editor: Editor, batch: Batch, plan: UNetPlan, scheduler: Any, generator: torch.Generator) -> Tensor:
    """Weighted mean squared error of the predicted clean latents of one batch, and of decoded pieces; a scalar.

    Args:
        editor: its U-Net and text encoder run under bfloat16 autocast; gradients reach whatever requires them.
        scheduler: as `noise_scheduler` gives it.
        generator: gives time steps, noise and which conditionings are dropped.
    """
    device = editor.unet.device
    before, after = batch.before.to(device), batch.after.to(device)
    # The empty instruction comes last.
    ids = token_ids(editor.tokenizer, [*batch.instructions, ""]) if batch.ids is None else batch.ids
    ids = ids.to(device)
    steps = sample_time_steps(len(before), plan, generator).to(device)
    noise = torch.randn(after.shape, generator=generator, device=generator.device).to(device)
    with torch.autocast(device.type, torch.bfloat16):
        states = editor.text_encoder(ids).last_hidden_state
        image, text = drop_conditionings(before, states[:-1], states[-1:], plan, generator)
        clean = _with_own_guesses(editor.unet, after, noise, image, text, steps, plan.own_guess)
        noisy = scheduler.add_noise(clean, noise, steps)
        predicted = editor.unet(torch.cat([noisy, image], 1), steps, text).sample.float()
    # An image that was dropped cannot be inferred from the instruction: at full weight it would dominate the loss.
    blind = (image.abs().amax((1, 2, 3), keepdim=True) == 0).float()
    weights = loss_weights(batch, plan).to(device) * (1 - (1 - plan.blind_weight) * blind)
    error = torch.mean(weights * (predicted - after).square())
    if not plan.pixel_weight:
        return error
    some = slice(math.ceil(plan.pixel_share * len(before)))
    sighted = 1 - (1 - plan.blind_weight) * blind[some].flatten()
    pixels = pixel_loss(
        editor.autoencoder,
        predicted[some],
        after[some],
        batch.face[some].to(device),
        sighted,
        generator,
        plan.structure_weight,
    )
    return error + plan.pixel_weight * pixels


@torch.no_grad()
def _with_own_guesses(
    unet: UNet, after: Tensor, noise: Tensor, image: Tensor, text: Tensor, steps: Tensor, share: float
) -> Tensor:
    """True latents (B,C,h,w), of which the first `share` are replaced by what the U-Net predicts from noise alone.

    When a picture is sampled, noisy latents hold earlier predictions, never the truth. A U-Net that has seen only the
    truth there trusts them: its later steps kept the faults of the first one and added to them. The noise is the one
    that is added again, as in a deterministic sampler's first step. At the last time step nothing changes: there,
    noisy latents are noise alone.
    """
    if not share:
        return after
    some = slice(math.ceil(share * len(after)))
    last = torch.full_like(steps[some], TIMESTEPS - 1)
    # Versions of autocast keep these casts of the weights, which have no gradient, for the prediction that learns.
    with torch.autocast(after.device.type, torch.bfloat16, cache_enabled=False):
        guess = unet(torch.cat([noise[some], image[some]], 1), last, text[some]).sample.float()
    return torch.cat([guess, after[some.stop :]])
