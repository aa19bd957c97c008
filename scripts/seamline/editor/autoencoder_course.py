"""How an autoencoder is trained: on crops, most of them around a face, from its last checkpoint on."""

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
from torch import Tensor

from seamline.editor.autoencoder import Autoencoder, as_model_input, quality
from seamline.editor.checkpoint import Average, save_whole
from seamline.editor.config import AutoencoderPlan
from seamline.editor.drawn import Pixels
from seamline.editor.gallery import Gallery

_STEPS_BETWEEN_REPORTS = 200
_SECONDS_BETWEEN_CHECKPOINTS = 180.0
_CENTRING = 0.02
"""Weight of each latent channel having mean 0 and variance 1."""
_EDGE_OF_CROP = 2
"""Latent pixels along a crop's edge that no teacher is asked about: there the crop shows less than the picture did."""


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
    note: Callable[[dict[str, float]], None] = lambda row: None,
    follow: Callable[[dict[str, Any], int], None] = lambda plan, step: None,
) -> dict[str, float]:
    """Train in place, from `checkpoint` on if there is one; ends with the averaged weights.

    Args:
        note: takes the figures of each report.
        follow: takes the plan, and the step from which it is followed.

    Returns:
        `steps`, `minutes`, and `whole_db` and `faces_db`: PSNR in dB on `held_out`.
    """
    course = AutoencoderCourse(autoencoder, plan, seed, checkpoint, device)
    course.resume(say)
    follow(plan.model_dump(mode="json"), course.steps)
    saved = time.monotonic()
    while course.steps < course.planned:
        loss = course.step(gallery)
        if course.steps % _STEPS_BETWEEN_REPORTS == 0:
            row = course.figures(held_out)
            note(row)
            say(
                f"autoencoder {course.steps}/{course.planned}  loss {loss:.4f}  held out {row['whole_db']:.2f} dB, "
                f"faces {row['faces_db']:.2f} dB  {row['minutes'] * (course.planned / course.steps - 1):.0f} min left"
            )
        if time.monotonic() - saved > _SECONDS_BETWEEN_CHECKPOINTS:
            course.save()
            saved = time.monotonic()
    course.save()
    row = course.figures(held_out)
    course.average.swap()
    autoencoder.eval()
    return row


