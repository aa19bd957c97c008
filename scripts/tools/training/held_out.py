"""Held-out edits: scenes and sentences that training never saw.

Scenes have seeds below `FIRST_TRAINING_SEED`, which training does not use; sentences come
from the held-out side of `templates`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from seamline.scenes.edits import Edit, Exchange, SetAttribute, SetExpression, Swap, apply
from seamline.scenes.sampling import scene_from_seed
from seamline.scenes.state import Scene
from tools.training.instructions import phrase
from tools.training.pairs import edit_for

FIRST_SEED = 500_000
"""First seed of held-out scenes; those of samples and of validation during training lie elsewhere."""
FIRST_EXPRESSION_SEED = 510_000
"""First seed of the scenes of further expression edits, which are few among the others."""
SHARES = {"swap": 0.6, "exchange": 0.1, "attribute": 0.2, "expression": 0.1}
"""Share of each kind of edit that is evaluated."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A held-out edit: what is asked of which scene, in which words."""

    seed: int
    scene: Scene
    kind: str
    edit: Edit
    instruction: str


def held_out(count: int, first: int = FIRST_SEED) -> list[HeldOut]:
    """The first `count` held-out edits; always the same ones."""
    return [_held_out(seed) for seed in range(first, first + count)]


def held_out_expressions(count: int, first: int = FIRST_EXPRESSION_SEED) -> list[HeldOut]:
    """Expression edits of scenes that `held_out` does not reach; always the same ones."""
    return [_held_out(seed, "expression") for seed in range(first, first + count)]


def asked_of(edit: Edit) -> dict[str, str]:
    """What an edit names: value by attribute, or by `expression`; nothing for an exchange."""
    match edit:
        case Swap(to=to):
            return dict(to)
        case SetAttribute(attribute=attribute, value=value):
            return {attribute: value}
        case SetExpression(expression=expression):
            return {"expression": expression}
    return {}


def _held_out(seed: int, kind: str = "") -> HeldOut:
    rng = random.Random(seed)
    scene = scene_from_seed(seed)
    kind = kind or rng.choices(tuple(SHARES), tuple(SHARES.values()))[0]
    edit = edit_for(scene, kind, rng)
    if isinstance(edit, Exchange) and scene == apply(edit, scene):
        edit = edit_for(scene, "swap", rng)
    return HeldOut(seed, scene, kind, edit, phrase(edit, scene, rng, held_out=True))
