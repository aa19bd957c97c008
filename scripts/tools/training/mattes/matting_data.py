"""Pictures before and after an edit of one person, with the true mattes: what the matting network is trained on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seamline.files import write_if_changed
from seamline.hashing import digest_of
from seamline.scenes.edits import Edit, apply
from seamline.scenes.head_mattes import rasterize_mattes, without_headwear
from seamline.scenes.sampling import FIRST_TRAINING_SEED, scene_from_seed
from seamline.scenes.state import Scene
from tools.training.autoencoder import Autoencoder, decode, encode
from tools.training.mattes.matting_plan import MattingPlan
from tools.training.mattes.rough_masks import KINDS, rough_mask
from tools.training.pairs import swap_for

SMALL, LARGE = (192, 128), (384, 256)
"""Width and height."""
_FIRST_LARGE = FIRST_TRAINING_SEED + 500_000
_PER_SHARD = 40

Bytes: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True)
class Pair:
    """A scene before and after an edit of one person.

    Attributes:
        before, after: (3,H,W).
        mattes_before, mattes_after: (3,H,W): true alpha of each person, the one who is edited first.
    """

    before: Bytes
    after: Bytes
    mattes_before: Bytes
    mattes_after: Bytes

    @property
    def difference(self) -> Bytes:
        """(H,W), largest difference of a channel."""
        wide = self.after.astype(np.int16) - self.before
        found: Bytes = np.abs(wide).max(0).astype(np.uint8)
        return found


def pair_of(
    scene: Scene, edit: Edit, place: int, size: tuple[int, int], *, strands: bool, autoencoder: Autoencoder | None
) -> Pair:
    """Rasterize a scene before and after `edit` of the person at `place`.

    Args:
        autoencoder: sends the picture after the edit through itself; None leaves it as rasterized.
    """
    drawn = rasterize_mattes([scene, apply(edit, scene)], *size, strands=strands)
    pictures = drawn.picture.mul(255).round().byte()
    if autoencoder is not None:
        pictures[1:] = decode(autoencoder, encode(autoencoder, pictures[1:])).mul(255).round().byte()
    order = [place, *(other for other in range(3) if other != place)]
    mattes = drawn.mattes[:, order].mul(255).round().byte().numpy()
    before, after = pictures.numpy()
    return Pair(before, after, mattes[0], mattes[1])


class MattingShards:
    """Rasterized pairs on disk, written once and resumed after a kill.

    Args:
        folder: below the project's `.cache/`; the plan's data name a folder of their own in it.
    """

    def __init__(self, folder: Path, plan: MattingPlan) -> None:
        data = plan.data.model_dump(mode="json")
        self._plan, self._folder = plan, folder / digest_of({"data": data, "seed": plan.seed})[:16]

    def write(self, autoencoder: Autoencoder, say: Any) -> None:
        """Write the shards that are not there yet."""
        for kind, count in (("small", self._plan.data.small), ("large", self._plan.data.large)):
            for first in range(0, count, _PER_SHARD):
                done = self._folder / f"{kind}-{first}.done"
                if done.exists():
                    continue
                pairs = [self._pair(kind, at, autoencoder) for at in range(first, min(first + _PER_SHARD, count))]
                stacked = np.stack(
                    [np.concatenate([p.before, p.after, p.mattes_before, p.mattes_after]) for p in pairs]
                )
                self._folder.mkdir(parents=True, exist_ok=True)
                np.save(self._folder / f"{kind}-{first}.npy", stacked)
                write_if_changed(done, "written\n")
                say(f"data: {kind} scenes {first + len(pairs)} of {count}")

    def pairs(self, kind: str) -> list[Bytes]:
        """Each pair as (12,H,W), mapped from disk: before, after, mattes before, mattes after."""
        paths = sorted(self._folder.glob(f"{kind}-*.npy"), key=lambda path: int(path.stem.split("-")[1]))
        return [pair for path in paths for pair in np.load(path, mmap_mode="r", allow_pickle=False)]

    def _pair(self, kind: str, at: int, autoencoder: Autoencoder) -> Pair:
        seed = (FIRST_TRAINING_SEED if kind == "small" else _FIRST_LARGE) + at
        rng = random.Random(seed ^ self._plan.seed)
        scene = scene_from_seed(seed)
        strands = rng.random() < self._plan.data.strands
        if strands and rng.random() < 0.5:
            scene = without_headwear(scene)
        position = rng.choice(scene.positions)
        edit = swap_for(scene, position, rng)
        data, small = self._plan.data, kind == "small"
        decoded = rng.random() < (data.decoded if small else data.large_decoded)
        size = SMALL if small else LARGE
        place = scene.index(position)
        return pair_of(scene, edit, place, size, strands=strands, autoencoder=autoencoder if decoded else None)


def examples(pairs: list[Bytes], batch: int, rng: random.Random) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Endless batches: pictures (B,3,H,W), rough masks (B,1,H,W) and true mattes (B,1,H,W), float32 in 0..1."""
    while True:
        chosen = [_example(pairs[rng.randrange(len(pairs))], rng) for _ in range(batch)]
        pictures, masks, mattes = (torch.stack(one) for one in zip(*chosen, strict=True))
        yield pictures, masks, mattes


def _example(pair: Bytes, rng: random.Random) -> tuple[Tensor, Tensor, Tensor]:
    """One picture of a pair with a mask of one person; colours, gamma and side vary."""
    before, after, mattes_before, mattes_after = (pair[at : at + 3] for at in (0, 3, 6, 9))
    later = rng.random() < 0.5
    picture, mattes = (after, mattes_after) if later else (before, mattes_before)
    kind = rng.choices(KINDS, (3, 3, 1, 4))[0]
    standing = [place for place in range(3) if mattes[place].max() > 127]
    # What changed is of the edited person, who comes first.
    place = 0 if kind == "changed" else rng.choice(standing)
    difference = np.abs(after.astype(np.int16) - before).max(0).astype(np.uint8)
    mask = rough_mask(kind, mattes[place], difference, rng)
    if kind == "changed" and rng.random() < 0.25:
        mask = rough_mask("blocks", mask.astype(np.uint8) * 255, difference, rng)
    seen = torch.from_numpy(np.array(picture)).float() / 255
    seen = (seen.clamp(1e-3) ** rng.uniform(0.8, 1.25)) * torch.tensor([rng.uniform(0.9, 1.1) for _ in range(3)])[
        :, None, None
    ]
    seen = (seen + torch.randn(seen.shape) * rng.choice((0, 0.01, 0.02))).clamp(0, 1)
    rough = torch.from_numpy(mask).float()[None]
    matte = torch.from_numpy(np.array(mattes[place])).float()[None] / 255
    if rng.random() < 0.5:
        seen, rough, matte = seen.flip(-1), rough.flip(-1), matte.flip(-1)
    return seen, rough, matte
