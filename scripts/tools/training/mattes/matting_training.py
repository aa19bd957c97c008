"""Train the mini matting network: losses, steps, a checkpoint to resume from, and what is exported."""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from seamline.files import write_if_changed
from seamline.runners.matting.network import MattingConfig, MattingNetwork
from seamline.runners.matting.passes import doublings
from seamline.weights.opening import load_part
from tools.training.autoencoder import Autoencoder
from tools.training.averaging import averaged, moving_average
from tools.training.checkpoint import TRAINING_ROOT, WEIGHTS, load_state, save_atomically
from tools.training.mattes.matting_data import MattingShards, examples
from tools.training.mattes.matting_plan import MattingPlan

MATTING = Path("catalog/weights/mini-matting")
"""Where the network lies in the project."""
_FOLDER = TRAINING_ROOT.with_name("training-matting")
_RECORD = "training.json"
_REPORT, _SAVE = 25, 100

Say = Callable[[str], None]


def train(root: Path, plan: MattingPlan, say: Say, *, minutes: float = math.inf) -> None:
    """Train by `plan` until its steps or `minutes` are over, from the last checkpoint on, and export.

    A second stage begins with what the first one exported, so that it can be done by itself: where the network that
    lies in the project is of the plan's first stage, that stage is not done again.

    Args:
        root: project folder; data and checkpoints are kept below its `.cache/`.
        minutes: of this call; what is left of the plan can be done by another.
    """
    from diffusers import AutoencoderTiny

    folder, into = root / _FOLDER, root / MATTING
    folder.mkdir(parents=True, exist_ok=True)
    autoencoder = load_part(AutoencoderTiny, root / WEIGHTS / "vae").eval()
    first, *fine = plan.stages
    until = time.monotonic() + 60 * minutes
    checkpoint = folder / "fine-tuning.pt"
    if not fine or not (checkpoint.exists() or _is_finished(into, first)):
        state = _Training(first, folder / "matting.pt")
        _advance(state, folder, autoencoder, until, say)
        export(into, state, first)
        say(f"wrote {MATTING}")
        if state.step < first.steps:
            return
    for stage in fine:
        exported = json.loads((into / _RECORD).read_text("utf-8"))
        state = _Training(stage, checkpoint, load_part(MattingNetwork, into, dtype=torch.float32), exported)
        _advance(state, folder, autoencoder, until, say)
        export(into, state, plan)
        say(f"wrote {MATTING}")


def _is_finished(folder: Path, stage: MattingPlan) -> bool:
    """Whether the network in `folder` is what all steps of `stage`, and no others, made of it."""
    try:
        exported = json.loads((folder / _RECORD).read_text("utf-8"))
    except FileNotFoundError:
        return False
    return MattingPlan.model_validate(exported["plan"]) == stage and exported["steps"] == stage.steps


def _advance(state: _Training, folder: Path, autoencoder: Autoencoder, until: float, say: Say) -> None:
    """Steps until the plan's number or the clock says stop; checkpoints on the way."""
    plan = state.plan
    shards = MattingShards(folder / "pairs", plan)
    shards.write(autoencoder, say)
    small, large = (shards.pairs(kind) for kind in ("small", "large"))
    began, recent = time.monotonic(), []  # type: float, list[dict[str, float]]
    while state.step < plan.steps and time.monotonic() < until:
        rng = random.Random(plan.seed * 1_000_003 + state.step)
        torch.manual_seed(plan.seed + state.step)
        use_large = bool(large) and rng.random() < plan.large_share
        pairs, batch = (large, plan.large_batch) if use_large else (small, plan.batch)
        recent.append(state.advance(*next(examples(pairs, batch, rng))))
        if state.step % _REPORT == 0:
            row = {name: sum(one[name] for one in recent) / len(recent) for name in recent[0]}
            state.curve.append({"steps": state.step, **{name: round(value, 5) for name, value in row.items()}})
            state.minutes += (time.monotonic() - began) / 60
            began, recent = time.monotonic(), []
            told = ", ".join(f"{name} {value:.4f}" for name, value in row.items())
            say(f"step {state.step} of {plan.steps}: {told}; {state.minutes:.1f} min")
        if state.step % _SAVE == 0:
            state.save()
    state.save()


