"""From nothing to a mini editor: autoencoder, then text encoder, then U-Net.

Every stage is resumed from what lies in the workshop: call `train` again after a kill
and it goes on where the last checkpoint stands.
"""

from __future__ import annotations

import math
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from torch import Tensor

from seamline.editor.checkpoint import WEIGHTS, Average, Workshop, save_whole, workshop_of
from seamline.editor.config import TrainingPlan, load_plan
from seamline.editor.data import Batch
from seamline.editor.optimiser import Optimiser
from seamline.editor.parts import Editor, Say
from seamline.editor.pointing import Pointing
from seamline.editor.sight import Sight
from seamline.editor.stages import autoencoder_stage, text_stage
from seamline.editor.supply import Supply
from seamline.editor.text import token_ids
from seamline.editor.unet import (
    NoiseSchedule,
    UNet,
    build_unet,
    draw_steps,
    drop_conditionings,
    loss_weights,
)
from seamline.errors import WeightsError
from seamline.samples.opening import load_part

PLAN = WEIGHTS / "training.yml"
_SECONDS_BETWEEN_CHECKPOINTS = 180.0
_STEPS_BETWEEN_VALIDATIONS = 400
_STEPS_BETWEEN_AVERAGES = 4


def train(
    root: Path,
    *,
    plan_path: Path | None = None,
    device: str = "cpu",
    minutes: float | None = None,
    start_from: Path | None = None,
    weights: Path = WEIGHTS,
    only_autoencoder: bool = False,
    say: Say = print,
) -> Path:
    """Train a mini editor, or go on training the one in the workshop.

    Args:
        root: project folder.
        plan_path: the training plan; `training.yml` in `weights` when not given.
        device: `cpu` or `cuda`; on CUDA scenes are drawn there, as training goes on.
        minutes: the U-Net's learning rate reaches zero after this much training, if the plan's steps take longer.
        start_from: a pipeline folder to start from when the workshop is empty. If `weights` holds an autoencoder
            and no pipeline yet, that autoencoder is kept.
        weights: the folder, seen from `root`, that these weights are for; each such folder has a workshop.
        only_autoencoder: stop when the autoencoder is trained.
        say: where progress goes, one line a call.

    Returns:
        The workshop, ready for `export`.

    Raises:
        WeightsError: `start_from` holds no pipeline, or `device` is not on this machine.
    """
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise WeightsError("this machine has no CUDA device", hint="train with --device cpu")
    plan = load_plan(plan_path or root / weights / PLAN.name)
    workshop = Workshop(root / workshop_of(weights))
    workshop.folder.mkdir(parents=True, exist_ok=True)
    if start_from is not None:
        workshop.bring_in_autoencoder(root / weights)
        workshop.bring_in(start_from)
    autoencoder = autoencoder_stage(root, plan, workshop, device, say)
    if only_autoencoder:
        return workshop.folder
    tokenizer, text_encoder = text_stage(plan, workshop, device, say)
    unet = _unet(plan, workshop)
    editor = Editor(autoencoder, tokenizer, text_encoder, unet)
    unet_stage(editor, plan, workshop, device=device, minutes=minutes or math.inf, say=say)
    return workshop.folder


def unet_stage(
    editor: Editor, plan: TrainingPlan, workshop: Workshop, *, device: str, minutes: float, say: Say
) -> None:
    """Train the U-Net, and the text encoder at a tenth of its rate, until the plan's steps or `minutes` are over."""
    supply = Supply(editor.autoencoder, plan, workshop, device, say)
    course = Course(editor, plan, workshop, device)
    course.resume(say)
    workshop.follow(plan.unet.model_dump(mode="json"), int(workshop.before("unet_steps")) + course.steps)
    sight = Sight.of(editor, plan, device)
    saved = time.monotonic()
    try:
        while (progress := course.progress(minutes)) < 1:
            loss = course.step(supply.batch(course.steps), progress)
            if course.steps % _STEPS_BETWEEN_VALIDATIONS == 0:
                course.report(sight, loss, progress, say)
            if time.monotonic() - saved > _SECONDS_BETWEEN_CHECKPOINTS:
                course.save()
                saved = time.monotonic()
    finally:
        supply.close()
        course.save()
    say(f"U-Net: done after {course.steps} steps and {course.pictures} pictures")


