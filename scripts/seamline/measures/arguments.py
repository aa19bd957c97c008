"""What a measure may ask for, by the names of its parameters. Importing it needs no numpy.

A measure of kind `of` gets the fields of the class that `ARGUMENTS` lists for that kind. Fields without a
default are known of every edit. The others are known of scenes, or only of some edits of a scene; a measure that
asks for one that is not known is not taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from seamline.measures.arrays import Array
    from seamline.measures.ground_truth import Choice, SceneTruth

Kind: TypeAlias = Literal["edit", "person", "attribute", "attention"]
"""What a measure is taken of: a whole edit, each edited person, each attribute the edit names of a person, or the
attention map of each word of the instruction."""


@dataclass(frozen=True, kw_only=True)
class EditArguments:
    """What a measure of the whole edit may ask for.

    Attributes:
        image: edited image, (H, W, 3), 0 to 1.
        before: input image, likewise.
        whole: mask of every pixel, (H, W), all 1.
        true_picture: what a perfect edit would give, (H, W, 3).
        region: mask of the edited heads, before and after together, (H, W).
        outside: mask of what the edit must leave as it was, (H, W): beyond the region, and alike in the input image
            and in the true picture.
        heads: mask of each person's head, (H, W) each, in the scene's order.
        edited: index of each person whom the edit is meant to change.
    """

    image: Array
    before: Array
    whole: Array
    true_picture: Array | None = None
    region: Array | None = None
    outside: Array | None = None
    heads: Sequence[Array] | None = None
    edited: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class PersonArguments(EditArguments):
    """What a measure of an edited person may ask for, besides everything known of the whole edit.

    Attributes:
        same_surface: mask of what is the same kind of surface before and after, (H, W): bare skin that the old face
            and the new one share. A photo, in which no skin is known, counts as one person who fills it.
        head: mask of the head, before and after together, (H, W).
        skin: mask of the bare skin of the new face, (H, W).
        normals: surface normals of the new face, (H, W, 3); x right, y down, z to the camera.
        light: unit vector towards the light, (3,), in the frame of the normals.
        expression: the true picture with this person in each expression.
        identity: the true picture with this person as somebody else; only for edits that change who somebody is.
    """

    same_surface: Array
    head: Array | None = None
    skin: Array | None = None
    normals: Array | None = None
    light: Array | None = None
    expression: Choice | None = None
    identity: Choice | None = None


@dataclass(frozen=True, kw_only=True)
class AttributeArguments(PersonArguments):
    """What a measure of one attribute that the edit names may ask for, besides everything known of the person.

    Attributes:
        attribute: the true picture with each value of the attribute.
    """

    attribute: Choice | None = None


@dataclass(frozen=True, kw_only=True)
class AttentionArguments:
    """What a measure of a word's attention map may ask for.

    Attributes:
        shares: attention of each place to the word, (h, w), 0 and up, at the size of the latents.
        region: mask of the edited heads, before and after together, (H, W), at the size of the picture.
    """

    shares: Array
    region: Array | None = None


ARGUMENTS: Mapping[Kind, type] = MappingProxyType(
    {
        "edit": EditArguments,
        "person": PersonArguments,
        "attribute": AttributeArguments,
        "attention": AttentionArguments,
    }
)
"""Class whose fields a measure may ask for, by the kind of measure."""


def always_known(kind: Kind) -> frozenset[str]:
    """Names of the arguments that are known of photos, too."""
    return frozenset(field.name for field in fields(ARGUMENTS[kind]) if field.default is MISSING)


def names_of(kind: Kind) -> tuple[str, ...]:
    """Names of everything that a measure of this kind may ask for."""
    return tuple(field.name for field in fields(ARGUMENTS[kind]))


def of_edit(image: Array, before: Array, truth: SceneTruth | None) -> EditArguments:
    """Arguments of measures of the whole edit."""
    import numpy as np

    whole = np.ones(before.shape[:2])
    if truth is None:
        return EditArguments(image=image, before=before, whole=whole)
    return EditArguments(
        image=image,
        before=before,
        whole=whole,
        true_picture=truth.picture,
        region=truth.region,
        outside=truth.kept,
        heads=truth.heads,
        edited=truth.edited,
    )


def of_people(edit: EditArguments, truth: SceneTruth | None) -> tuple[PersonArguments, ...]:
    """Arguments of measures of each edited person, in the order of `truth.people`."""
    shared = {field.name: getattr(edit, field.name) for field in fields(EditArguments)}
    if truth is None:
        return (PersonArguments(**shared, same_surface=edit.whole),)
    return tuple(
        PersonArguments(
            **shared,
            same_surface=person.shared_skin,
            head=person.head,
            skin=person.skin,
            normals=person.normals,
            light=truth.light,
            expression=person.expression,
            identity=person.identity,
        )
        for person in truth.people
    )


def of_attributes(
    people: Sequence[PersonArguments], truth: SceneTruth | None
) -> Mapping[str, tuple[AttributeArguments, ...]]:
    """Arguments of measures of each attribute that the edit names, by its name: one entry for each person."""
    found: dict[str, tuple[AttributeArguments, ...]] = {}
    for arguments, person in zip(people, truth.people if truth else (), strict=truth is not None):
        shared = {field.name: getattr(arguments, field.name) for field in fields(PersonArguments)}
        for name, choice in person.attributes.items():
            found[name] = (*found.get(name, ()), AttributeArguments(**shared, attribute=choice))
    return found
