"""Scenes rasterized in bulk for training, in several processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from seamline.scenes.state import Scene
from tools.training.config import Pictures

_BATCH = 8


@dataclass(frozen=True)
class Pixels:
    """Pictures with the masks and landmarks that training needs.

    Attributes:
        pictures: (B,3,H,W) uint8.
        faces: (B,3,H/f,W/f) uint8, how much of each latent pixel is each person's head (0..255); f is the
            autoencoder's factor.
        landmarks: (B,3,5,2) float32, in picture pixels.
    """

    pictures: Tensor
    faces: Tensor
    landmarks: Tensor

    @staticmethod
    def joined(parts: Sequence[Pixels]) -> Pixels:
        """All of `parts`, one after the other."""
        return Pixels(
            torch.cat([part.pictures for part in parts]),
            torch.cat([part.faces for part in parts]),
            torch.cat([part.landmarks for part in parts]),
        )


def pixels_of(scenes: Sequence[Scene], world: Pictures, factor: int, device: str = "cpu") -> Pixels:
    """Rasterize `scenes`, a few at a time; masks are smaller by `factor`."""
    return Pixels.joined(
        [_rasterized(scenes[at : at + _BATCH], world, factor, device) for at in range(0, len(scenes), _BATCH)]
    )


def pixels_in_parallel(scenes: Sequence[Scene], world: Pictures, factor: int, workers: int) -> Pixels:
    """Rasterize `scenes` on the CPU in `workers` processes; the order is kept."""
    batches = [scenes[at : at + _BATCH] for at in range(0, len(scenes), _BATCH)]
    with ProcessPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        parts: Iterator[tuple[np.ndarray, ...]] = pool.map(_arrays, batches, repeat(world), repeat(factor))
        return Pixels.joined([Pixels(*(torch.from_numpy(array) for array in part)) for part in parts])


def _arrays(scenes: Sequence[Scene], world: Pictures, factor: int) -> tuple[np.ndarray, ...]:
    pixels = _rasterized(scenes, world, factor, "cpu")
    return pixels.pictures.numpy(), pixels.faces.numpy(), pixels.landmarks.numpy()


@torch.no_grad()
def _rasterized(scenes: Sequence[Scene], world: Pictures, factor: int, device: str) -> Pixels:
    from seamline.scenes.rasterizer import rasterize

    drawing = rasterize(scenes, world.width, world.height, device)
    return Pixels(
        drawing.picture.mul(255).round().byte(),
        F.avg_pool2d(drawing.face_masks, factor).mul(255).round().byte(),
        drawing.landmarks.float(),
    )
