"""Snapshots of the denoising: what the U-Net saw at a step, and the finished picture that its prediction implies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from seamline.runners.base import Picture
from seamline.runners.instruct_pix2pix.cpu.row_threads import RowThreads
from seamline.runners.instruct_pix2pix.decoding import decode
from seamline.runners.instruct_pix2pix.edit_request import EditRequest, Snapshot, snapshot_steps
from seamline.runners.instruct_pix2pix.sampler import predicted_x0

LARGE = 256
"""Rows of a picture from which on a noisy one is kept at half the size."""


class Snapshots:
    """Keeps the latents of the steps that requests ask for; `seamline.runners.instruct_pix2pix.sampler.Observe`."""

    def __init__(self, scheduler: Any, requests: Sequence[EditRequest]) -> None:
        self._scheduler = scheduler
        self._wanted = [set(snapshot_steps(request.snapshots, len(scheduler.timesteps))) for request in requests]
        self._kept: list[list[tuple[int, int, Tensor, Tensor]]] = [[] for _ in requests]

    def __call__(self, step: int, timestep: Tensor, seen: Tensor, guided: Tensor) -> None:
        for index, steps in enumerate(self._wanted):
            if step in steps:
                implied = predicted_x0(self._scheduler, guided[index], seen[index], step, timestep)
                self._kept[index].append((step, int(timestep), seen[index].clone(), implied))

    def of(self, index: int, pipe: Any, threads: RowThreads) -> tuple[Snapshot, ...]:
        """The snapshots of one request, decoded."""
        kept = self._kept[index]
        if not kept:
            return ()
        noisy = decode(pipe, torch.stack([latents for _, _, latents, _ in kept]), threads)
        implied = decode(pipe, torch.stack([latents for _, _, _, latents in kept]), threads)
        return tuple(
            Snapshot(step, timestep, _small(noisy[place]), implied[place])
            for place, (step, timestep, _, _) in enumerate(kept)
        )


def _small(noisy: Picture) -> Picture:
    """A picture of half the size, if it is large: noise has no details, and takes more bytes than any other picture."""
    height, width = (side // 2 for side in noisy.shape[:2])
    if 2 * height < LARGE:
        return noisy
    squares = noisy[: 2 * height, : 2 * width].reshape(height, 2, width, 2, 3)
    small: Picture = squares.mean(axis=(1, 3)).round().astype(noisy.dtype)
    return small
