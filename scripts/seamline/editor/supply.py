"""Where a U-Net's training batches come from."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import torch

from seamline.editor.autoencoder import Autoencoder
from seamline.editor.checkpoint import Workshop
from seamline.editor.config import TrainingPlan
from seamline.editor.data import Batch, Shard, ShardFolder, batches, encoded, training_story
from seamline.editor.parts import Say
from seamline.samples.opening import load_part


class Supply:
    """Where batches come from: on a CPU a folder of shards that another process fills, on CUDA fresh drawings."""

    def __init__(self, autoencoder: Autoencoder, plan: TrainingPlan, workshop: Workshop, device: str, say: Say) -> None:
        self._autoencoder, self._plan, self._device, self._say = autoencoder, plan, device, say
        self._shards: dict[int, Shard] = {}
        self._stream: Iterator[Batch] | None = None
        self._next = 0
        self._folder = ShardFolder(workshop.folder / "shards", plan) if device == "cpu" else None
        self._painters = self._start_painting(workshop) if self._folder else None

    def batch(self, step: int) -> Batch:
        """The next batch; looks for new shards every now and then."""
        if self._stream is None or step % 50 == 0:
            self._refresh(step)
        assert self._stream is not None
        return next(self._stream)

    def close(self) -> None:
        """Stop drawing."""
        if self._painters:
            self._painters.shutdown(wait=False, cancel_futures=True)

    def _refresh(self, step: int) -> None:
        known = set(self._shards)
        if self._folder is None:
            self._draw_fresh(step)
        else:
            self._load_new()
        if set(self._shards) != known or self._stream is None:
            seed = hash((self._plan.seed, step))
            self._stream = batches(list(self._shards.values()), self._plan.pictures, self._plan.unet.batch, seed)

    def _draw_fresh(self, step: int) -> None:
        if self._next and step < 200 * self._next:
            return
        told = training_story(self._next, self._plan)
        self._shards[self._next] = encoded(told, self._plan.pictures, self._autoencoder, self._device)
        self._shards.pop(self._next - self._plan.unet.shards, None)
        self._next += 1

    def _load_new(self) -> None:
        assert self._folder is not None
        while not (present := self._folder.present()):
            time.sleep(2)
        for index in present:
            if index not in self._shards:
                self._shards[index] = self._folder.load(index)
        if len(present) != self._next:
            self._next = len(present)
            self._say(f"U-Net: {len(present)} of {self._plan.unet.shards} shards drawn")

    def _start_painting(self, workshop: Workshop) -> ProcessPoolExecutor | None:
        assert self._folder is not None
        missing = sorted(set(range(self._plan.unet.shards)) - set(self._folder.present()))
        if not missing:
            return None
        painters = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_be_modest)
        for index in missing:
            painters.submit(draw_shard, workshop.folder, self._plan, index)
        return painters


def draw_shard(workshop: Path, plan: TrainingPlan, index: int) -> None:
    """Draw one training shard into the workshop."""
    from diffusers import AutoencoderTiny

    autoencoder = load_part(AutoencoderTiny, workshop / "vae").eval()
    ShardFolder(workshop / "shards", plan).draw(index, autoencoder)


def _be_modest() -> None:
    torch.set_num_threads(1)
    if hasattr(os, "nice"):
        os.nice(15)
