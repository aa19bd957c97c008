"""Where a U-Net's training batches come from."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import torch

from seamline.weights.opening import load_part
from tools.training.checkpoint import TrainingDir
from tools.training.config import TrainingPlan
from tools.training.data import Batch, Shard, ShardFolder, batches
from tools.training.editor_parts import Editor, Say
from tools.training.on_gpu.resident_pairs import ResidentPairs

_STEPS_BETWEEN_LOOKS = 50


class BatchSource:
    """Endless batches: on a CPU from a folder of shards that another process fills, on CUDA from the GPU's memory."""

    def __init__(self, editor: Editor, plan: TrainingPlan, training_dir: TrainingDir, device: str, say: Say) -> None:
        self._plan, self._device, self._say = plan, device, say
        self._resident = None if device == "cpu" else resident_batches(editor, plan, device, say)
        self._shards: dict[int, Shard] = {}
        self._stream: Iterator[Batch] | None = None
        self._next = 0
        self._folder = ShardFolder(training_dir.path / "shards", plan) if device == "cpu" else None
        self._shard_workers = self._start_shard_workers(training_dir) if self._folder else None

    def batch(self, step: int) -> Batch:
        """The next batch; looks for new shards from time to time."""
        if self._resident is not None:
            return next(self._resident)
        if self._stream is None or step % _STEPS_BETWEEN_LOOKS == 0:
            self._refresh(step)
        assert self._stream is not None
        return next(self._stream)

    def close(self) -> None:
        """Write no further shards."""
        if self._shard_workers:
            self._shard_workers.shutdown(wait=False, cancel_futures=True)

    def _refresh(self, step: int) -> None:
        known = set(self._shards)
        self._load_new()
        if set(self._shards) != known or self._stream is None:
            seed = hash((self._plan.seed, step))
            self._stream = batches(list(self._shards.values()), self._plan.pictures, self._plan.unet.batch, seed)

    def _load_new(self) -> None:
        assert self._folder is not None
        while not (present := self._folder.present()):
            time.sleep(2)
        for index in present:
            if index not in self._shards:
                self._shards[index] = self._folder.load(index)
        if len(present) != self._next:
            self._next = len(present)
            self._say(f"U-Net: {len(present)} of {self._plan.unet.shards} shards written")

    def _start_shard_workers(self, training_dir: TrainingDir) -> ProcessPoolExecutor | None:
        assert self._folder is not None
        missing = sorted(set(range(self._plan.unet.shards)) - set(self._folder.present()))
        if not missing:
            return None
        workers = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_lower_priority)
        for index in missing:
            workers.submit(write_shard, training_dir.path, self._plan, index)
        return workers


def resident_batches(editor: Editor, plan: TrainingPlan, device: str, say: Say) -> Iterator[Batch]:
    """Endless batches of a plan whose shards are all rasterized and encoded on `device` first."""
    workers = max(1, (os.cpu_count() or 2) - 2)
    pairs = ResidentPairs.of(plan, editor.autoencoder, editor.tokenizer, device, workers=workers, say=say)
    return pairs.batches(plan.pictures.edits, plan.unet.batch, plan.seed)


def write_shard(training_dir: Path, plan: TrainingPlan, index: int) -> None:
    """Rasterize and encode one training shard into the training directory."""
    from diffusers import AutoencoderTiny

    autoencoder = load_part(AutoencoderTiny, training_dir / "vae").eval()
    ShardFolder(training_dir / "shards", plan).write(index, autoencoder)


def _lower_priority() -> None:
    torch.set_num_threads(1)
    if hasattr(os, "nice"):
        os.nice(15)
