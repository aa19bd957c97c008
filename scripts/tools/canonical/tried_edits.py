"""Which edits of which scenes are made: three kinds of each scene, decided by its seed alone."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

from seamline.scenes.edits import Edit, SetExpression, Swap, apply
from seamline.scenes.sampling import identity_from, scene_from_seed
from seamline.scenes.state import Identity, Position, Scene
from tools.training.held_out import FIRST_SEED
from tools.training.instructions import phrase
from tools.training.pairs import between, expression_for

OUTLINE = ("presentation", "face_shape", "hair_style", "beard", "hat")
"""Attributes that shape the outline of a head."""
KINDS: Mapping[str, str] = {
    "same_outline": "a swap that keeps the outline of the head",
    "expression": "another expression",
    "new_outline": "a swap to another hair style",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """One edit.

    Attributes:
        at: index of whom it changes.
    """

    kind: str
    edit: Edit
    instruction: str
    at: int


def scene_seeds(count: int) -> range:
    """Seeds of the first held-out scenes."""
    return range(FIRST_SEED, FIRST_SEED + count)


def tried_edits(seed: int) -> tuple[Scene, tuple[Tried, ...]]:
    """A scene and an edit of each of `KINDS`, all of one person; sentences are of the held-out side."""
    scene, rng = scene_from_seed(seed), random.Random(seed)
    position = rng.choice(scene.positions)
    at = scene.index(position)
    before = scene.people[at].identity
    edits = {
        "same_outline": _swap(scene, position, _recoloured(before, rng)),
        "expression": expression_for(scene, position, rng),
        "new_outline": _swap(scene, position, _restyled(before, rng)),
    }
    tried = (Tried(kind, edit, phrase(edit, scene, rng, held_out=True), at) for kind, edit in edits.items())
    return scene, tuple(tried)


def _recoloured(before: Identity, rng: random.Random) -> Identity:
    """Somebody else with the same outline: of another age or skin tone, and with other hair where it shows."""
    while True:
        new = replace(identity_from(rng), **{name: getattr(before, name) for name in OUTLINE})
        shows = before.hat == "none" and before.hair_style != "bald"
        if new.skin != before.skin and (new.hair_colour != before.hair_colour or not shows):
            return new


def _restyled(before: Identity, rng: random.Random) -> Identity:
    """Somebody else with another hair style, which no hat hides."""
    while True:
        new = identity_from(rng)
        if new.hair_style != before.hair_style and new.hat == "none":
            return new


def _swap(scene: Scene, position: Position, identity: Identity) -> Edit:
    at = scene.index(position)
    person = replace(scene.people[at], identity=identity)
    after = replace(scene, people=(*scene.people[:at], person, *scene.people[at + 1 :]))
    swap = between(scene, after, Swap(position, {}))
    assert not isinstance(swap, SetExpression)
    assert apply(swap, scene) == after, "what the instruction does not name stays"
    return swap
