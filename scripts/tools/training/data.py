"""Training pairs: scenes rasterized with their variants, encoded once, stored in shards.

A shard is a graph: its nodes are pictures, and an edge is an edit that turns one into
another. The graph follows from the shard's number alone; only latents, masks and
landmarks are stored. Edges also connect the outcomes of two swaps of one person,
so that n pictures of one swap give n (n - 1) directed edits.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import permutations
from pathlib import Path

import torch
from torch import Tensor

from seamline.scenes.edits import Edit, SetExpression, apply, edited_people
from seamline.scenes.sampling import FIRST_TRAINING_SEED, scene_from_seed
from seamline.scenes.state import Scene
from tools.training.autoencoder import Autoencoder, encode, factor_of
from tools.training.auxiliary_heads import traits_of
from tools.training.config import Pictures, TrainingPlan
from tools.training.instructions import phrase
from tools.training.pairs import between, edit_for
from tools.training.scene_rasterizing import pixels_of

KINDS = ("swap", "exchange", "attribute", "expression")
FEATURE_LANDMARKS = (0, 1, 3)
"""Landmarks that carry an expression: eyes and mouth."""


@dataclass(frozen=True, slots=True)
class EditPair:
    """One directed edit between two pictures of a graph, by their indices."""

    before: int
    after: int
    kind: str
    edit: Edit


@dataclass(frozen=True, slots=True)
class PairGraph:
    """Scenes, and the edits that turn one into another."""

    scenes: tuple[Scene, ...]
    pairs: tuple[EditPair, ...]


@dataclass(frozen=True)
class Shard:
    """A graph with its pictures encoded.

    Attributes:
        latents: (N,C,h,w) float16.
        faces: (N,3,h,w) uint8, how much of each latent pixel is each person's head.
        landmarks: (N,3,5,2) float32, in latent pixels.
    """

    graph: PairGraph
    latents: Tensor
    faces: Tensor
    landmarks: Tensor

    @cached_property
    def by_kind(self) -> Mapping[str, tuple[EditPair, ...]]:
        """Links of each kind."""
        return {kind: tuple(pair for pair in self.graph.pairs if pair.kind == kind) for kind in KINDS}


@dataclass(frozen=True)
class Batch:
    """Directed edits as tensors.

    Attributes:
        before, after: (B,C,h,w) float32 latents of the input image and of the true picture.
        instructions: B sentences.
        changed: (B,1,h,w) 0..1, how much the edit changes each latent pixel.
        face: (B,1,h,w) 0..1, the heads of the edited people, before or after.
        features: (B,1,h,w) 0..1, their eyes and mouths.
        traits: (B,traits,h,w) int64, what the true picture shows; see `auxiliary_heads.traits_of`.
        ids: (B+1,L) int64, the sentences as tokens, and at last the empty one, where they are known already;
            `instructions` may be empty then.
    """

    before: Tensor
    after: Tensor
    instructions: tuple[str, ...]
    changed: Tensor
    face: Tensor
    features: Tensor
    traits: Tensor
    ids: Tensor | None = None

    def __len__(self) -> int:
        return len(self.before)

    def split(self, parts: int) -> list[Batch]:
        """The batch in `parts` of nearly equal size; not for one that brings its tokens."""
        size = math.ceil(len(self) / parts)
        tensors = ("before", "after", "changed", "face", "features", "traits")
        return [
            replace(
                self,
                instructions=self.instructions[at : at + size],
                **{name: getattr(self, name)[at : at + size] for name in tensors},
            )
            for at in range(0, len(self), size)
        ]


def pair_graph(seeds: Iterable[int], world: Pictures, rng: random.Random) -> PairGraph:
    """Scenes of `seeds`, each with two swaps of one person and one other edit."""
    scenes: list[Scene] = []
    pairs: list[EditPair] = []
    others = {kind: share for kind, share in world.edits.items() if kind != "swap"}
    for seed in seeds:
        base = scene_from_seed(seed, people=2 if rng.random() < world.two_people else 3)
        first = len(scenes)
        position = rng.choice(base.positions)
        swaps = [edit_for(base, "swap", rng, position) for _ in range(2)]
        kind = rng.choices(tuple(others), tuple(others.values()))[0]
        other = edit_for(base, kind, rng)
        four = [base, *(apply(edit, base) for edit in swaps), apply(other, base)]
        if not world.pairs_agree:
            four = [on_another_occasion(scene, rng, other if scene is four[3] else None) for scene in four]
            base = four[0]
        scenes += four
        for before, after in permutations(range(3), 2):
            hint = swaps[max(before, after) - 1]
            edit = between(scenes[first + before], scenes[first + after], hint)
            pairs.append(EditPair(first + before, first + after, "swap", edit))
        pairs.append(EditPair(first, first + 3, kind, between(base, scenes[first + 3], other)))
        pairs.append(EditPair(first + 3, first, kind, between(scenes[first + 3], base, other)))
    return PairGraph(tuple(scenes), tuple(pairs))


def on_another_occasion(scene: Scene, rng: random.Random, edit: Edit | None = None) -> Scene:
    """The people of `scene` under another light, each with another expression; `rng` chooses both.

    Args:
        edit: what made the scene; an expression that it sets is kept.
    """
    other = scene_from_seed(rng.randrange(FIRST_TRAINING_SEED, 2 * FIRST_TRAINING_SEED), len(scene.people))
    kept = scene.index(edit.person) if isinstance(edit, SetExpression) else None
    people = tuple(
        person if at == kept else replace(person, expression=stranger.expression)
        for at, (person, stranger) in enumerate(zip(scene.people, other.people, strict=True))
    )
    return replace(scene, people=people, light=other.light)


def training_graph(index: int, plan: TrainingPlan) -> PairGraph:
    """The graph of training shard `index`; its seeds all lie in the training range."""
    first = FIRST_TRAINING_SEED + index * plan.unet.scenes_per_shard
    rng = random.Random(f"{plan.seed}/{index}")
    return pair_graph(range(first, first + plan.unet.scenes_per_shard), plan.pictures, rng)


def encoded(graph: PairGraph, world: Pictures, autoencoder: Autoencoder, device: str = "cpu") -> Shard:
    """A graph with its scenes rasterized and encoded."""
    factor = factor_of(autoencoder)
    pixels = pixels_of(graph.scenes, world, factor, device)
    latents = encode(autoencoder, pixels.pictures)
    return Shard(graph, latents.half(), pixels.faces, pixels.landmarks / factor)


class ShardFolder:
    """Shards on disk, as `shard-00000.safetensors` and so on.

    Args:
        folder: for the latents of one autoencoder.
    """

    def __init__(self, folder: Path, plan: TrainingPlan) -> None:
        self._folder, self._plan = folder, plan
        folder.mkdir(parents=True, exist_ok=True)

    def present(self) -> list[int]:
        """Numbers of the shards that are complete."""
        return sorted(int(path.stem.removeprefix("shard-")) for path in self._folder.glob("shard-*.safetensors"))

    def load(self, index: int) -> Shard:
        """Read a shard that is present."""
        from safetensors.torch import load_file

        stored = load_file(self._path(index))
        return Shard(training_graph(index, self._plan), stored["latents"], stored["faces"], stored["landmarks"])

    def write(self, index: int, autoencoder: Autoencoder, device: str = "cpu") -> None:
        """Rasterize, encode and write a shard, unless it is there."""
        from safetensors.torch import save_file

        path = self._path(index)
        if path.exists():
            return
        shard = encoded(training_graph(index, self._plan), self._plan.pictures, autoencoder, device)
        part = path.with_suffix(".partial")
        tensors = {"latents": shard.latents, "faces": shard.faces, "landmarks": shard.landmarks}
        save_file({name: tensor.cpu().contiguous() for name, tensor in tensors.items()}, part)
        part.replace(path)

    def _path(self, index: int) -> Path:
        return self._folder / f"shard-{index:05}.safetensors"


def batches(shards: Sequence[Shard], world: Pictures, size: int, seed: int) -> Iterator[Batch]:
    """Endless batches of directed edits, kinds mixed as planned, each edit phrased anew."""
    rng = random.Random(seed)
    kinds, shares = tuple(world.edits), tuple(world.edits.values())
    while True:
        sampled = [(rng.choice(shards), kind) for kind in rng.choices(kinds, shares, k=size)]
        chosen = [(shard, rng.choice(shard.by_kind[kind])) for shard, kind in sampled if shard.by_kind[kind]]
        yield batch_of(chosen, [phrase(pair.edit, shard.graph.scenes[pair.before], rng) for shard, pair in chosen])


def batch_of(chosen: Sequence[tuple[Shard, EditPair]], instructions: Sequence[str]) -> Batch:
    """The tensors of some pairs, with the given instructions."""
    before = torch.stack([shard.latents[pair.before] for shard, pair in chosen]).float()
    after = torch.stack([shard.latents[pair.after] for shard, pair in chosen]).float()
    face = torch.stack([_face(shard, pair) for shard, pair in chosen])
    features = torch.stack([_features(shard, pair) for shard, pair in chosen])
    changed = (after - before).abs().mean(1, keepdim=True).clamp(max=1)
    traits = torch.stack(
        [traits_of(shard.graph.scenes[pair.after].people, shard.faces[pair.after]) for shard, pair in chosen]
    )
    return Batch(before, after, tuple(instructions), changed, face, features, traits)


def _face(shard: Shard, pair: EditPair) -> Tensor:
    people = list(edited_people(pair.edit, shard.graph.scenes[pair.before]))
    heads = torch.stack([shard.faces[at, people].float().sum(0) for at in (pair.before, pair.after)])
    return (heads.amax(0, keepdim=True) / 255).clamp(max=1)


def _features(shard: Shard, pair: EditPair) -> Tensor:
    scene = shard.graph.scenes[pair.before]
    height, width = shard.latents.shape[-2:]
    rows, columns = torch.arange(height).view(-1, 1) + 0.5, torch.arange(width).view(1, -1) + 0.5
    near = torch.zeros(1, height, width)
    for person in edited_people(pair.edit, scene):
        radius = 0.28 * scene.people[person].scale * height
        for x, y in shard.landmarks[pair.after, person, FEATURE_LANDMARKS].tolist():
            near = torch.maximum(near, torch.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * radius**2)))
    return near