class _Training:
    """Network, moving average, optimiser and curve; read from the checkpoint where there is one.

    Args:
        start: network to begin with; a new one where it is None.
        earlier: `training.json` of that network.
    """

    def __init__(
        self,
        plan: MattingPlan,
        path: Path,
        start: MattingNetwork | None = None,
        earlier: Mapping[str, Any] | None = None,
    ) -> None:
        torch.manual_seed(plan.seed)
        self.plan, self._path = plan, path
        self.earlier = dict(earlier or {})
        self.network = start or MattingNetwork(
            MattingConfig(
                plan.channels, plan.features, plan.detail_channels, first_band=plan.first_band,
                semantic_passes=plan.semantic_passes,
            )
        )  # fmt: skip
        self.network.train()
        self._modules = torch.nn.ModuleDict({"network": self.network})
        self._average = moving_average(self._modules, plan.ema)
        self._optimiser = torch.optim.AdamW(self.network.parameters(), plan.rate, weight_decay=1e-3)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(self._optimiser, self._rate)
        self.step, self.seen, self.minutes = 0, 0, 0.0
        self.curve: list[dict[str, float]] = []
        if path.exists():
            self._resume(load_state(path))

    def advance(self, pictures: Tensor, masks: Tensor, mattes: Tensor) -> dict[str, float]:
        """One step; the parts of its loss."""
        parts = losses(self.network, pictures, masks, mattes)
        loss = torch.stack(list(parts.values())).sum()
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self._optimiser.step()
        self._schedule.step()
        self._average.update_parameters(self._modules)
        self.step += 1
        self.seen += len(pictures)
        return {name: value.item() for name, value in parts.items()}

    @property
    def exported(self) -> Any:
        """The network with averaged weights."""
        return averaged(self._average, "network")

    def save(self) -> None:
        """Write the checkpoint."""
        state = {
            "network": self.network.state_dict(), "average": self._average.state_dict(),
            "optimiser": self._optimiser.state_dict(), "schedule": self._schedule.state_dict(),
            "step": self.step, "seen": self.seen, "minutes": self.minutes, "curve": self.curve, "earlier": self.earlier,
        }  # fmt: skip
        save_atomically(state, self._path)

    def _resume(self, state: dict[str, Any]) -> None:
        self.network.load_state_dict(state["network"])
        self._average.load_state_dict(state["average"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._schedule.load_state_dict(state["schedule"])
        self.step, self.seen, self.minutes = state["step"], state["seen"], state["minutes"]
        self.curve, self.earlier = state["curve"], state["earlier"]

    def _rate(self, step: int) -> float:
        rise = min(1.0, (step + 1) / self.plan.warmup)
        return rise * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, step / self.plan.steps))))


def losses(network: Any, pictures: Tensor, masks: Tensor, mattes: Tensor) -> dict[str, Tensor]:
    """Parts of the loss of one batch: `semantic` over the coarse passes, `detail` over the doublings."""
    config = network.config
    height, width = pictures.shape[-2:]
    levels = doublings(height, width, config.coarse_side)
    pyramid, truths = [pictures], [mattes]
    for _ in range(levels):
        pyramid.append(F.avg_pool2d(pyramid[-1], 2))
        truths.append(F.avg_pool2d(truths[-1], 2))
    guide = F.avg_pool2d(masks, 2 ** (levels - 1)) if levels > 1 else masks
    alpha, coarse = F.avg_pool2d(guide, 2), []
    for _ in range(config.semantic_passes):
        logits, features = network.semantic_pass(pyramid[levels - 1], guide, alpha.detach())
        alpha = torch.sigmoid(logits)
        coarse.append(
            F.binary_cross_entropy_with_logits(logits, truths[levels]) + 2 * (alpha - truths[levels]).abs().mean()
        )
    detail = []
    for level in reversed(range(levels)):
        band = config.first_band if level == levels - 1 else 1
        alpha, active = network.detail_pass(pyramid[level], alpha, features, band)
        error = alpha - truths[level]
        unsure = active.mask[:, None].float()
        near = (error.abs() * unsure).sum() / unsure.sum().clamp(min=1)
        across, down = error.diff(dim=-1).abs().mean(), error.diff(dim=-2).abs().mean()
        detail.append(2 * error.abs().mean() + 0.5 * near + 2 * (across + down))
    return {"semantic": torch.stack(coarse).mean(), "detail": torch.stack(detail).mean()}


def export(folder: Path, state: _Training, plan: MattingPlan) -> None:
    """Write the averaged network as float16 safetensors, with the record of its training by `plan`."""
    network = state.exported
    half = MattingNetwork(network.config)
    half.load_state_dict(network.state_dict())
    half.half().save_pretrained(folder)
    earlier = state.earlier
    before = earlier.get("steps", 0)
    record = {
        "steps": before + state.step,
        "minutes": round(earlier.get("minutes", 0) + state.minutes, 1),
        "pictures_seen": earlier.get("pictures_seen", 0) + state.seen,
        "weights": sum(part.numel() for part in network.parameters()),
        "plan": plan.model_dump(mode="json"),
    }
    curve = [*earlier.get("curve", ()), *({**row, "steps": before + row["steps"]} for row in state.curve)]
    head = json.dumps(record, indent=1)[:-2]
    rows = ",\n  ".join(json.dumps(row) for row in curve)
    write_if_changed(folder / _RECORD, f'{head},\n "curve": [\n  {rows}\n ]\n}}\n')