class AutoencoderCourse:
    """The state of an autoencoder's training: weights, their average, optimiser, and how far it has come."""

    def __init__(
        self, autoencoder: Autoencoder, plan: AutoencoderPlan, seed: int, checkpoint: Path, device: str
    ) -> None:
        self._autoencoder, self._plan, self._seed, self._checkpoint = autoencoder, plan, seed, checkpoint
        self._device = device
        autoencoder.to(device, memory_format=torch.channels_last).train()
        self._optimiser = torch.optim.AdamW(autoencoder.parameters(), plan.rate, betas=(0.9, 0.99), weight_decay=1e-4)
        self.average = Average({"vae": autoencoder}, plan.ema)
        self.steps, self.planned = 0, plan.steps + plan.decoder_steps
        self._begun, self._spent = time.monotonic(), 0.0
        # As for the U-Net: single-threaded parts of a batch wait for each other once a step.
        self._lanes = 1 if device != "cpu" else max(1, min(os.cpu_count() or 1, plan.batch // 4))
        if device == "cpu":
            torch.set_num_threads(1)
        self._pool = ThreadPoolExecutor(self._lanes)

    @property
    def minutes(self) -> float:
        """Time spent training, over all sittings."""
        return (self._spent + time.monotonic() - self._begun) / 60

    def step(self, gallery: Gallery) -> float:
        """Learn from one batch of crops; returns its loss. The same step of the same plan draws the same crops."""
        chance = torch.Generator().manual_seed(self._seed + self.steps)
        for group in self._optimiser.param_groups:
            group["lr"] = rate_at(self.steps, self._plan)
        self._autoencoder.encoder.requires_grad_(self.steps < self._plan.steps)
        learning = [weights for weights in self._autoencoder.parameters() if weights.requires_grad]
        parts = gallery.crops(self._plan, chance).split(self._lanes)
        seeds = torch.randint(2**40, (len(parts),), generator=chance).tolist()
        losses = list(self._pool.map(lambda part, seed: self._gradients(part, learning, seed), parts, seeds))
        self._optimiser.zero_grad(set_to_none=True)
        for at, weights in enumerate(learning):
            weights.grad = sum((gradients[at] for _, gradients in losses[1:]), start=losses[0][1][at]) / len(losses)
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        self._optimiser.step()
        self.steps += 1
        self.average.update()
        return sum(loss for loss, _ in losses) / len(losses)

    def figures(self, held_out: Pixels) -> dict[str, float]:
        """How far training has come, and the quality of the averaged weights on held-out pictures."""
        self.average.swap()
        whole, faces = quality(self._autoencoder, held_out)
        self.average.swap()
        return {"steps": self.steps, "minutes": self.minutes, "whole_db": whole, "faces_db": faces}

    def save(self) -> None:
        """Write the checkpoint."""
        state = {
            "vae": self._autoencoder.state_dict(),
            "average": self.average.state(),
            "optimiser": self._optimiser.state_dict(),
            "steps": self.steps,
            "seconds": self.minutes * 60,
        }
        save_whole(state, self._checkpoint)

    def resume(self, say: Callable[[str], None]) -> None:
        """Go on from the checkpoint, if there is one."""
        if not self._checkpoint.exists():
            return
        state = torch.load(self._checkpoint, map_location=self._device, weights_only=True)
        self._autoencoder.load_state_dict(state["vae"])
        self.average.restore(state["average"])
        self._optimiser.load_state_dict(state["optimiser"])
        self.steps, self._spent, self._begun = state["steps"], state["seconds"], time.monotonic()
        say(f"autoencoder: going on from step {self.steps}")

    def _gradients(self, crops: Gallery, learning: list[Tensor], seed: int) -> tuple[float, tuple[Tensor, ...]]:
        loss = self._loss(crops, torch.Generator().manual_seed(seed))
        return loss.item(), torch.autograd.grad(loss, learning)

    def _loss(self, crops: Gallery, chance: torch.Generator) -> Tensor:
        plan = self._plan
        pictures = as_model_input(crops.pictures).to(self._device, memory_format=torch.channels_last)
        with torch.autocast(torch.device(self._device).type, torch.bfloat16):
            latents = self._autoencoder.encode(pictures).latents.float()
            strength = plan.latent_noise * torch.rand(len(latents), 1, 1, 1, generator=chance)
            noise = (strength * torch.randn(latents.shape, generator=chance)).to(latents)
            drawn = self._autoencoder.decode(latents + noise).sample.float()
        heads = F.interpolate(crops.faces.float().sum(1, keepdim=True) / 255, scale_factor=float(plan.factor))
        weights = (1 + plan.face_weight * heads + plan.age_weight * crops.age.float() / 255).to(drawn.device)
        loss = difference(drawn, pictures, weights, plan.edge_weight)
        known = crops.taught.shape[1]
        if known:
            loss = loss + plan.hold_weight * _distance(latents[:, :known], crops.taught.float().to(latents.device))
        return loss + _CENTRING * _off_centre(latents[:, known:])


def difference(drawn: Tensor, pictures: Tensor, weights: Tensor, edge_weight: float) -> Tensor:
    """How far pictures (B,3,H,W) in -1..1 are apart: absolute and squared error, and the error along edges.

    Args:
        weights: (B,1,H,W), where an error counts more; only their ratios matter.
    """
    weights = weights / weights.mean()
    off = drawn - pictures
    edges = (weights[..., 1:] * off.diff(dim=-1).abs()).mean()
    edges = edges + (weights[..., 1:, :] * off.diff(dim=-2).abs()).mean()
    return (weights * off.abs()).mean() + 4 * (weights * off.square()).mean() + edge_weight * edges


def rate_at(step: int, plan: AutoencoderPlan) -> float:
    """The learning rate at a step: it rises for 50 steps, and falls along a cosine from `plan.cosine_from` on."""
    spent = step / (plan.steps + plan.decoder_steps)
    fallen = max(0.0, (spent - plan.cosine_from) / (1 - plan.cosine_from))
    return plan.rate * min(1.0, (step + 1) / 50) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * fallen)))


def _distance(latents: Tensor, taught: Tensor) -> Tensor:
    inner = slice(_EDGE_OF_CROP, -_EDGE_OF_CROP)
    return (latents[..., inner, inner] - taught[..., inner, inner]).square().mean()


def _off_centre(latents: Tensor) -> Tensor:
    if not latents.shape[1]:
        return latents.sum()
    mean, variance = latents.mean((0, 2, 3)), latents.var((0, 2, 3))
    return (mean.square() + (variance - 1).square()).mean()