class Course:
    """The state of the U-Net's training: weights, their average, optimiser, and how far it has come."""

    def __init__(self, editor: Editor, plan: TrainingPlan, workshop: Workshop, device: str) -> None:
        from diffusers.models.attention_processor import AttnProcessor

        self._editor, self._plan, self._workshop, self._device = editor, plan.unet, workshop, device
        self._schedule = NoiseSchedule(device)
        # On a CPU, plain attention trains half again as fast as the fused kernel.
        if device == "cpu":
            editor.unet.set_attn_processor(AttnProcessor())
        editor.unet.to(device).train()
        editor.text_encoder.train()
        self._pointing = Pointing(editor.unet).to(device)
        self._weights = [
            *editor.unet.parameters(),
            *editor.text_encoder.parameters(),
            *self._pointing.parameters(),
        ]
        parts = {"unet": editor.unet, "text_encoder": editor.text_encoder}
        self.average = Average(parts, self._plan.ema**_STEPS_BETWEEN_AVERAGES)
        self._chance = torch.Generator().manual_seed(plan.seed)
        self._begun, self._spent = time.monotonic(), 0.0
        self.steps = self.pictures = 0
        # Two single-threaded halves of a batch wait for each other once a step, two threads of one kernel
        # thousands of times: on a busy machine that decides.
        self._lanes = 1 if device != "cpu" else max(1, min(os.cpu_count() or 1, self._plan.batch // 4))
        if device == "cpu":
            torch.set_num_threads(1)
        self._pool = ThreadPoolExecutor(self._lanes)
        self._optimiser = Optimiser(editor.unet, editor.text_encoder, self._pointing, self._plan, self._lanes)

    @property
    def seconds(self) -> float:
        """Time spent training, over all sittings."""
        return self._spent + time.monotonic() - self._begun

    def progress(self, minutes: float) -> float:
        """0 at the start, 1 when there is nothing left to do."""
        return max(self.steps / self._plan.steps, self.seconds / 60 / minutes)

    def step(self, batch: Batch, progress: float) -> float:
        """Learn from one batch; returns its loss."""
        parts = batch.split(self._lanes)
        seeds = torch.randint(2**40, (len(parts),), generator=self._chance).tolist()
        losses = list(self._pool.map(self._gradients, parts, seeds))
        for at, weights in enumerate(self._weights):
            found = [gradient for _, gradients in losses if (gradient := gradients[at]) is not None]
            weights.grad = sum(found[1:], start=found[0]).div_(len(losses)) if found else None
        torch.nn.utils.clip_grad_norm_(self._weights, 1.0)
        self._optimiser.step(self._rate(progress), self._pool)
        self.steps += 1
        if self.steps % _STEPS_BETWEEN_AVERAGES == 0:
            self.average.update()
        self.pictures += len(batch.instructions)
        return sum(loss for loss, _ in losses) / len(losses)

    def report(self, sight: Sight, loss: float, progress: float, say: Say) -> None:
        """Judge the averaged weights on held-out edits; say and note the figures."""
        self.average.swap()
        figures = sight.judge(self._editor)
        self.average.swap()
        left = self.seconds / 60 * (1 / max(progress, 1e-3) - 1)
        say(
            f"U-Net {self.steps}  {self.pictures} pictures  {self.pictures / self.seconds:.1f}/s  loss {loss:.3f}  "
            + "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
            + f"  {left:.0f} min left"
        )
        seen, spent = (self._workshop.before(name) for name in ("pictures_seen", "minutes"))
        self._workshop.note({"pictures": seen + self.pictures, "minutes": spent + self.seconds / 60, **figures})

    def save(self) -> None:
        """Write the checkpoint."""
        state = {
            "unet": self._editor.unet.state_dict(),
            "text_encoder": self._editor.text_encoder.state_dict(),
            "pointing": self._pointing.state_dict(),
            "average": self.average.state(),
            "optimiser": self._optimiser.state_dict(),
            "chance": self._chance.get_state(),
            "steps": self.steps,
            "pictures": self.pictures,
            "seconds": self.seconds,
        }
        save_whole(state, self._workshop.checkpoint)

    def resume(self, say: Say) -> None:
        """Go on from the workshop's checkpoint, if there is one."""
        if not self._workshop.checkpoint.exists():
            return
        state = torch.load(self._workshop.checkpoint, map_location=self._device, weights_only=True)
        self._editor.unet.load_state_dict(state["unet"])
        self._editor.text_encoder.load_state_dict(state["text_encoder"])
        try:
            self._pointing.load_state_dict(state.get("pointing", {}))
            self._optimiser.load_state_dict(state["optimiser"])
        except (RuntimeError, ValueError, KeyError):
            say("U-Net: scaffolding or optimiser have changed since; both start anew")
        self.average.restore(state["average"])
        self._chance.set_state(state["chance"].cpu())
        self.steps, self.pictures, self._spent = state["steps"], state["pictures"], state["seconds"]
        self._begun = time.monotonic()
        say(f"U-Net: going on from step {self.steps}, {self.pictures} pictures")

    def _rate(self, progress: float) -> float:
        warm = min(1.0, (self.steps + 1) / self._plan.warmup)
        fallen = max(0.0, (progress - self._plan.cosine_from) / (1 - self._plan.cosine_from))
        return self._plan.rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * fallen)))

    def _gradients(self, batch: Batch, seed: int) -> tuple[float, tuple[Tensor | None, ...]]:
        with torch.enable_grad():
            loss = self._loss(batch, torch.Generator().manual_seed(seed))
            return loss.item(), torch.autograd.grad(loss, self._weights, allow_unused=True)

    def _loss(self, batch: Batch, chance: torch.Generator) -> Tensor:
        device, editor = self._device, self._editor
        before, after = batch.before.to(device), batch.after.to(device)
        ids = token_ids(editor.tokenizer, [*batch.instructions, ""]).to(device)
        steps = draw_steps(len(before), self._plan, chance).to(device)
        noise = torch.randn(after.shape, generator=chance).to(device)
        with torch.autocast(torch.device(device).type, torch.bfloat16):
            states = editor.text_encoder(ids).last_hidden_state
            image, text = drop_conditionings(before, states[:-1], states[-1:], self._plan, chance)
            noisy = self._schedule.noisy(after, noise, steps)
            drawn = editor.unet(torch.cat([noisy, image], 1), steps, text).sample.float()
            pointing = self._pointing.loss(batch.face.to(device), batch.traits.to(device), self._plan.telling_weight)
        # What a picture looked like cannot be told from words: full weight would drown the rest in noise.
        blind = (image.abs().amax((1, 2, 3), keepdim=True) == 0).float()
        weights = loss_weights(batch, self._plan).to(device) * (1 - (1 - self._plan.blind_weight) * blind)
        return torch.mean(weights * (drawn - after).square()) + self._plan.pointing_weight * pointing


def _unet(plan: TrainingPlan, workshop: Workshop) -> UNet:
    from diffusers import UNet2DConditionModel

    torch.manual_seed(plan.seed)
    brought = workshop.stage("unet")
    unet = (
        load_part(UNet2DConditionModel, brought)
        if brought.exists()
        else build_unet(plan.unet, plan.autoencoder, plan.text)
    )
    unet.save_config(workshop.stage("unet_config"))
    return unet
