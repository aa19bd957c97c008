"""What a truth says of a scene, checked on the scene: its people, their attributes, and whom the instruction means."""

from __future__ import annotations

from collections.abc import Iterator

from seamline.catalog.closed_catalog import Read
from seamline.catalog.entries import SceneInput, Truth
from seamline.catalog.positions import contradicts, positions_in
from seamline.catalog.reading.validation import suggestion
from seamline.catalog.reading.yaml_reader import Loc
from seamline.errors import Problem


def truth_problems(read: Read, at: Loc, truth: Truth, instruction: str, scene: SceneInput) -> Iterator[Problem]:
    """Everything in a truth that its scene or its instruction contradicts.

    Args:
        read: the sample's file.
        at: path of the truth in it.
        instruction: the edit instruction that it says the meaning of.
    """
    from seamline.scenes.sampling import scene_from_seed

    standing = scene_from_seed(scene.seed, scene.people).positions
    yield from _people(read, at, truth, standing)
    yield from _values(read, at, truth)
    yield from _whom(read, at, truth, instruction, standing)


def _people(read: Read, at: Loc, truth: Truth, standing: tuple[str, ...]) -> Iterator[Problem]:
    for name in ("swap", "exchange", "attribute", "expression"):
        if part := getattr(truth, name):
            for field in ("person", "other"):
                place = getattr(part, field, standing[0])
                if place not in standing:
                    hint = f"this scene has {' and '.join(standing)}"
                    yield read.problem((*at, name, field), f"nobody stands at `{place}`", hint)
    if truth.exchange and truth.exchange.person == truth.exchange.other:
        yield read.problem((*at, "exchange", "other"), "is the same person", "name the other of the two")


def _values(read: Read, at: Loc, truth: Truth) -> Iterator[Problem]:
    from seamline.scenes.state import EXPRESSIONS, IDENTITY_GRID

    for name_loc, value_loc, attribute, value in _changes(at, truth):
        if attribute not in IDENTITY_GRID:
            yield read.problem(name_loc, f"no attribute `{attribute}`", suggestion(attribute, IDENTITY_GRID))
        elif value not in IDENTITY_GRID[attribute]:
            yield read.problem(value_loc, f"no {attribute} `{value}`", suggestion(value, IDENTITY_GRID[attribute]))
    if truth.expression and truth.expression.expression not in EXPRESSIONS:
        wrong = truth.expression.expression
        hint = suggestion(wrong, EXPRESSIONS)
        yield read.problem((*at, "expression", "expression"), f"no expression `{wrong}`", hint)


def _changes(at: Loc, truth: Truth) -> Iterator[tuple[Loc, Loc, str, str]]:
    """Places of an attribute's name and value in the file, and the two."""
    if truth.swap:
        for attribute, value in truth.swap.to.items():
            loc = (*at, "swap", "to", attribute)
            yield loc, loc, attribute, value
    if change := truth.attribute:
        yield (*at, "attribute", "attribute"), (*at, "attribute", "value"), change.attribute, change.value


def _whom(read: Read, at: Loc, truth: Truth, instruction: str, standing: tuple[str, ...]) -> Iterator[Problem]:
    """Measures compare with the truth: of another person than the instruction's, they would say nothing."""
    name, part = next((name, part) for name, part in truth if part is not None)
    people = frozenset(getattr(part, field) for field in ("person", "other") if hasattr(part, field))
    if people <= set(standing) and contradicts(instruction, people):
        said = " and ".join(sorted(positions_in(instruction)))
        meant = " and ".join(f"`{place}`" for place in sorted(people))
        hint = "name the same person in both; if the words mean something else, say it without a place"
        yield read.problem((*at, name, "person"), f"means {meant}, and the instruction says {said}", hint)
