"""A row of cameras before a scene, and how far away its people stand. Plain data; needs no torch.

People are flat and parallel to the picture, each at one depth, so a camera's step to the side moves a person across
the picture by a step times the person's disparity. The cameras converge on the wall, whose disparity is 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from seamline.scenes.state import Scene

CAMERAS = 13
"""How many a row has where nobody says otherwise."""
REACH = 1.5
"""How far to either side of the middle a row reaches, in units of the baseline."""
RISE = 0.4
"""How much higher than the middle camera those at the ends of a row are, likewise."""
FARTHEST, NEAREST = 4.6 / 128, 10.6 / 128
"""Disparity of the person furthest behind and of the one in front, in picture heights a unit of the baseline."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Where a camera stands, in units of the baseline.

    Attributes:
        x: to the right of the camera that draws the scene itself.
        y: above it.
    """

    x: float
    y: float


def camera_row(count: int = CAMERAS) -> tuple[Camera, ...]:
    """Cameras from left to right on a shallow arc; the middle one of an odd number draws the scene itself.

    Raises:
        ValueError: there is no camera.
    """
    if count < 1:
        raise ValueError(f"a row needs a camera, not {count}")
    if count == 1:
        return (Camera(0.0, 0.0),)
    places = [2 * at / (count - 1) - 1 for at in range(count)]
    return tuple(Camera(REACH * place, RISE * place * place) for place in places)


def disparities(people: int) -> tuple[float, ...]:
    """Disparity of each of `people`, in picture heights a unit of the baseline: those painted later stand nearer."""
    if people == 1:
        return (NEAREST,)
    return tuple(FARTHEST + (NEAREST - FARTHEST) * at / (people - 1) for at in range(people))


def moved(scene: Scene, camera: Camera) -> Scene:
    """The scene with its people where `camera` sees them; wall and light stay."""
    people = tuple(
        replace(person, x=person.x - camera.x * disparity, y=person.y + camera.y * disparity)
        for person, disparity in zip(scene.people, disparities(len(scene.people)), strict=True)
    )
    return replace(scene, people=people)
