"""Edits as data, and what each makes of a scene: the ground truth that no photograph has.

An edit says what must change and, by what it leaves out, what must stay. `apply` gives
the scene an ideal editor would have drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from seamline.scenes.state import ACCESSORIES, Identity, Person, Position, Scene


@dataclass(frozen=True, slots=True)
class Swap:
    """Another identity takes the face at `person`.

    Attributes:
        to: attributes of `IDENTITY_GRID` that the instruction names. An attribute left
            unnamed stays as it was, except accessories: those left unnamed are taken off.
    """

    person: Position
    to: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two people trade identities; each keeps expression, tilt, place and clothes."""

    person: Position
    other: Position


@dataclass(frozen=True, slots=True)
class SetAttribute:
    """One attribute of one person changes."""

    person: Position
    attribute: str
    value: str


@dataclass(frozen=True, slots=True)
class SetExpression:
    """One person's expression changes."""

    person: Position
    expression: str


Edit = Swap | Exchange | SetAttribute | SetExpression


def apply(edit: Edit, scene: Scene) -> Scene:
    """The scene with `edit` done and nothing else changed.

    Raises:
        ValueError: nobody stands where the edit points, or a value is not in the grid.
    """
    match edit:
        case Swap(person, to):
            bare = dict.fromkeys(ACCESSORIES, "none")
            return _with_identity(scene, person, replace(_identity(scene, person), **{**bare, **to}))
        case Exchange(person, other):
            first, second = _identity(scene, person), _identity(scene, other)
            return _with_identity(_with_identity(scene, person, second), other, first)
        case SetAttribute(person, attribute, value):
            return _with_identity(scene, person, replace(_identity(scene, person), **{attribute: value}))
        case SetExpression(person, expression):
            at = scene.index(person)
            return _with_person(scene, at, replace(scene.people[at], expression=expression))


def edited_people(edit: Edit, scene: Scene) -> tuple[int, ...]:
    """Indices of the people an edit is meant to change."""
    if isinstance(edit, Exchange):
        return scene.index(edit.person), scene.index(edit.other)
    return (scene.index(edit.person),)


def _identity(scene: Scene, person: Position) -> Identity:
    return scene.people[scene.index(person)].identity


def _with_identity(scene: Scene, person: Position, identity: Identity) -> Scene:
    at = scene.index(person)
    return _with_person(scene, at, replace(scene.people[at], identity=identity))


def _with_person(scene: Scene, at: int, person: Person) -> Scene:
    return replace(scene, people=(*scene.people[:at], person, *scene.people[at + 1 :]))
