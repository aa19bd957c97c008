"""From nothing to a mini editor: autoencoder, then text encoder, then U-Net.

Every stage resumes from its training directory: call `train` again after a kill and it
continues from the last checkpoint.
"""

from __future__ import annotations

import math
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from seamline.errors import WeightsError
from seamline.weights.opening import load_part
from tools.training.auxiliary_heads import AuxiliaryHeads
from tools.training.averaging import averaged, moving_average
from tools.training.batch_source import BatchSource
from tools.training.checkpoint import WEIGHTS, TrainingDir, load_checkpoint, save_atomically, training_dir_of
from tools.training.config import TrainingPlan, load_plan
from tools.training.data import Batch
from tools.training.editor_parts import Editor, Say, prediction_loss
from tools.training.first_stages import autoencoder_stage, text_stage
from tools.training.on_gpu.graphed_step import GraphedStep
from tools.training.optimiser import Optimiser
from tools.training.unet import UNet, build_unet, noise_scheduler
from tools.training.validation_set import ValidationSet

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
    """Train a mini editor, or resume its training.

    Args:
        root: project folder.
        plan_path: the training plan; `training.yml` in `weights` when not given.
        device: `cpu` or `cuda`; on CUDA all shards are rasterized there before training, and stay in its memory.
        minutes: the U-Net's learning rate reaches zero after this much training, if the plan's steps take longer.
        start_from: a pipeline folder to start from when the training directory is empty. If `weights` holds an
            autoencoder and no pipeline yet, that autoencoder is kept.
        weights: the folder, relative to `root`, that these weights are for; each has a training directory of its own.
        only_autoencoder: stop when the autoencoder is trained.
        say: called with each line of progress.

    Returns:
        The training directory, ready for `export`.

    Raises:
        WeightsError: `start_from` holds no pipeline, or `device` is not on this machine.
    """
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise WeightsError("this machine has no CUDA device", hint="train with --device cpu")
    plan = load_plan(plan_path or root / weights / PLAN.name)
    training_dir = TrainingDir(root / training_dir_of(weights))
    training_dir.path.mkdir(parents=True, exist_ok=True)
    if start_from is not None:
        training_dir.adopt_autoencoder(root / weights)
        training_dir.start_from(start_from)
    autoencoder = autoencoder_stage(root, plan, training_dir, device, say)
    if only_autoencoder:
        return training_dir.path
    tokenizer, text_encoder = text_stage(plan, training_dir, device, say)
    editor = Editor(autoencoder, tokenizer, text_encoder, _unet(plan, training_dir))
    unet_stage(editor, plan, training_dir, device=device, minutes=minutes or math.inf, say=say)
    return training_dir.path


def unet_stage(
    editor: Editor, plan: TrainingPlan, training_dir: TrainingDir, *, device: str, minutes: float, say: Say
) -> None:
    """Train the U-Net, and the text encoder at `plan.unet.text_rate` of its rate, for the plan's steps or `minutes`."""
    source = BatchSource(editor, plan, training_dir, device, say)
    state = TrainingState(editor, plan, training_dir, device)
    state.resume(say)
    training_dir.record_plan(
        plan.unet.model_dump(mode="json"), int(training_dir.counted_before("unet_steps")) + state.steps
    )
    validation = ValidationSet.of(editor, plan, device)
    saved = time.monotonic()
    try:
        while (progress := state.progress(minutes)) < 1:
            loss = state.step(source.batch(state.steps), progress)
            if state.steps % _STEPS_BETWEEN_VALIDATIONS == 0:
                state.validate(validation, loss.item(), progress, say)
            if time.monotonic() - saved > _SECONDS_BETWEEN_CHECKPOINTS:
                state.save()
                saved = time.monotonic()
    finally:
        source.close()
        state.save()
    say(f"U-Net: done after {state.steps} steps and {state.pictures} pictures")


