"""What an autoencoder alone preserves of a picture, compared with a smaller one whose pictures are enlarged.

Both are compared with the true picture rasterized at the larger size, by the evaluation's own measures, on the true
pictures of the evaluation's held-out edits: a figure here is an upper bound of the same figure for any U-Net.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from seamline.errors import WeightsError
from seamline.measures.arrays import Array
from seamline.measures.edited_picture import measure_edit
from seamline.measures.ground_truth import scene_truth
from seamline.weights.opening import load_part
from tools.training.autoencoder import Autoencoder, decode, encode, factor_of
from tools.training.editing import HEIGHT, WIDTH
from tools.training.held_out import HeldOut, held_out

_CHUNK = 4

Say = Callable[[str], None]


def round_trip(folder: Path, baseline: Path, *, count: int = 120, say: Say = print) -> dict[str, dict[str, float]]:
    """Figures of the autoencoder in `folder`, and of the smaller one in `baseline` with its pictures enlarged.

    Args:
        folder, baseline: folders that `AutoencoderTiny.from_pretrained` reads; `folder` works at the evaluation's size,
            `baseline` at a size that is smaller by what its factor is smaller.
        count: how many of the evaluation's held-out edits; their true pictures are encoded and decoded.

    Returns:
        `larger` and `enlarged`: the mean of each measure over the pictures that have it, and under `n_<measure>`
        how many those are.

    Raises:
        WeightsError: there is no autoencoder in one of the folders.
    """
    for one in (folder, baseline):
        if not (one / "config.json").exists():
            raise WeightsError("no autoencoder here", where=str(one), hint="name a folder with a config.json")
    edits = held_out(count)
    chunks = [edits[at : at + _CHUNK] for at in range(0, count, _CHUNK)]
    rows: list[Mapping[str, Mapping[str, float]]] = []
    with ProcessPoolExecutor(
        os.cpu_count() or 1, get_context("spawn"), _start_worker, (str(folder), str(baseline))
    ) as pool:
        for some in pool.map(_measured, chunks):
            rows += some
            say(f"{len(rows)} of {count} pictures")
    return {way: averages([row[way] for row in rows]) for way in rows[0]}


def averages(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Mean of each measure over the rows that have it as a finite number, and how many those are."""
    result: dict[str, float] = {}
    for name in sorted({name for row in rows for name in row}):
        values = [row[name] for row in rows if name in row and np.isfinite(row[name])]
        if not values:
            continue
        result |= {name: round(float(np.mean(values)), 4), f"n_{name}": len(values)}
    return result


def encode_and_decode(autoencoder: Autoencoder, picture: Array, factor: int) -> Array:
    """A picture (H,W,3) in 0..1 encoded and decoded; by a smaller autoencoder at half size, and enlarged again.

    Args:
        factor: the larger autoencoder's; for a smaller one, pixels are averaged first.
    """
    times = factor // factor_of(autoencoder)
    pixels = torch.from_numpy(picture).float().movedim(-1, 0)[None]
    small = F.avg_pool2d(pixels, times).mul(255).round().byte()
    return _enlarged(decode(autoencoder, encode(autoencoder, small)), times)


def _enlarged(pictures: torch.Tensor, times: int) -> Array:
    """The first of (B,3,H,W) pictures in 0..1, enlarged bicubically, as (H,W,3) with 8 bits' precision."""
    if times > 1:
        pictures = F.interpolate(pictures, scale_factor=float(times), mode="bicubic")
    shown: Array = pictures[0].clamp(0, 1).mul(255).round().div(255).movedim(0, -1).double().numpy()
    return shown


_worker: dict[str, Any] = {}
"""State of a worker process: its autoencoders."""


def _start_worker(folder: str, baseline: str) -> None:
    from diffusers import AutoencoderTiny

    torch.set_num_threads(1)
    for way, one in (("larger", folder), ("enlarged", baseline)):
        _worker[way] = load_part(AutoencoderTiny, Path(one)).float().eval()


def _measured(edits: Sequence[HeldOut]) -> list[dict[str, dict[str, float]]]:
    """One row for each edit: the measures of its true picture after each round trip."""
    factor = factor_of(_worker["larger"])
    rows = []
    for edit in edits:
        truth = scene_truth(edit.scene, edit.edit, WIDTH, HEIGHT)
        row = {}
        for way, autoencoder in _worker.items():
            picture = encode_and_decode(autoencoder, truth.picture, factor)
            row[way] = measure_edit(picture, truth.before, truth)
        rows.append(row)
    return rows
