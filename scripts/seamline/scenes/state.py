"""What a scene is, before a single pixel: people, light and backdrop as plain data.

Attributes form a systematic grid, in the manner SDFD describes for prompts
(arXiv 2404.17255, abstract): demographics beside non-permanent traits, every
combination reachable. Nothing here needs torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, cast

Position = Literal["left", "middle", "right"]

PICTURE_SIZE = (384, 256)
"""Width and height, in pixels, of pictures of scenes where nothing else is asked for: what the mini editor takes."""

IDENTITY_GRID: Mapping[str, tuple[str, ...]] = {
    "presentation": ("woman", "man"),
    "age": ("young", "middle-aged", "old"),
    "skin": ("pale", "fair", "tan", "brown", "dark"),
    "face_shape": ("round", "oval", "square"),
    "hair_colour": ("black", "brown", "blond", "red", "grey"),
    "hair_style": ("short", "long", "curly", "bun", "bald"),
    "glasses": ("none", "glasses"),
    "beard": ("none", "beard"),
    "hat": ("none", "hat", "headscarf"),
}
"""Each attribute of an identity and the values it can take."""

ACCESSORIES: tuple[str, ...] = ("glasses", "beard", "hat")
"""Attributes whose first value means *absent*."""

EXPRESSIONS: tuple[str, ...] = ("neutral", "smiling", "laughing", "surprised", "sad", "angry")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is: what a face swap replaces. Each field takes a value of `IDENTITY_GRID`.

    Raises:
        ValueError: a field holds a value that its row of the grid does not list.
    """

    presentation: str
    age: str
    skin: str
    face_shape: str
    hair_colour: str
    hair_style: str
    glasses: str
    beard: str
    hat: str

    def __post_init__(self) -> None:
        for field in fields(self):
            value, allowed = getattr(self, field.name), IDENTITY_GRID[field.name]
            if value not in allowed:
                raise ValueError(f"{field.name}: {value!r} is not one of {', '.join(allowed)}")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a scene: an identity, and everything a swap must leave alone.

    Attributes:
        expression: one of `EXPRESSIONS`.
        x, y: centre of the head, in picture heights from the picture's centre (right, down).
        scale: half the head's height, in picture heights (about 0.2 to 0.3).
        tilt: rotation of the head in degrees, clockwise positive (-12 to 12).
        clothes: index into the drawing's palette of clothes.
    """

    identity: Identity
    expression: str
    x: float
    y: float
    scale: float
    tilt: float
    clothes: int


@dataclass(frozen=True, slots=True)
class Light:
    """The one light of a scene.

    Attributes:
        azimuth: degrees, 0 from the camera, negative from the left (-80 to 80).
        elevation: degrees above the horizon (10 to 60).
        warmth: -1 (cool) to 1 (warm).
        strength: share of the shading that comes from the light rather than all around (0.4 to 0.8).
    """

    azimuth: float
    elevation: float
    warmth: float
    strength: float


@dataclass(frozen=True, slots=True)
class Scene:
    """A synthetic group photo: two or three people, from left to right, under one light.

    Attributes:
        backdrop: index into the drawing's palette of backdrops.
    """

    people: tuple[Person, ...]
    light: Light
    backdrop: int

    @property
    def positions(self) -> tuple[Position, ...]:
        """What each person is called, in the order of `people`."""
        names = ("left", "right") if len(self.people) == 2 else ("left", "middle", "right")
        return cast("tuple[Position, ...]", names)

    def index(self, position: Position) -> int:
        """Index into `people` of whoever stands at `position`.

        Raises:
            ValueError: nobody stands there (no one is in the middle of two).
        """
        if position not in self.positions:
            raise ValueError(f"nobody stands at {position!r}: this scene has {' and '.join(self.positions)}")
        return self.positions.index(position)
