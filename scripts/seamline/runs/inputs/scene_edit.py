"""A sample's scene and the edit of it, as the catalog's entries describe them. Needs no torch."""

from __future__ import annotations

from seamline.catalog.entries import SceneInput, Truth
from seamline.scenes.edits import Edit, Exchange, SetAttribute, SetExpression, Swap
from seamline.scenes.sampling import scene_from_seed
from seamline.scenes.state import Scene


def scene_of(given: SceneInput) -> Scene:
    """The scene that a sample's input describes."""
    return scene_from_seed(given.seed, given.people)


def edit_of(truth: Truth) -> Edit:
    """What an instruction means, as an edit of a scene."""
    if truth.swap:
        return Swap(truth.swap.person, dict(truth.swap.to))
    if truth.exchange:
        return Exchange(truth.exchange.person, truth.exchange.other)
    if truth.attribute:
        return SetAttribute(truth.attribute.person, truth.attribute.attribute, truth.attribute.value)
    assert truth.expression is not None
    return SetExpression(truth.expression.person, truth.expression.expression)
