"""The edits that the mini editor is trained on, and how a pair of pictures is used in both directions."""

from __future__ import annotations

import random
from collections.abc import Mapping

from seamline.scenes.edits import Edit, Exchange, SetAttribute, SetExpression, Swap
from seamline.scenes.sampling import identity_from
from seamline.scenes.state import ACCESSORIES, EXPRESSIONS, IDENTITY_GRID, Identity, Position, Scene

ALWAYS_NAMED = ("presentation", "age", "hair_colour", "hair_style")
"""Attributes that every swap instruction names."""
_SOMETIMES_NAMED: Mapping[str, float] = {"skin": 0.75, "face_shape": 0.2}


def swap_for(scene: Scene, position: Position, rng: random.Random) -> Swap:
    """A swap to a new identity at `position`, described as a person would: the striking attributes, not all.

    Presentation, age and hair are always named (hair colour not of a bald person, unless
    it shows in a beard), skin and face shape sometimes, accessories whenever the new person wears them.
    """
    new = identity_from(rng)
    named = {name: getattr(new, name) for name in ALWAYS_NAMED}
    named |= {name: getattr(new, name) for name, chance in _SOMETIMES_NAMED.items() if rng.random() < chance}
    named |= {name: getattr(new, name) for name in ACCESSORIES if getattr(new, name) != "none"}
    if new.hair_style == "bald" and new.beard == "none":
        del named["hair_colour"]
    return Swap(position, named)


def exchange_for(scene: Scene, rng: random.Random) -> Exchange:
    """Two different people of `scene` trade faces; the one further left is named first."""
    first, second = sorted(rng.sample(range(len(scene.people)), 2))
    return Exchange(scene.positions[first], scene.positions[second])


def attribute_for(scene: Scene, position: Position, rng: random.Random) -> SetAttribute:
    """One attribute of whoever stands at `position` takes another value."""
    identity = scene.people[scene.index(position)].identity
    attribute = rng.choice(tuple(IDENTITY_GRID))
    if identity.hair_style == "bald" and attribute == "hair_colour":
        attribute = "hair_style"
    others = [value for value in IDENTITY_GRID[attribute] if value != getattr(identity, attribute)]
    return SetAttribute(position, attribute, rng.choice(others))


def expression_for(scene: Scene, position: Position, rng: random.Random) -> SetExpression:
    """Whoever stands at `position` takes another expression."""
    now = scene.people[scene.index(position)].expression
    return SetExpression(position, rng.choice([expression for expression in EXPRESSIONS if expression != now]))


def edit_for(scene: Scene, kind: str, rng: random.Random, position: Position | None = None) -> Edit:
    """An edit of `kind` (`swap`, `exchange`, `attribute`, `expression`) that suits `scene`.

    Raises:
        ValueError: an unknown kind.
    """
    at = rng.choice(scene.positions) if position is None else position
    match kind:
        case "swap":
            return swap_for(scene, at, rng)
        case "exchange":
            return exchange_for(scene, rng)
        case "attribute":
            return attribute_for(scene, at, rng)
        case "expression":
            return expression_for(scene, at, rng)
    raise ValueError(f"{kind!r} is no kind of edit: swap, exchange, attribute or expression")


def between(before: Scene, after: Scene, edit: Edit) -> Edit:
    """The edit of the same kind as `edit` that leads from `before` to `after`.

    Lets a pair be used in both directions, and two outcomes for one person from
    one to the other: `apply(between(after, before, edit), after) == before`.

    Args:
        before, after: scenes that differ at `edit.person` alone (for an exchange: at the two people).
        edit: the edit that the pair was made with.
    """
    match edit:
        case Exchange():
            return edit
        case SetExpression(position, _):
            return SetExpression(position, after.people[after.index(position)].expression)
        case SetAttribute(position, attribute, _):
            return SetAttribute(position, attribute, getattr(_identity(after, position), attribute))
        case Swap(position, to):
            old, new = _identity(before, position), _identity(after, position)
            return Swap(position, _named(old, new, to))


def _identity(scene: Scene, position: Position) -> Identity:
    return scene.people[scene.index(position)].identity


def _named(old: Identity, new: Identity, hint: Mapping[str, str]) -> dict[str, str]:
    # What changes must be named; what was named forwards is named backwards, so that both read alike.
    changed = {name for name in IDENTITY_GRID if getattr(old, name) != getattr(new, name)}
    named = changed | set(ALWAYS_NAMED) | (set(hint) & set(_SOMETIMES_NAMED))
    if new.hair_style == "bald" and new.beard == "none" and "hair_colour" not in changed:
        named.discard("hair_colour")
    worn = {name for name in ACCESSORIES if getattr(new, name) != "none"}
    return {name: getattr(new, name) for name in IDENTITY_GRID if name in (named - set(ACCESSORIES)) | worn}
