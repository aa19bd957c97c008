"""What training leaves on disk after each stage, so that a kill costs minutes and not hours."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from seamline.errors import WeightsError
from seamline.files import write_if_changed
from seamline.runners.instruct_pix2pix.loading import PARTS
from seamline.runners.instruct_pix2pix.stand_in import MINI_EDITOR
from seamline.weights.folders import safetensors_in

WEIGHTS = Path(MINI_EDITOR.folder)
"""The weights that samples run with, relative to the project's root."""
TRAINING_ROOT = Path(".cache/seamline/training")
COUNTED = ("unet_steps", "pictures_seen", "minutes")
"""What `training.json` counts over every run that contributed to the weights."""


def training_dir_of(weights: Path) -> Path:
    """The training directory of a folder of weights, both relative to the project's root."""
    return TRAINING_ROOT if weights == WEIGHTS else TRAINING_ROOT.with_name(f"{TRAINING_ROOT.name}-{weights.name}")


@dataclass(frozen=True, slots=True)
class TrainingDir:
    """The folder that holds a training run: finished stages, the U-Net's checkpoint, curves and plans."""

    path: Path

    def stage(self, name: str) -> Path:
        """Where a stage keeps its weights, in the layout of a pipeline folder."""
        return self.path / name

    def figures_of(self, stage: str) -> dict[str, float] | None:
        """Figures of a finished stage; None if it is not finished."""
        path = self.path / f"{stage}.json"
        if not path.exists():
            return None
        figures: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
        return figures

    def mark_finished(self, stage: str, figures: Mapping[str, float]) -> None:
        """Mark a stage as finished, with its figures."""
        write_if_changed(self.path / f"{stage}.json", json.dumps(dict(figures), indent=1) + "\n")

    @property
    def checkpoint(self) -> Path:
        """The complete state of the U-Net's training."""
        return self.path / "unet.pt"

    @property
    def curve(self) -> Path:
        """One JSON line per validation."""
        return self.path / "curve.jsonl"

    @property
    def autoencoder_curve(self) -> Path:
        """One JSON line per report of the autoencoder's training."""
        return self.path / "vae-curve.jsonl"

    def adopt_autoencoder(self, weights: Path) -> None:
        """Copy the autoencoder of a folder that holds no pipeline yet, unless one was trained here already."""
        record = _training_record(weights)
        if self.figures_of("vae") is not None or (weights / "model_index.json").exists() or record is None:
            return
        shutil.copytree(weights / "vae", self.stage("vae"), dirs_exist_ok=True)
        for row in record["plans"]:
            self.append_plan(row, "vae")
        for row in record["curve"]:
            self.record_autoencoder(row)
        self.mark_finished("vae", record["autoencoder"])

    def start_from(self, weights: Path) -> None:
        """Copy the pipeline folder `weights` to continue from, unless the U-Net's training has begun.

        An autoencoder that was trained here is kept.

        Raises:
            WeightsError: the folder holds no pipeline, or a part of it without safetensors.
        """
        if not (weights / "model_index.json").exists():
            raise WeightsError(
                "no pipeline to start from", where=str(weights), hint="name a folder with a model_index.json"
            )
        safetensors_in(weights, PARTS)
        if self.checkpoint.exists():
            return
        # A start that was cut short may have left rows here.
        for rows in (self.curve, self._plans("unet")):
            rows.unlink(missing_ok=True)
        own = self.figures_of("vae") is not None
        for part in ("tokenizer", "text_encoder", "unet") if own else ("vae", "tokenizer", "text_encoder", "unet"):
            shutil.copytree(weights / part, self.stage(part), dirs_exist_ok=True)
        record = _training_record(weights) or {}
        self.mark_finished("before", {name: record[name] for name in COUNTED if name in record})
        write_if_changed(self._machines, json.dumps(record.get("machines", []), indent=1) + "\n")
        for row in record.get("plans", []):
            self.append_plan(row)
        for row in record.get("curve", []):
            self.record_validation(row)
        if not own:
            for rows in (self.autoencoder_curve, self._plans("vae")):
                rows.unlink(missing_ok=True)
            for row in record.get("autoencoder_plans", []):
                self.append_plan(row, "vae")
            for row in record.get("autoencoder_curve", []):
                self.record_autoencoder(row)
            self.mark_finished("vae", record.get("autoencoder", {}))
        self.mark_finished("text_encoder", record.get("text_encoder", {}))

    def record_validation(self, row: Mapping[str, float]) -> None:
        """Append a row to the U-Net's curve."""
        _append_line(self.curve, _rounded(row))

    def record_autoencoder(self, row: Mapping[str, float]) -> None:
        """Append a row to the autoencoder's curve."""
        _append_line(self.autoencoder_curve, _rounded(row))

    def autoencoder_rows(self) -> list[dict[str, Any]]:
        """The autoencoder's curve so far; of steps repeated after a kill, the last row counts."""
        return list({row["steps"]: row for row in _lines(self.autoencoder_curve)}.values())

    def curve_rows(self) -> list[dict[str, Any]]:
        """The U-Net's curve so far; empty before the first validation."""
        return _lines(self.curve)

    def record_plan(self, plan: Mapping[str, Any], step: int, stage: str = "unet") -> None:
        """Record that `stage` follows `plan` from `step` on (counted over all runs), if that changes anything."""
        known: dict[str, Any] = {}
        for row in self.plan_rows(stage):
            known |= row["plan"]
        changes = {name: value for name, value in plan.items() if name not in known or known[name] != value}
        if changes:
            self.append_plan({"from_step": step, "plan": changes}, stage)

    def append_plan(self, row: Mapping[str, Any], stage: str = "unet") -> None:
        """Append what a stage's plan was from one step on."""
        _append_line(self._plans(stage), row)

    def plan_rows(self, stage: str = "unet") -> list[dict[str, Any]]:
        """A stage's plan, and from which step on which of its fields changed."""
        return _lines(self._plans(stage))

    def machines_before(self) -> list[dict[str, Any]]:
        """On which machines, for how many steps and minutes, the weights that this run started from were trained."""
        if not self._machines.exists():
            return []
        rows: list[dict[str, Any]] = json.loads(self._machines.read_text(encoding="utf-8"))
        return rows

    @property
    def _machines(self) -> Path:
        return self.path / "machines.json"

    def counted_before(self, name: str) -> float:
        """What the weights that this run started from had of `COUNTED`; 0 where it started from scratch."""
        return (self.figures_of("before") or {}).get(name, 0)

    def _plans(self, stage: str) -> Path:
        return self.path / ("plans.jsonl" if stage == "unet" else f"{stage}-plans.jsonl")


def save_atomically(state: Mapping[str, Any], path: Path) -> None:
    """Write a checkpoint so that a kill at any moment leaves either the old one or the new one."""
    part = path.with_suffix(".partial")
    torch.save(dict(state), part)
    part.replace(path)


def load_state(path: Path, device: str = "cpu") -> dict[str, Any]:
    """What `save_atomically` wrote: tensors and plain containers alone are unpickled."""
    state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
    return state


def load_checkpoint(path: Path, device: str = "cpu") -> dict[str, Any]:
    """The state of a training of the mini editor.

    Raises:
        WeightsError: an earlier version of training wrote it, whose state cannot be resumed.
    """
    state = load_state(path, device)
    if "moving_average" not in state:
        raise WeightsError(
            "an earlier version of training wrote this checkpoint",
            where=str(path),
            hint="remove its folder, and continue from exported weights with --start-from",
        )
    return state


def _training_record(weights: Path) -> dict[str, Any] | None:
    """What `training.json` says of the weights in a folder; None where there is none."""
    path = weights / "training.json"
    if not path.exists():
        return None
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def _rounded(row: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in row.items()}


def _append_line(path: Path, row: Mapping[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(dict(row)) + "\n")


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