class TrainingState:
    """The state of the U-Net's training: weights, their average, optimiser, and progress."""

    def __init__(self, editor: Editor, plan: TrainingPlan, training_dir: TrainingDir, device: str) -> None:
        from diffusers.models.attention_processor import AttnProcessor

        self._editor, self._plan, self._training_dir, self._device = editor, plan.unet, training_dir, device
        self._noise_scheduler = noise_scheduler()
        # On a CPU, plain attention trains half again as fast as the fused kernel.
        if device == "cpu":
            editor.unet.set_attn_processor(AttnProcessor())
        else:
            torch.backends.cudnn.benchmark = True
        editor.unet.to(device).train()
        editor.text_encoder.train()
        self._averaged_parts = nn.ModuleDict({"unet": editor.unet, "text_encoder": editor.text_encoder})
        # Copied before the auxiliary heads hook into the U-Net: the copy is for validation and export.
        self.average = moving_average(self._averaged_parts, self._plan.ema**_STEPS_BETWEEN_AVERAGES)
        self._auxiliary_heads = AuxiliaryHeads(editor.unet).to(device)
        self._weights = [
            *editor.unet.parameters(),
            *editor.text_encoder.parameters(),
            *self._auxiliary_heads.parameters(),
        ]
        self._generator = torch.Generator().manual_seed(plan.seed)
        self._started, self._seconds_before = time.monotonic(), 0.0
        self.steps = self.pictures = 0
        # Two single-threaded halves of a batch wait for each other once a step, two threads of one kernel
        # thousands of times: on a busy machine that decides.
        self._threads = 1 if device != "cpu" else max(1, min(os.cpu_count() or 1, self._plan.batch // 4))
        if device == "cpu":
            torch.set_num_threads(1)
        self._pool = ThreadPoolExecutor(self._threads)
        self._optimiser = Optimiser(
            editor.unet,
            editor.text_encoder,
            self._auxiliary_heads,
            self._plan,
            self._threads,
            recordable=device != "cpu",
        )
        self._graphed: GraphedStep | None = None
        if device != "cpu":
            self._graphed = GraphedStep(self._loss, self._weights, self._optimiser.update, device)
            self._graphed.seed(plan.seed)

    @property
    def seconds(self) -> float:
        """Time spent training, interruptions left out."""
        return self._seconds_before + time.monotonic() - self._started

    def progress(self, minutes: float) -> float:
        """0 at the start, 1 when the plan's steps are done or `minutes` are over."""
        return max(self.steps / self._plan.steps, self.seconds / 60 / minutes)

    def step(self, batch: Batch, progress: float) -> Tensor:
        """Take one training step; returns the batch's loss, which a GPU may still be computing."""
        if self._graphed is not None:
            self._optimiser.set_rate(self._rate(progress))
            loss = self._graphed(batch)
            self._count(batch)
            return loss
        parts = batch.split(self._threads)
        seeds = torch.randint(2**40, (len(parts),), generator=self._generator).tolist()
        results = list(self._pool.map(self._gradients, parts, seeds))
        for at, weights in enumerate(self._weights):
            gradients = [gradient for _, part in results if (gradient := part[at]) is not None]
            weights.grad = sum(gradients[1:], start=gradients[0]).div_(len(results)) if gradients else None
        torch.nn.utils.clip_grad_norm_(self._weights, 1.0)
        self._optimiser.step(self._rate(progress), self._pool)
        self._count(batch)
        return torch.stack([loss for loss, _ in results]).mean()

    def _count(self, batch: Batch) -> None:
        self.steps += 1
        if self.steps % _STEPS_BETWEEN_AVERAGES == 0:
            self.average.update_parameters(self._averaged_parts)
        self.pictures += len(batch)

    def validate(self, validation: ValidationSet, loss: float, progress: float, say: Say) -> None:
        """Measure the averaged weights on held-out edits, and record the errors."""
        errors = validation.errors(
            replace(
                self._editor,
                unet=averaged(self.average, "unet"),
                text_encoder=averaged(self.average, "text_encoder"),
            )
        )
        left = self.seconds / 60 * (1 / max(progress, 1e-3) - 1)
        say(
            f"U-Net {self.steps}  {self.pictures} pictures  {self.pictures / self.seconds:.1f}/s  loss {loss:.3f}  "
            + "  ".join(f"{name} {value:.3f}" for name, value in errors.items())
            + f"  {left:.0f} min left"
        )
        pictures, minutes = (self._training_dir.counted_before(name) for name in ("pictures_seen", "minutes"))
        self._training_dir.record_validation(
            {"pictures": pictures + self.pictures, "minutes": minutes + self.seconds / 60, **errors}
        )

    def save(self) -> None:
        """Write the checkpoint."""
        state = {
            "unet": self._editor.unet.state_dict(),
            "text_encoder": self._editor.text_encoder.state_dict(),
            "auxiliary_heads": self._auxiliary_heads.state_dict(),
            "moving_average": self.average.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "generator": self._generator.get_state(),
            "steps": self.steps,
            "pictures": self.pictures,
            "seconds": self.seconds,
        }
        save_atomically(state, self._training_dir.checkpoint)

    def resume(self, say: Say) -> None:
        """Continue from the checkpoint, if there is one."""
        if not self._training_dir.checkpoint.exists():
            return
        state = load_checkpoint(self._training_dir.checkpoint, self._device)
        self._editor.unet.load_state_dict(state["unet"])
        self._editor.text_encoder.load_state_dict(state["text_encoder"])
        try:
            self._auxiliary_heads.load_state_dict(state.get("auxiliary_heads", {}))
            self._optimiser.load_state_dict(state["optimiser"])
        except (RuntimeError, ValueError, KeyError):
            say("U-Net: auxiliary heads or optimiser have changed since; both start anew")
        self.average.load_state_dict(state["moving_average"])
        self._generator.set_state(state["generator"].cpu())
        self.steps, self.pictures, self._seconds_before = state["steps"], state["pictures"], state["seconds"]
        self._started = time.monotonic()
        say(f"U-Net: resuming from step {self.steps}, {self.pictures} pictures")

    def _rate(self, progress: float) -> float:
        """The learning rate: a linear warm-up, constant until `plan.cosine_from`, then a cosine to a hundredth."""
        warmup = min(1.0, (self.steps + 1) / self._plan.warmup)
        decay = max(0.0, (progress - self._plan.cosine_from) / (1 - self._plan.cosine_from))
        return self._plan.rate * warmup * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * decay)))

    def _gradients(self, batch: Batch, seed: int) -> tuple[Tensor, tuple[Tensor | None, ...]]:
        with torch.enable_grad():
            loss = self._loss(batch, torch.Generator(self._device).manual_seed(seed))
            return loss.detach(), torch.autograd.grad(loss, self._weights, allow_unused=True)

    def _loss(self, batch: Batch, generator: torch.Generator) -> Tensor:
        loss = prediction_loss(self._editor, batch, self._plan, self._noise_scheduler, generator)
        # After the prediction, from which the heads take the U-Net's activations.
        with torch.autocast(torch.device(self._device).type, torch.bfloat16):
            auxiliary = self._auxiliary_heads.loss(
                batch.face.to(self._device), batch.traits.to(self._device), self._plan.attribute_loss_weight
            )
        return loss + self._plan.localization_weight * auxiliary


def _unet(plan: TrainingPlan, training_dir: TrainingDir) -> UNet:
    from diffusers import UNet2DConditionModel

    torch.manual_seed(plan.seed)
    start = training_dir.stage("unet")
    unet = (
        load_part(UNet2DConditionModel, start) if start.exists() else build_unet(plan.unet, plan.autoencoder, plan.text)
    )
    unet.save_config(training_dir.stage("unet_config"))
    return unet
