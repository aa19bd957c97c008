"""Training pairs in a GPU's memory: all shards of a plan rasterized and encoded there, and batches picked by index.

The pairs are those that `data` writes into shards on a CPU. Graphs, phrasings and tokens are prepared by processes of
their own, so that the GPU waits for none of them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from seamline.scenes.edits import edited_people
from seamline.scenes.state import Scene
from tools.training.autoencoder import Autoencoder, encode, factor_of
from tools.training.auxiliary_heads import UNKNOWN, trait_values
from tools.training.config import TrainingPlan
from tools.training.data import FEATURE_LANDMARKS, KINDS, Batch, training_graph
from tools.training.editor_parts import Say
from tools.training.instructions import phrase
from tools.training.on_gpu.bulk_rasterizing import landmarks_of, rasterize_in_bulk
from tools.training.text_encoder import Tokenizer, token_ids

PHRASINGS = 4
"""Sentences kept for each pair."""
_SCENES_AT_ONCE = 500


@dataclass(frozen=True)
class Prepared:
    """What a shard's graph says, as arrays: N pictures, M pairs.

    Attributes:
        scenes: of each picture.
        traits: (N,3,traits) int64, each person's values as indices into `TRAITS`; `UNKNOWN` where nobody stands.
        landmarks: (N,3,5,2) float32, in picture pixels.
        scales: (N,3) float32, picture heights a unit of each person.
        before, after: (M,) int64, indices of pictures.
        kinds: (M,) int64, indices into `KINDS`.
        edited: (M,3) bool, whom the edit is meant to change.
        ids: (M,PHRASINGS,L) int16 tokens of its sentences.
    """

    scenes: tuple[Scene, ...]
    traits: np.ndarray
    landmarks: np.ndarray
    scales: np.ndarray
    before: np.ndarray
    after: np.ndarray
    kinds: np.ndarray
    edited: np.ndarray
    ids: np.ndarray


def prepare(index: int, plan: TrainingPlan, tokenizer: Tokenizer) -> Prepared:
    """The graph of shard `index`, with its sentences tokenized."""
    graph = training_graph(index, plan)
    rng = random.Random(f"{plan.seed}/{index}/phrases")
    sentences = [phrase(pair.edit, graph.scenes[pair.before], rng) for pair in graph.pairs for _ in range(PHRASINGS)]
    edited = np.zeros((len(graph.pairs), 3), dtype=bool)
    for at, pair in enumerate(graph.pairs):
        edited[at, list(edited_people(pair.edit, graph.scenes[pair.before]))] = True
    size = plan.pictures
    scales = np.zeros((len(graph.scenes), 3), dtype=np.float32)
    for at, scene in enumerate(graph.scenes):
        scales[at, : len(scene.people)] = [person.scale for person in scene.people]
    return Prepared(
        scenes=graph.scenes,
        traits=torch.stack([trait_values(scene.people, 3) for scene in graph.scenes]).numpy(),
        landmarks=torch.stack([landmarks_of(scene, size.width, size.height) for scene in graph.scenes]).numpy(),
        scales=scales,
        before=np.array([pair.before for pair in graph.pairs]),
        after=np.array([pair.after for pair in graph.pairs]),
        kinds=np.array([KINDS.index(pair.kind) for pair in graph.pairs]),
        edited=edited,
        ids=token_ids(tokenizer, sentences).view(len(graph.pairs), PHRASINGS, -1).numpy().astype(np.int16),
    )


@dataclass(frozen=True)
class ResidentPairs:
    """Pairs of one plan on one device; fields as in `Prepared`, all shards together.

    Attributes:
        latents: (N,C,h,w) float16.
        faces: (N,3,h,w) uint8.
        landmarks: (N,3,5,2) float32, in latent pixels.
        empty: (1,L) int16, the tokens of no instruction.
    """

    latents: Tensor
    faces: Tensor
    landmarks: Tensor
    traits: Tensor
    scales: Tensor
    before: Tensor
    after: Tensor
    kinds: Tensor
    edited: Tensor
    ids: Tensor
    empty: Tensor

    @classmethod
    def of(
        cls,
        plan: TrainingPlan,
        autoencoder: Autoencoder,
        tokenizer: Tokenizer,
        device: str,
        *,
        workers: int,
        say: Say,
    ) -> ResidentPairs:
        """Rasterize and encode every shard of `plan` on `device`."""
        started, parts, pictures = time.monotonic(), [], 0
        with ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (plan, tokenizer)) as pool:
            for prepared in pool.map(_prepare, range(plan.unet.shards)):
                parts.append(_encoded(prepared, plan, autoencoder, device, first=pictures))
                pictures += len(prepared.scenes)
        joined = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
        joined["empty"] = token_ids(tokenizer, [""]).to(device, torch.int16)
        pairs, seconds = len(joined["before"]), time.monotonic() - started
        say(f"U-Net: {pictures} pictures and {pairs} pairs in the memory of {device} after {seconds:.0f} s")
        return cls(**joined)

    def batches(self, shares: dict[str, float], size: int, seed: int) -> Iterator[Batch]:
        """Endless batches of `size` directed edits, kinds mixed by `shares`."""
        device = self.latents.device
        generator = torch.Generator(device).manual_seed(seed)
        by_kind = [torch.nonzero(self.kinds == KINDS.index(kind))[:, 0] for kind in shares]
        known = [(pairs, share) for pairs, share in zip(by_kind, shares.values(), strict=True) if len(pairs)]
        counts = torch.tensor([len(pairs) for pairs, _ in known], device=device)
        firsts = counts.cumsum(0) - counts
        joined = torch.cat([pairs for pairs, _ in known])
        weights = torch.tensor([share for _, share in known], device=device)
        while True:
            kind = torch.multinomial(weights, size, replacement=True, generator=generator)
            within = torch.rand(size, generator=generator, device=device)
            yield self.batch(joined[firsts[kind] + (within * counts[kind]).long()], generator)

    def batch(self, pairs: Tensor, generator: torch.Generator) -> Batch:
        """Pairs by their indices (B,), each in one of its sentences."""
        at, to, edited = self.before[pairs], self.after[pairs], self.edited[pairs]
        before, after = self.latents[at].float(), self.latents[to].float()
        people = edited.view(-1, 3, 1, 1)
        heads = torch.maximum(*((self.faces[index].float() * people).sum(1, keepdim=True) for index in (at, to)))
        sentence = torch.randint(self.ids.shape[1], (len(pairs),), generator=generator, device=pairs.device)
        return Batch(
            before,
            after,
            (),
            changed=(after - before).abs().mean(1, keepdim=True).clamp(max=1),
            face=(heads / 255).clamp(max=1),
            features=self._features(at, to, edited),
            traits=self._traits(to),
            ids=torch.cat([self.ids[pairs, sentence], self.empty]).long(),
        )

    def _features(self, at: Tensor, to: Tensor, edited: Tensor) -> Tensor:
        height, width = self.latents.shape[-2:]
        device = self.latents.device
        rows = torch.arange(height, device=device).view(-1, 1) + 0.5
        columns = torch.arange(width, device=device).view(1, -1) + 0.5
        radius = (0.28 * height * self.scales[at]).clamp(min=1e-3).view(-1, 3, 1, 1)
        near = torch.zeros(len(at), 3, height, width, device=device)
        for mark in FEATURE_LANDMARKS:
            x, y = (self.landmarks[to, :, mark, axis].view(-1, 3, 1, 1) for axis in (0, 1))
            near = torch.maximum(near, torch.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * radius**2)))
        return (near * edited.view(-1, 3, 1, 1)).amax(1, keepdim=True)

    def _traits(self, to: Tensor) -> Tensor:
        shown, owner = self.faces[to].max(1)
        values = self.traits[to].permute(0, 2, 1)
        flat = owner.flatten(1).unsqueeze(1).expand(-1, values.shape[1], -1)
        maps = values.gather(2, flat).view(len(to), -1, *owner.shape[1:])
        return torch.where((shown > 127).unsqueeze(1), maps, UNKNOWN)


@torch.no_grad()
def _encoded(
    prepared: Prepared, plan: TrainingPlan, autoencoder: Autoencoder, device: str, first: int
) -> dict[str, Tensor]:
    """A shard's fields of `ResidentPairs`; its pictures are counted from `first`."""
    latents, faces = [], []
    factor, size = factor_of(autoencoder), plan.pictures
    for scenes in _chunks(prepared.scenes, _SCENES_AT_ONCE):
        picture, masks = rasterize_in_bulk(scenes, size.width, size.height, device)
        latents.append(encode(autoencoder, picture.mul(255).round().byte(), batch=64).half())
        faces.append(F.avg_pool2d(masks, factor).mul(255).round().byte())

    def there(array: np.ndarray) -> Tensor:
        return torch.from_numpy(array).to(device)

    return {
        "latents": torch.cat(latents),
        "faces": torch.cat(faces),
        "landmarks": there(prepared.landmarks) / factor,
        "traits": there(prepared.traits),
        "scales": there(prepared.scales),
        "before": there(prepared.before) + first,
        "after": there(prepared.after) + first,
        "kinds": there(prepared.kinds),
        "edited": there(prepared.edited),
        "ids": there(prepared.ids),
    }


def _chunks(scenes: Sequence[Scene], size: int) -> Iterator[Sequence[Scene]]:
    for at in range(0, len(scenes), size):
        yield scenes[at : at + size]


_worker: dict[str, Any] = {}
"""State of a worker process: plan and tokenizer."""


def _start_worker(plan: TrainingPlan, tokenizer: Tokenizer) -> None:
    torch.set_num_threads(1)
    _worker.update(plan=plan, tokenizer=tokenizer)


def _prepare(index: int) -> Prepared:
    return prepare(index, _worker["plan"], _worker["tokenizer"])
