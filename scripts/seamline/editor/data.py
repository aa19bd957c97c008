"""Training pairs: scenes drawn with their variants, encoded once, kept in shards on disk.

A shard holds groups of pictures that differ by one edit each. Which scenes, which edits
and which links lie between them follows from the shard's number alone; only latents,
masks and landmarks are stored. A share of the links leads from one outcome to another,
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

from seamline.editor.autoencoder import Autoencoder, encode, factor_of
from seamline.editor.config import Pictures, TrainingPlan
from seamline.editor.drawn import pixels_of
from seamline.editor.instructions import phrase
from seamline.editor.pairs import between, edit_for
from seamline.editor.pointing import traits_of
from seamline.scenes.edits import Edit, apply, edited_people
from seamline.scenes.sampling import FIRST_TRAINING_SEED, scene_from_seed
from seamline.scenes.state import Scene

KINDS = ("swap", "exchange", "attribute", "expression")
_FEATURES = (0, 1, 3)
"""Landmarks that carry an expression: eyes and mouth."""


@dataclass(frozen=True, slots=True)
class Link:
    """One directed edit between two pictures of a shard, by their indices."""

    before: int
    after: int
    kind: str
    edit: Edit


@dataclass(frozen=True, slots=True)
class Story:
    """What a shard shows: its scenes, and the edits that lead from one to another."""

    scenes: tuple[Scene, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Shard:
    """A story with its pictures encoded.

    Attributes:
        latents: (N,C,h,w) float16.
        faces: (N,3,h,w) uint8, how much of each latent pixel is each person's head.
        landmarks: (N,3,5,2) float32, in latent pixels.
    """

    story: Story
    latents: Tensor
    faces: Tensor
    landmarks: Tensor

    @cached_property
    def by_kind(self) -> Mapping[str, tuple[Link, ...]]:
        """Links of each kind."""
        return {kind: tuple(link for link in self.story.links if link.kind == kind) for kind in KINDS}


@dataclass(frozen=True)
class Batch:
    """Directed edits ready to be learnt.

    Attributes:
        before, after: (B,C,h,w) float32 latents of the input image and of the true picture.
        instructions: B sentences.
        changed: (B,1,h,w) 0..1, how much the edit changes each latent pixel.
        face: (B,1,h,w) 0..1, the heads of the edited people, before or after.
        features: (B,1,h,w) 0..1, their eyes and mouths.
        traits: (B,traits,h,w) int64, what the true picture shows; see `pointing.traits_of`.
    """

    before: Tensor
    after: Tensor
    instructions: tuple[str, ...]
    changed: Tensor
    face: Tensor
    features: Tensor
    traits: Tensor

    def split(self, parts: int) -> list[Batch]:
        """The batch in `parts` of nearly equal size."""
        size = math.ceil(len(self.instructions) / parts)
        tensors = ("before", "after", "changed", "face", "features", "traits")
        return [
            replace(
                self,
                instructions=self.instructions[at : at + size],
                **{name: getattr(self, name)[at : at + size] for name in tensors},
            )
            for at in range(0, len(self.instructions), size)
        ]


def story(seeds: Iterable[int], world: Pictures, rng: random.Random) -> Story:
    """Scenes of `seeds`, each with two swaps of one person and one other edit."""
    scenes: list[Scene] = []
    links: list[Link] = []
    others = {kind: share for kind, share in world.edits.items() if kind != "swap"}
    for seed in seeds:
        base = scene_from_seed(seed, people=2 if rng.random() < world.two_people else 3)
        first = len(scenes)
        position = rng.choice(base.positions)
        swaps = [edit_for(base, "swap", rng, position) for _ in range(2)]
        kind = rng.choices(tuple(others), tuple(others.values()))[0]
        other = edit_for(base, kind, rng)
        scenes += [base, *(apply(edit, base) for edit in swaps), apply(other, base)]
        for before, after in permutations(range(3), 2):
            hint = swaps[max(before, after) - 1]
            edit = between(scenes[first + before], scenes[first + after], hint)
            links.append(Link(first + before, first + after, "swap", edit))
        links.append(Link(first, first + 3, kind, between(base, scenes[first + 3], other)))
        links.append(Link(first + 3, first, kind, between(scenes[first + 3], base, other)))
    return Story(tuple(scenes), tuple(links))


def training_story(index: int, plan: TrainingPlan) -> Story:
    """The story of training shard `index`; its seeds all lie in the training range."""
    first = FIRST_TRAINING_SEED + index * plan.unet.scenes_per_shard
    rng = random.Random(f"{plan.seed}/{index}")
    return story(range(first, first + plan.unet.scenes_per_shard), plan.pictures, rng)


def encoded(told: Story, world: Pictures, autoencoder: Autoencoder, device: str = "cpu") -> Shard:
    """Draw and encode a story."""
    factor = factor_of(autoencoder)
    pixels = pixels_of(told.scenes, world, factor, device)
    latents = encode(autoencoder, pixels.pictures)
    return Shard(told, latents.half(), pixels.faces, pixels.landmarks / factor)


class ShardFolder:
    """Shards on disk, drawn when they are missing.

    Args:
        folder: where `shard-00000.safetensors` and its fellows lie; tied to one autoencoder.
    """

    def __init__(self, folder: Path, plan: TrainingPlan) -> None:
        self._folder, self._plan = folder, plan
        folder.mkdir(parents=True, exist_ok=True)

    def present(self) -> list[int]:
        """Numbers of the shards that are whole."""
        return sorted(int(path.stem.removeprefix("shard-")) for path in self._folder.glob("shard-*.safetensors"))

    def load(self, index: int) -> Shard:
        """Read a shard that is present."""
        from safetensors.torch import load_file

        stored = load_file(self._path(index))
        return Shard(training_story(index, self._plan), stored["latents"], stored["faces"], stored["landmarks"])

    def draw(self, index: int, autoencoder: Autoencoder, device: str = "cpu") -> None:
        """Draw, encode and write a shard, unless it is there."""
        from safetensors.torch import save_file

        path = self._path(index)
        if path.exists():
            return
        shard = encoded(training_story(index, self._plan), self._plan.pictures, autoencoder, device)
        part = path.with_suffix(".partial")
        tensors = {"latents": shard.latents, "faces": shard.faces, "landmarks": shard.landmarks}
        save_file({name: tensor.cpu().contiguous() for name, tensor in tensors.items()}, part)
        part.replace(path)

    def _path(self, index: int) -> Path:
        return self._folder / f"shard-{index:05}.safetensors"


def batches(shards: Sequence[Shard], world: Pictures, size: int, seed: int) -> Iterator[Batch]:
    """Endless batches of directed edits, kinds mixed as planned, each with a fresh phrasing."""
    rng = random.Random(seed)
    kinds, shares = tuple(world.edits), tuple(world.edits.values())
    while True:
        drawn = [(rng.choice(shards), kind) for kind in rng.choices(kinds, shares, k=size)]
        chosen = [(shard, rng.choice(shard.by_kind[kind])) for shard, kind in drawn if shard.by_kind[kind]]
        yield batch_of(chosen, [phrase(link.edit, shard.story.scenes[link.before], rng) for shard, link in chosen])


def batch_of(chosen: Sequence[tuple[Shard, Link]], instructions: Sequence[str]) -> Batch:
    """The tensors of some links, under the given instructions."""
    before = torch.stack([shard.latents[link.before] for shard, link in chosen]).float()
    after = torch.stack([shard.latents[link.after] for shard, link in chosen]).float()
    face = torch.stack([_face(shard, link) for shard, link in chosen])
    features = torch.stack([_features(shard, link) for shard, link in chosen])
    changed = (after - before).abs().mean(1, keepdim=True).clamp(max=1)
    traits = torch.stack(
        [traits_of(shard.story.scenes[link.after].people, shard.faces[link.after]) for shard, link in chosen]
    )
    return Batch(before, after, tuple(instructions), changed, face, features, traits)


def _face(shard: Shard, link: Link) -> Tensor:
    people = list(edited_people(link.edit, shard.story.scenes[link.before]))
    heads = torch.stack([shard.faces[at, people].float().sum(0) for at in (link.before, link.after)])
    return (heads.amax(0, keepdim=True) / 255).clamp(max=1)


def _features(shard: Shard, link: Link) -> Tensor:
    scene = shard.story.scenes[link.before]
    height, width = shard.latents.shape[-2:]
    rows, columns = torch.arange(height).view(-1, 1) + 0.5, torch.arange(width).view(1, -1) + 0.5
    near = torch.zeros(1, height, width)
    for person in edited_people(link.edit, scene):
        radius = 0.28 * scene.people[person].scale * height
        for x, y in shard.landmarks[link.after, person, _FEATURES].tolist():
            near = torch.maximum(near, torch.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * radius**2)))
    return near
