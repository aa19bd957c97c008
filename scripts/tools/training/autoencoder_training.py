"""Training of an autoencoder: on crops, most of them around a face, resumed from its last checkpoint."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tools.training.autoencoder import Autoencoder, as_model_input, quality
from tools.training.autoencoders.gallery import Gallery
from tools.training.averaging import averaged, moving_average
from tools.training.checkpoint import load_checkpoint, save_atomically
from tools.training.config import AutoencoderPlan
from tools.training.scene_rasterizing import Pixels

_STEPS_BETWEEN_REPORTS = 200
_SECONDS_BETWEEN_CHECKPOINTS = 180.0
_CENTRING_WEIGHT = 0.02
"""Weight of the loss that holds each latent channel at mean 0 and variance 1."""
_EDGE_OF_CROP = 2
"""Latent pixels along a crop's edge that are not compared with the teacher's, which saw beyond the crop."""


def train_autoencoder(
    autoencoder: Autoencoder,
    gallery: Gallery,
    held_out: Pixels,
    plan: AutoencoderPlan,
    *,
    seed: int,
    checkpoint: Path,
    device: str = "cpu",
    say: Callable[[str], None] = print,
    record_figures: Callable[[dict[str, float]], None] = lambda row: None,
    record_plan: Callable[[dict[str, Any], int], None] = lambda plan, step: None,
) -> dict[str, float]:
    """Train in place, resuming from `checkpoint` if there is one; ends with the averaged weights.

    Args:
        record_figures: called with the figures of each report.
        record_plan: called with the plan, and the step from which it is followed.

    Returns:
        `steps`, `minutes`, and `whole_db` and `faces_db`: PSNR in dB on `held_out`.
    """
    state = AutoencoderTrainingState(autoencoder, plan, seed, checkpoint, device)
    state.resume(say)
    record_plan(plan.model_dump(mode="json"), state.steps)
    saved = time.monotonic()
    while state.steps < state.planned:
        loss = state.step(gallery)
        if state.steps % _STEPS_BETWEEN_REPORTS == 0:
            row = state.figures(held_out)
            record_figures(row)
            say(
                f"autoencoder {state.steps}/{state.planned}  loss {loss:.4f}  held out {row['whole_db']:.2f} dB, "
                f"faces {row['faces_db']:.2f} dB  {row['minutes'] * (state.planned / state.steps - 1):.0f} min left"
            )
        if time.monotonic() - saved > _SECONDS_BETWEEN_CHECKPOINTS:
            state.save()
            saved = time.monotonic()
    state.save()
    row = state.figures(held_out)
    autoencoder.load_state_dict(averaged(state.average, "vae").state_dict())
    autoencoder.eval()
    return row


class AutoencoderTrainingState:
    """The state of an autoencoder's training: weights, their average, optimiser, and progress."""

    def __init__(
        self, autoencoder: Autoencoder, plan: AutoencoderPlan, seed: int, checkpoint: Path, device: str
    ) -> None:
        self._autoencoder, self._plan, self._seed, self._checkpoint = autoencoder, plan, seed, checkpoint
        self._device = device
        autoencoder.to(device, memory_format=torch.channels_last).train()
        self._optimiser = torch.optim.AdamW(autoencoder.parameters(), plan.rate, betas=(0.9, 0.99), weight_decay=1e-4)
        self._averaged_parts = nn.ModuleDict({"vae": autoencoder})
        self.average = moving_average(self._averaged_parts, plan.ema)
        self.steps, self.planned = 0, plan.steps + plan.decoder_steps
        self._started, self._seconds_before = time.monotonic(), 0.0
        # As for the U-Net: single-threaded parts of a batch wait for each other once a step.
        self._threads = 1 if device != "cpu" else max(1, min(os.cpu_count() or 1, plan.batch // 4))
        if device == "cpu":
            torch.set_num_threads(1)
        self._pool = ThreadPoolExecutor(self._threads)

    @property
    def minutes(self) -> float:
        """Time spent training, interruptions left out."""
        return (self._seconds_before + time.monotonic() - self._started) / 60

    def step(self, gallery: Gallery) -> float:
        """Take one training step on a batch of crops; returns its loss. A step of a plan always sees the same crops."""
        generator = torch.Generator().manual_seed(self._seed + self.steps)
        for group in self._optimiser.param_groups:
            group["lr"] = rate_at(self.steps, self._plan)
        self._autoencoder.encoder.requires_grad_(self.steps < self._plan.steps)
        learning = [weights for weights in self._autoencoder.parameters() if weights.requires_grad]
        parts = gallery.crops(self._plan, generator).split(self._threads)
        seeds = torch.randint(2**40, (len(parts),), generator=generator).tolist()
        losses = list(self._pool.map(lambda part, seed: self._gradients(part, learning, seed), parts, seeds))
        self._optimiser.zero_grad(set_to_none=True)
        for at, weights in enumerate(learning):
            weights.grad = sum((gradients[at] for _, gradients in losses[1:]), start=losses[0][1][at]) / len(losses)
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        self._optimiser.step()
        self.steps += 1
        self.average.update_parameters(self._averaged_parts)
        return sum(loss for loss, _ in losses) / len(losses)

    def figures(self, held_out: Pixels) -> dict[str, float]:
        """Progress, and the quality of the averaged weights on held-out pictures: PSNR in dB."""
        whole, faces = quality(averaged(self.average, "vae"), held_out)
        return {"steps": self.steps, "minutes": self.minutes, "whole_db": whole, "faces_db": faces}

    def save(self) -> None:
        """Write the checkpoint."""
        state = {
            "vae": self._autoencoder.state_dict(),
            "moving_average": self.average.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "steps": self.steps,
            "seconds": self.minutes * 60,
        }
        save_atomically(state, self._checkpoint)

    def resume(self, say: Callable[[str], None]) -> None:
        """Resume from the checkpoint, if there is one."""
        if not self._checkpoint.exists():
            return
        state = load_checkpoint(self._checkpoint, self._device)
        self._autoencoder.load_state_dict(state["vae"])
        self.average.load_state_dict(state["moving_average"])
        self._optimiser.load_state_dict(state["optimiser"])
        self.steps, self._seconds_before, self._started = state["steps"], state["seconds"], time.monotonic()
        say(f"autoencoder: resuming from step {self.steps}")

    def _gradients(self, crops: Gallery, learning: list[Tensor], seed: int) -> tuple[float, tuple[Tensor, ...]]:
        loss = self._loss(crops, torch.Generator().manual_seed(seed))
        return loss.item(), torch.autograd.grad(loss, learning)

    def _loss(self, crops: Gallery, generator: torch.Generator) -> Tensor:
        plan = self._plan
        pictures = as_model_input(crops.pictures).to(self._device, memory_format=torch.channels_last)
        with torch.autocast(torch.device(self._device).type, torch.bfloat16):
            latents = self._autoencoder.encode(pictures).latents.float()
            strength = plan.latent_noise * torch.rand(len(latents), 1, 1, 1, generator=generator)
            noise = (strength * torch.randn(latents.shape, generator=generator)).to(latents)
            decoded = self._autoencoder.decode(latents + noise).sample.float()
        heads = F.interpolate(crops.faces.float().sum(1, keepdim=True) / 255, scale_factor=float(plan.factor))
        weights = (1 + plan.face_weight * heads + plan.age_weight * crops.age.float() / 255).to(decoded.device)
        loss = difference(decoded, pictures, weights, plan.edge_weight)
        channels = crops.teacher_latents.shape[1]
        if channels:
            loss = loss + plan.hold_weight * _distance(
                latents[:, :channels], crops.teacher_latents.float().to(latents.device)
            )
        return loss + _CENTRING_WEIGHT * _centring_loss(latents[:, channels:])


def difference(decoded: Tensor, pictures: Tensor, weights: Tensor, edge_weight: float) -> Tensor:
    """Weighted difference of pictures (B,3,H,W) in -1..1: absolute error, 4 times squared error, and error of edges.

    Args:
        weights: (B,1,H,W), of the errors; only their ratios matter.
        edge_weight: of the error in differences between neighbouring pixels.
    """
    weights = weights / weights.mean()
    error = decoded - pictures
    edges = (weights[..., 1:] * error.diff(dim=-1).abs()).mean()
    edges = edges + (weights[..., 1:, :] * error.diff(dim=-2).abs()).mean()
    return (weights * error.abs()).mean() + 4 * (weights * error.square()).mean() + edge_weight * edges


def rate_at(step: int, plan: AutoencoderPlan) -> float:
    """The learning rate at a step: it rises for 50 steps, and falls along a cosine from `plan.cosine_from` on."""
    progress = step / (plan.steps + plan.decoder_steps)
    decay = max(0.0, (progress - plan.cosine_from) / (1 - plan.cosine_from))
    return plan.rate * min(1.0, (step + 1) / 50) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * decay)))


def _distance(latents: Tensor, teacher_latents: Tensor) -> Tensor:
    inner = slice(_EDGE_OF_CROP, -_EDGE_OF_CROP)
    return (latents[..., inner, inner] - teacher_latents[..., inner, inner]).square().mean()


def _centring_loss(latents: Tensor) -> Tensor:
    if not latents.shape[1]:
        return latents.sum()
    mean, variance = latents.mean((0, 2, 3)), latents.var((0, 2, 3))
    return (mean.square() + (variance - 1).square()).mean()
