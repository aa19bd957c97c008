"""Chips: edits of one person that a reader composes without typing, in sentences the mini editor was trained on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seamline.scenes.edits import Edit, SetAttribute, SetExpression
from seamline.scenes.state import Identity, Position, Scene

EXPRESSION = "expression"


@dataclass(frozen=True, slots=True)
class Chip:
    """One value that a person's attribute or expression can be given.

    Attributes:
        what: attribute of `IDENTITY_GRID`, or `expression`.
        label: the value as readers see it.
        sentence: the instruction, with `{who}` in place of the person.
    """

    what: str
    value: str
    label: str
    sentence: str

    def edit(self, position: Position) -> Edit:
        """What the instruction asks for, of whoever stands at `position`."""
        if self.what == EXPRESSION:
            return SetExpression(position, self.value)
        return SetAttribute(position, self.what, self.value)

    def instruction(self, position: Position) -> str:
        """The sentence about whoever stands at `position`."""
        return self.sentence.format(who=WHO[position])


WHO: Mapping[Position, str] = {
    "left": "the person on the left",
    "middle": "the person in the middle",
    "right": "the person on the right",
}

WHAT: Mapping[str, str] = {
    "hair_colour": "Hair colour",
    "hair_style": "Hair",
    "glasses": "Glasses",
    "beard": "Beard",
    "hat": "Headwear",
    "age": "Age",
    EXPRESSION: "Expression",
}
"""What can be changed by a chip, as readers see it."""


def _chips() -> Iterator[Chip]:
    for colour in ("black", "brown", "blond", "red", "grey"):
        yield Chip("hair_colour", colour, colour, f"give {{who}} {colour} hair")
    for style in ("short", "long", "curly"):
        yield Chip("hair_style", style, style, f"give {{who}} {style} hair")
    yield Chip("hair_style", "bald", "bald", "make {who} bald")
    yield Chip("glasses", "glasses", "on", "give {who} glasses")
    yield Chip("glasses", "none", "off", "take the glasses off {who}")
    yield Chip("beard", "beard", "on", "give {who} a beard")
    yield Chip("beard", "none", "off", "remove the beard from {who}")
    yield Chip("hat", "hat", "hat", "put a hat on {who}")
    yield Chip("hat", "headscarf", "headscarf", "put a headscarf on {who}")
    for age in ("young", "old"):
        yield Chip("age", age, age, f"make {{who}} {age}")
    yield Chip(EXPRESSION, "smiling", "smiling", "make {who} smile")
    yield Chip(EXPRESSION, "laughing", "laughing", "make {who} laugh")
    for look in ("neutral", "surprised", "sad", "angry"):
        yield Chip(EXPRESSION, look, look, f"make {{who}} look {look}")


CHIPS: tuple[Chip, ...] = tuple(_chips())


def words(scene: Scene) -> str:
    """A scene for those who cannot see it: who stands where, by what the scene's state says."""
    return "; ".join(
        f"{position}, {_person(person.identity, person.expression)}"
        for position, person in zip(scene.positions, scene.people, strict=True)
    )


def _person(identity: Identity, expression: str) -> str:
    who = f"{'an' if identity.age == 'old' else 'a'} {identity.age} {identity.presentation}"
    colour = identity.hair_colour
    hair = {"bun": f"{colour} hair in a bun", "bald": "no hair"}.get(
        identity.hair_style, f"{identity.hair_style} {colour} hair"
    )
    worn = [name for name in (identity.glasses, identity.beard, identity.hat) if name != "none"]
    return f"{who} with {' and '.join([hair, *worn])}, {expression}"
