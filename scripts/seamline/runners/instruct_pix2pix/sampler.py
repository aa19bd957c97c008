"""Sampling as InstructPix2Pix does it: Brooks et al. 2023, section 3.2, equation 3.

    e~ = e(z, 0, 0) + s_I (e(z, c_I, 0) - e(z, 0, 0)) + s_T (e(z, c_I, c_T) - e(z, c_I, 0))

z is the noisy latent, c_I the input image, c_T the edit instruction; s_I and s_T are the image and the text guidance
scale. What makes this fast or visible lies outside: `predictions` computes the three terms, each once for all edits
that share it; `snapshots` looks on.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from seamline.errors import EngineError
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.runners.schedulers import fresh_scheduler

Predict = Callable[[Tensor, int, Tensor], Sequence[Tensor]]
"""`predict(z, step, timestep)`: the predictions with image and text, with the image alone, and with neither,
each (B,C,h,w)."""

Observe = Callable[[int, Tensor, Tensor, Tensor], None]
"""`observe(step, timestep, z, guided)`: called once a step, before the latent moves on."""


@dataclass(frozen=True)
class Guidance:
    """Both guidance scales of each edit, (B,1,1,1)."""

    text: Tensor
    image: Tensor

    @classmethod
    def of(cls, requests: Sequence[EditRequest], like: Tensor) -> Guidance:
        """The scales of `requests`, on the device and in the number format of `like`."""
        text = torch.tensor([request.guidance_scale for request in requests])
        image = torch.tensor([request.image_guidance_scale for request in requests])
        return cls(*(scale.to(like).view(-1, 1, 1, 1) for scale in (text, image)))


def sample(
    predict: Predict, scheduler: Any, noise: Tensor, guidance: Guidance, generators: Sequence[Any], observe: Observe
) -> Tensor:
    """Denoise a batch: (B,C,h,w) noise of unit variance -> (B,C,h,w) latents of the edited images.

    Args:
        scheduler: a diffusers scheduler whose time steps are set.
        generators: one a row, for schedulers that add noise of their own.

    Raises:
        EngineError: the model gave numbers that are not finite.
    """
    latents: Tensor = noise * scheduler.init_noise_sigma
    takes_generator = "generator" in inspect.signature(scheduler.step).parameters
    extra = {"generator": list(generators)} if takes_generator else {}
    for step, timestep in enumerate(scheduler.timesteps):
        seen = scheduler.scale_model_input(latents, timestep)
        full, image_only, none = predict(seen, step, timestep)
        guided = none + guidance.text * (full - image_only) + guidance.image * (image_only - none)
        observe(step, timestep, seen, guided)
        latents = scheduler.step(guided, timestep, latents, return_dict=False, **extra)[0]
    if not torch.isfinite(latents).all():
        raise EngineError("the model gave numbers that are not finite", hint="use float32 (--dtype float32)")
    return latents


def scheduler_for(pipe: Any, name: str | None, num_inference_steps: int) -> Any:
    """A fresh scheduler with the weights' own configuration and its time steps set.

    Args:
        name: class of diffusers; the weights' own when None.

    Raises:
        RunError: there is no such scheduler, or it does not suit the weights.
    """
    scheduler = fresh_scheduler(pipe, name)
    scheduler.set_timesteps(num_inference_steps, device=pipe.unet.device)
    return scheduler


def predicted_x0(scheduler: Any, predicted: Tensor, seen: Tensor, step: int, timestep: Tensor) -> Tensor:
    """The finished latent that a prediction implies, for any scheduler of diffusers.

    Args:
        seen: the latent as the U-Net saw it, a x0 + s e with a^2 + s^2 = 1 for every scheduler.
    """
    kind = scheduler.config.prediction_type
    if kind in ("sample", "original_sample"):
        return predicted
    if hasattr(scheduler, "sigmas"):
        ratio = scheduler.sigmas[step].to(seen)
        alpha = 1 / (ratio**2 + 1).sqrt()
        sigma = ratio * alpha
    else:
        alpha_squared = scheduler.alphas_cumprod[int(timestep)].to(seen)
        alpha, sigma = alpha_squared.sqrt(), (1 - alpha_squared).sqrt()
    implied: Tensor = alpha * seen - sigma * predicted if kind == "v_prediction" else (seen - sigma * predicted) / alpha
    return implied
