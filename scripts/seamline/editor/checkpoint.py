"""What training leaves behind at each stage, so that a kill costs minutes and not hours."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from seamline.errors import WeightsError
from seamline.files import write_if_changed
from seamline.samples.weights import safetensors_in

WEIGHTS = Path("catalog/weights/mini")
"""The weights that samples are drawn with, seen from the project's root."""
WORKSHOP = Path(".cache/seamline/training")
COUNTED = ("unet_steps", "pictures_seen", "minutes")
"""What `training.json` counts over all sittings."""


def workshop_of(weights: Path) -> Path:
    """The workshop of a folder of weights, both seen from the project's root."""
    return WORKSHOP if weights == WEIGHTS else WORKSHOP.with_name(f"{WORKSHOP.name}-{weights.name}")


@dataclass(frozen=True, slots=True)
class Workshop:
    """The folder a training run lives in."""

    folder: Path

    def stage(self, name: str) -> Path:
        """Where a stage keeps its weights, in the layout of a pipeline folder."""
        return self.folder / name

    def finished(self, name: str) -> dict[str, float] | None:
        """Figures of a stage that is done; None if it has to be done yet."""
        path = self.folder / f"{name}.json"
        if not path.exists():
            return None
        figures: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
        return figures

    def finish(self, name: str, figures: Mapping[str, float]) -> None:
        """Mark a stage as done."""
        write_if_changed(self.folder / f"{name}.json", json.dumps(dict(figures), indent=1) + "\n")

    @property
    def checkpoint(self) -> Path:
        """The U-Net's whole state of training."""
        return self.folder / "unet.pt"

    @property
    def curve(self) -> Path:
        """One JSON line per validation."""
        return self.folder / "curve.jsonl"

    def bring_in_autoencoder(self, weights: Path) -> None:
        """Take the autoencoder from a folder that holds nothing else yet, unless this workshop has trained one."""
        told = weights / "training.json"
        if self.finished("vae") is not None or (weights / "model_index.json").exists() or not told.exists():
            return
        course: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
        shutil.copytree(weights / "vae", self.stage("vae"), dirs_exist_ok=True)
        for row in course["plans"]:
            self.note_plan(row, "vae")
        for row in course["curve"]:
            self.note_autoencoder(row)
        self.finish("vae", course["autoencoder"])

    def bring_in(self, weights: Path) -> None:
        """Start from the pipeline folder `weights`, unless the U-Net's training has begun.

        An autoencoder that this workshop has already stays.

        Raises:
            WeightsError: the folder holds no pipeline, or a part of it without safetensors.
        """
        if not (weights / "model_index.json").exists():
            raise WeightsError(
                "no pipeline to start from", where=str(weights), hint="name a folder with a model_index.json"
            )
        safetensors_in(weights)
        if self.checkpoint.exists():
            return
        own = self.finished("vae") is not None
        for part in ("tokenizer", "text_encoder", "unet") if own else ("vae", "tokenizer", "text_encoder", "unet"):
            shutil.copytree(weights / part, self.stage(part), dirs_exist_ok=True)
        told = weights / "training.json"
        course: dict[str, Any] = json.loads(told.read_text(encoding="utf-8")) if told.exists() else {}
        self.finish("before", {name: course[name] for name in COUNTED if name in course})
        for row in course.get("plans", []):
            self.note_plan(row)
        for row in course.get("curve", []):
            self.note(row)
        if not own:
            self.finish("vae", course.get("autoencoder", {}))
        self.finish("text_encoder", course.get("text_encoder", {}))

    def note(self, row: Mapping[str, float]) -> None:
        """Add a row to the curve."""
        _add_line(self.curve, {name: round(value, 5) for name, value in row.items()})

    @property
    def autoencoder_curve(self) -> Path:
        """One JSON line per report of the autoencoder's training."""
        return self.folder / "vae-curve.jsonl"

    def note_autoencoder(self, row: Mapping[str, float]) -> None:
        """Add a row to the autoencoder's curve."""
        _add_line(self.autoencoder_curve, {name: round(value, 5) for name, value in row.items()})

    def autoencoder_rows(self) -> list[dict[str, Any]]:
        """The autoencoder's curve so far; what a kill made train twice counts once."""
        return list({row["steps"]: row for row in _lines(self.autoencoder_curve)}.values())

    def curve_rows(self) -> list[dict[str, Any]]:
        """The curve so far; empty before the first validation."""
        return _lines(self.curve)

    def follow(self, plan: Mapping[str, Any], step: int, stage: str = "unet") -> None:
        """Note that from `step` on (counted over all sittings) a stage is trained by `plan`, if that is news."""
        known: dict[str, Any] = {}
        for row in self.plan_rows(stage):
            known |= row["plan"]
        news = {name: value for name, value in plan.items() if name not in known or known[name] != value}
        if news:
            self.note_plan({"from_step": step, "plan": news}, stage)

    def note_plan(self, row: Mapping[str, Any], stage: str = "unet") -> None:
        """Add what a stage's plan was from one step on."""
        _add_line(self._plans(stage), row)

    def plan_rows(self, stage: str = "unet") -> list[dict[str, Any]]:
        """What a stage's plan was, and from which step on which of its fields were others."""
        return _lines(self._plans(stage))

    def _plans(self, stage: str) -> Path:
        return self.folder / ("plans.jsonl" if stage == "unet" else f"{stage}-plans.jsonl")

    def before(self, name: str) -> float:
        """What the weights this workshop started from had already had of `COUNTED`; 0 where it began from nothing."""
        return (self.finished("before") or {}).get(name, 0)


def _add_line(path: Path, row: Mapping[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(dict(row)) + "\n")


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Average:
    """Exponential moving average of the weights of some modules; what is exported and judged."""

    def __init__(self, modules: Mapping[str, nn.Module], decay: float) -> None:
        self._decay, self._updates = decay, 0
        self._found: list[tuple[str, Tensor]] = [
            (f"{part}.{name}", weights)
            for part, module in modules.items()
            for name, weights in module.named_parameters()
        ]
        self.weights = {name: weights.detach().clone() for name, weights in self._live()}

    @torch.no_grad()
    def update(self) -> None:
        """Move a little towards the present weights; faster in the beginning."""
        self._updates += 1
        keep = min(self._decay, (1 + self._updates) / (10 + self._updates))
        torch._foreach_lerp_(list(self.weights.values()), [weights for _, weights in self._live()], 1 - keep)

    @torch.no_grad()
    def swap(self) -> None:
        """Trade the modules' weights for the average; call it again to trade back."""
        for name, weights in self._live():
            other = self.weights[name].clone()
            self.weights[name].copy_(weights)
            weights.copy_(other)

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {"weights": self.weights, "updates": self._updates}

    def restore(self, state: Mapping[str, Any]) -> None:
        """From a checkpoint."""
        self._updates = state["updates"]
        for name, weights in state["weights"].items():
            self.weights[name].copy_(weights)

    def _live(self) -> list[tuple[str, Tensor]]:
        return self._found


def save_whole(state: Mapping[str, Any], path: Path) -> None:
    """Write a checkpoint so that a kill at any moment leaves either the old one or the new one."""
    part = path.with_suffix(".partial")
    torch.save(dict(state), part)
    part.replace(path)
