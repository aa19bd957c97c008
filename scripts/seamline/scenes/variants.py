"""A sample's scene in another light or mood: what exhibits compare the scene itself with. Needs no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from seamline.scenes.state import Scene


@dataclass(frozen=True, slots=True)
class SceneVariant:
    """The same people, differently lit, perhaps with other expressions.

    Attributes:
        name: distinguishes it from others of the sample, in file names and records: `lamp-at--50`.
        azimuth: of the light, in degrees; 0 from the camera, negative from the left, -80 to 80.
        expressions: of each person from left to right, each one of `EXPRESSIONS`; empty for the scene's own.
    """

    name: str
    azimuth: float
    expressions: tuple[str, ...] = ()

    def of(self, scene: Scene) -> Scene:
        """The variant of a scene.

        Raises:
            ValueError: there are fewer or more expressions than people.
        """
        given = self.expressions or tuple(person.expression for person in scene.people)
        people = tuple(replace(one, expression=own) for one, own in zip(scene.people, given, strict=True))
        return replace(scene, people=people, light=replace(scene.light, azimuth=self.azimuth))

    @property
    def facts(self) -> dict[str, Any]:
        """What is recorded of its pictures; `variant_from` reads it."""
        facts: dict[str, Any] = {"variant": self.name, "light_azimuth": self.azimuth}
        return facts | ({"expressions": list(self.expressions)} if self.expressions else {})


def variant_from(facts: Mapping[str, Any]) -> SceneVariant:
    """The variant whose `facts` these are."""
    return SceneVariant(facts["variant"], facts["light_azimuth"], tuple(facts.get("expressions", ())))


def lit_from(azimuth: float) -> SceneVariant:
    """The variant lit from `azimuth` degrees."""
    return SceneVariant(f"lamp-at-{azimuth:g}", azimuth)


def name_in(image: str, variant: SceneVariant) -> str:
    """The name under which an engine is given the input image of a variant.

    Args:
        image: the name of the input image itself.
    """
    return f"{image}@{variant.name}"


def variant_in(image: str) -> str:
    """The name of the variant that an image's name means; empty for the input image itself."""
    return image.partition("@")[2]
