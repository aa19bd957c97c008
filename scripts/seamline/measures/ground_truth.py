"""What a scene knows about an edit of it: the true picture, and everything an edit can be held against."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from seamline.measures.arrays import Array
from seamline.scenes.edits import Edit, SetAttribute, Swap, apply, edited_people
from seamline.scenes.state import EXPRESSIONS, IDENTITY_GRID, PICTURE_SIZE, Identity, Scene

IDENTITY_CANDIDATES = 8
"""How many identities an edit is told apart from, its own included: chance is one in eight."""

ALIKE = 2 / 255
"""The true picture and the input image count as alike where no channel differs by more."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Pictures to choose between, and which of them is right.

    Attributes:
        candidates: pictures (H, W, 3); only one person differs between them.
        right: index of the true one.
    """

    candidates: Sequence[Array]
    right: int


@dataclass(frozen=True, slots=True)
class EditedPerson:
    """What is known about one person an edit is meant to change.

    Attributes:
        head: (H, W) mask of the head, before and after together.
        skin, normals: (H, W) bare skin and (H, W, 3) surface normals of the new face.
        shared_skin: (H, W) bare skin of the old face and the new one alike.
        expression: the true picture with this person in each expression.
        identity: the true picture with this person as somebody else; None where the edit leaves identity alone.
        attributes: for each attribute that the edit names, the true picture with each of its values.
    """

    head: Array
    skin: Array
    normals: Array
    shared_skin: Array
    expression: Choice
    identity: Choice | None = None
    attributes: Mapping[str, Choice] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SceneTruth:
    """What is known about an edit of a scene.

    Attributes:
        before, picture: (H, W, 3) the input image and the true picture, 0 to 1.
        region: (H, W) mask of the edited heads, before and after together.
        kept: (H, W) mask of what an edit must leave alone: outside the region, and alike in the true picture and the
            input image. A neck takes the new skin and a new hat throws a new shadow: neither counts as kept.
        heads: (H, W) mask of each person's head, in the scene's order.
        edited: index of each person the edit is meant to change.
        people: what is known about each of `edited`.
        light: (3,) unit vector towards the light, in the frame of the normals.
    """

    before: Array
    picture: Array
    region: Array
    kept: Array
    heads: Sequence[Array]
    edited: tuple[int, ...]
    people: Sequence[EditedPerson]
    light: Array


def scene_truth(scene: Scene, edit: Edit, width: int = PICTURE_SIZE[0], height: int = PICTURE_SIZE[1]) -> SceneTruth:
    """Draw everything that `edit` of `scene` can be held against. Needs torch; takes a fraction of a second.

    Raises:
        ValueError: the edit does not fit the scene.
    """
    from seamline.scenes.rasterizer import light_vector, rasterize

    after, edited = apply(edit, scene), edited_people(edit, scene)
    choices = {at: _choices(scene, after, edit, at) for at in edited}
    wanted = [scene, after, *(one for at in edited for group in choices[at].values() for one in group.scenes)]
    drawn = rasterize(list(dict.fromkeys(wanted)), width, height)
    place = {one: index for index, one in enumerate(dict.fromkeys(wanted))}
    pictures = np.moveaxis(drawn.picture.numpy(), 1, -1)
    normals = np.moveaxis(drawn.normals.numpy(), 1, -1)
    faces, skin = drawn.face_masks.numpy(), drawn.skin_masks.numpy()
    first, second = place[scene], place[after]
    heads = [np.maximum(faces[first, at], faces[second, at]) for at in range(len(scene.people))]

    def choice(group: _Scenes) -> Choice:
        return Choice([pictures[place[one]] for one in group.scenes], group.right)

    region = np.asarray(np.max([heads[at] for at in edited], axis=0))
    alike = np.abs(pictures[first] - pictures[second]).max(axis=-1) <= ALIKE
    people = [
        EditedPerson(
            head=heads[at],
            skin=skin[second, at],
            normals=normals[second],
            shared_skin=np.minimum(skin[first, at], skin[second, at]),
            expression=choice(choices[at]["expression"]),
            identity=choice(choices[at]["identity"]) if "identity" in choices[at] else None,
            attributes={name: choice(group) for name, group in choices[at].items() if name in IDENTITY_GRID},
        )
        for at in edited
    ]
    return SceneTruth(
        before=pictures[first],
        picture=pictures[second],
        region=region,
        kept=(1.0 - region) * alike,
        heads=heads,
        edited=edited,
        people=people,
        light=np.asarray(light_vector(scene.light)),
    )


@dataclass(frozen=True, slots=True)
class _Scenes:
    scenes: tuple[Scene, ...]
    right: int


def _choices(before: Scene, after: Scene, edit: Edit, at: int) -> dict[str, _Scenes]:
    """Scenes to choose between about the person at index `at`, by what the choice is about."""
    new = after.people[at]
    expressions = tuple(_with(after, at, expression=expression) for expression in EXPRESSIONS)
    choices = {"expression": _Scenes(expressions, EXPRESSIONS.index(new.expression))}
    if new.identity != before.people[at].identity:
        others = _other_identities(new.identity, before.people[at].identity)
        identities = (after, *(_with(after, at, identity=other) for other in others))
        choices["identity"] = _Scenes(identities, 0)
    for name in _named(edit):
        values = IDENTITY_GRID[name]
        redrawn = tuple(_with(after, at, identity=replace(new.identity, **{name: value})) for value in values)
        choices[name] = _Scenes(redrawn, values.index(getattr(new.identity, name)))
    return choices


def _named(edit: Edit) -> tuple[str, ...]:
    match edit:
        case Swap(to=to):
            return tuple(to)
        case SetAttribute(attribute=attribute):
            return (attribute,)
    return ()


def _other_identities(true: Identity, old: Identity) -> list[Identity]:
    """The old identity, and others drawn at random; the same ones for the same two identities."""
    from seamline.scenes.sampling import identity_from

    rng = random.Random(repr((true, old)))
    others = [old]
    while len(others) < IDENTITY_CANDIDATES - 1:
        other = identity_from(rng)
        if other not in (true, *others):
            others.append(other)
    return others


def _with(scene: Scene, at: int, **changes: object) -> Scene:
    person = replace(scene.people[at], **changes)  # type: ignore[arg-type]
    return replace(scene, people=(*scene.people[:at], person, *scene.people[at + 1 :]))
