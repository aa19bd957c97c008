"""Scenes as pixels: a picture, and the truth about every one of them.

The wall is lit by the scene's light and carries the people's soft shadows; people are
painted on patches (`people`) and laid over it. The same scene gives the same pixels
on every run of the same machine, in any batch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from seamline.scenes import palette
from seamline.scenes.canvas import ABOVE, Canvas, LightRig
from seamline.scenes.people import paint_people
from seamline.scenes.state import PICTURE_SIZE, Light, Person, Scene

MAX_PEOPLE = 3
LARGEST_SCALE = 0.28
"""No head is larger, in picture heights per unit."""
AT_ONCE = 4
"""People painted at once on a CPU, whose caches hold no more; the pixels don't depend on it."""
BELOW = 2.3
"""How far a patch reaches below the centre of a head, in units of the largest head."""
LANDMARKS: dict[str, tuple[float, float]] = {
    "left eye": (-0.35, 0.03),
    "right eye": (0.35, 0.03),
    "nose": (0.0, 0.27),
    "mouth": (0.0, 0.60),
    "chin": (0.0, 1.0),
}
"""Where landmarks lie on a head, in head units."""


@dataclass(frozen=True)
class Rasterized:
    """B drawn scenes; people are in the order of `Scene.people`, absent ones all zero.

    Attributes:
        picture: (B,3,H,W) float32, RGB in 0..1.
        face_masks: (B,3,H,W), how much of each pixel is each person's visible head, with hair and headwear.
        person_masks: (B,3,H,W), likewise for head and body.
        skin_masks: (B,3,H,W), likewise for bare skin of the face.
        normals: (B,3,H,W), unit normals of what is seen (x right, y down, z to the camera); 0 on the wall.
        landmarks: (B,3,5,2), x and y of each of `LANDMARKS` in pixels.
    """

    picture: Tensor
    face_masks: Tensor
    person_masks: Tensor
    skin_masks: Tensor
    normals: Tensor
    landmarks: Tensor


def rasterize(
    scenes: Sequence[Scene],
    width: int = PICTURE_SIZE[0],
    height: int = PICTURE_SIZE[1],
    device: str | torch.device = "cpu",
) -> Rasterized:
    """Draw `scenes` at `width` x `height` pixels."""
    device = torch.device(device)
    picture = torch.stack([_wall(scene, width, height, device) for scene in scenes])
    layers = _layers(scenes, width, height, device)
    shape = (len(scenes), MAX_PEOPLE, height, width)
    face_masks, person_masks, skin_masks = (torch.zeros(shape, device=device) for _ in range(3))
    normals = torch.zeros_like(picture)
    landmarks = torch.zeros(len(scenes), MAX_PEOPLE, len(LANDMARKS), 2, device=device)
    for index, scene in enumerate(scenes):
        standing = [layers[person, scene.light] for person in scene.people]
        for layer in standing:
            picture[index] *= layer.shadow
        for place, (person, layer) in enumerate(zip(scene.people, standing, strict=True)):
            hidden = 1 - layer.alpha
            picture[index] = picture[index] * hidden + layer.colour
            normals[index] = normals[index] * hidden + layer.normals * layer.alpha
            for masks in (face_masks, person_masks, skin_masks):
                masks[index] *= hidden
            face_masks[index, place] = layer.alpha * layer.head
            person_masks[index, place] = layer.alpha
            skin_masks[index, place] = layer.alpha * layer.skin
            landmarks[index, place] = _landmarks(person, width, height).to(device)
    return Rasterized(picture.clamp(0, 1), face_masks, person_masks, skin_masks, _unit(normals), landmarks)


def _unit(vectors: Tensor) -> Tensor:
    """(B,3,H,W) at length 1, and 0 where they are 0: `F.normalize(…, dim=1)`, which takes 20 times as long on a CPU."""
    return vectors / vectors.square().sum(1, keepdim=True).sqrt().clamp(min=1e-12)


class _Layer:
    """One person on the whole picture; what hangs over its edges is cut off."""

    def __init__(
        self, patch: Tensor, corner: tuple[int, int], size: tuple[int, int], shadow: Callable[[Tensor], Tensor]
    ) -> None:
        (left, top), (height, width) = corner, size
        right, bottom = width - left - patch.shape[-1], height - top - patch.shape[-2]
        whole = F.pad(patch, (left, right, top, bottom))
        self.colour, self.alpha, self.head, self.skin = whole[0:3], whole[6], whole[7], whole[8]
        self.normals = whole[3:6]
        self.shadow = shadow(self.alpha)


def _layers(
    scenes: Sequence[Scene], width: int, height: int, device: torch.device
) -> dict[tuple[Person, Light], _Layer]:
    """Every person of `scenes`, drawn once however many scenes they stand in."""
    seen = list(dict.fromkeys((person, scene.light) for scene in scenes for person in scene.people))
    at_once = AT_ONCE if device.type == "cpu" else len(seen)
    layers = {}
    for first in range(0, len(seen), at_once):
        some = seen[first : first + at_once]
        people, lights = [person for person, _ in some], [light for _, light in some]
        canvas, corners = _patches(people, lights, width, height, device)
        paint_people(canvas, people)
        for (person, light), patch, corner in zip(some, canvas.layers, corners, strict=True):
            shadow = partial(_shadow, light=light, unit=person.scale * height)
            layers[person, light] = _Layer(patch, corner, (height, width), shadow)
    return layers


def _patches(
    people: Sequence[Person], lights: Sequence[Light], width: int, height: int, device: torch.device
) -> tuple[Canvas, list[tuple[int, int]]]:
    """A canvas with a patch a person, and the (column, row) at which each patch begins."""
    largest = LARGEST_SCALE * height
    size = (math.ceil((ABOVE + BELOW) * largest), 2 * math.ceil(1.75 * largest))
    unit = torch.tensor([person.scale * height for person in people], device=device)
    centre = torch.tensor([_centre(person, width, height) for person in people], device=device)
    corners = [(math.floor(x - size[1] / 2), math.floor(y - ABOVE * largest)) for x, y in centre.tolist()]
    tilt = torch.tensor([math.radians(person.tilt) for person in people], device=device)
    offset = centre - torch.tensor(corners, device=device)
    return Canvas.blank(offset, unit, tilt, _rig(lights, device), size=size, largest=largest), corners


def _centre(person: Person, width: int, height: int) -> tuple[float, float]:
    return width / 2 + person.x * height, height / 2 + person.y * height


def _landmarks(person: Person, width: int, height: int) -> Tensor:
    x, y = _centre(person, width, height)
    unit, tilt = person.scale * height, math.radians(person.tilt)
    points = []
    for u, v in LANDMARKS.values():
        down = v - 0.9
        points.append((
            x + unit * (math.cos(tilt) * u - math.sin(tilt) * down),
            y + unit * (math.sin(tilt) * u + math.cos(tilt) * down + 0.9),
        ))  # fmt: skip
    return torch.tensor(points)


def light_vector(light: Light) -> tuple[float, float, float]:
    """Unit vector towards the light: x right, y down, z to the camera."""
    azimuth, elevation = math.radians(light.azimuth), math.radians(light.elevation)
    flat = math.cos(elevation)
    return flat * math.sin(azimuth), -math.sin(elevation), flat * math.cos(azimuth)


def _rig(lights: Sequence[Light], device: torch.device) -> LightRig:
    directions = torch.tensor([light_vector(light) for light in lights], device=device)
    x, y, z = (column.view(-1, 1, 1) for column in directions.unbind(1))
    key, fill = (
        torch.tensor([pick(light) for light in lights], device=device).view(-1, 3, 1, 1) for pick in (_key, _fill)
    )
    strength = torch.tensor([light.strength for light in lights], device=device).view(-1, 1, 1, 1)
    return LightRig(x, y, z, key, fill, strength)


def _key(light: Light) -> palette.RGB:
    warm = light.warmth
    return 1.06 + 0.08 * warm, 1.02 - 0.01 * warm, 0.98 - 0.15 * warm


def _fill(light: Light) -> palette.RGB:
    warm = light.warmth
    return 0.98 - 0.05 * warm, 0.99, 1.05 + 0.05 * warm


def _wall(scene: Scene, width: int, height: int, device: torch.device) -> Tensor:
    """The lit wall with its painted shape, (3,H,W)."""
    y = ((torch.arange(height, device=device) + 0.5) / height - 0.5).view(-1, 1)
    x = ((torch.arange(width, device=device) + 0.5 - width / 2) / height).view(1, -1)
    wall, shape = (torch.tensor(rgb, device=device).view(3, 1, 1) for rgb in palette.BACKDROPS[scene.backdrop])
    inside = _motif(scene.backdrop, x, y)
    cover = (0.5 - inside * height).clamp(0, 1)
    lx, ly, _ = light_vector(scene.light)
    glow = 1.0 + scene.light.strength * (0.26 * lx * x - 0.20 * y + 0.20 * ly * y) - 0.10 * (x * x + y * y)
    key = torch.tensor(_key(scene.light), device=device).view(3, 1, 1)
    return (torch.lerp(wall.expand(3, height, width), shape.expand(3, height, width), cover) * glow * key * 0.94).clamp(
        0, 1
    )


def _motif(backdrop: int, x: Tensor, y: Tensor) -> Tensor:
    """Signed distance of the wall's painted shape, in picture heights."""
    if backdrop % 4 == 0:
        return torch.sqrt(x * x + (y + 0.02) ** 2) - 0.42
    if backdrop % 4 == 1:
        return y + 0.16 - 0.0 * x
    if backdrop % 4 == 2:
        return torch.sqrt(x * x + (y.clamp(max=-0.05) + 0.05) ** 2) - 0.40
    return torch.sqrt((x + 0.45) ** 2 + (y + 0.32) ** 2) - 0.24


def _shadow(alpha: Tensor, light: Light, unit: float) -> Tensor:
    """What a person (H,W) leaves of the light on the wall behind, as a factor (3,H,W)."""
    lx, ly, lz = light_vector(light)
    reach = 0.75 * unit / max(lz, 0.45)
    right, down = round(-lx * reach), round(-ly * reach * 0.6)
    soft = _blur(F.pad(alpha, (right, -right, down, -down)), unit * 0.16)
    tint = torch.tensor((0.80, 0.86, 0.74), device=alpha.device).view(3, 1, 1)
    return 1 - 0.52 * light.strength * soft * tint


def _blur(image: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of (H,W), separable, edges repeated."""
    radius = max(1, math.ceil(2.5 * sigma))
    kernel = torch.exp(-0.5 * (torch.arange(-radius, radius + 1, device=image.device) / sigma) ** 2)
    kernel = kernel / kernel.sum()
    stacked = F.pad(image[None, None], (radius, radius, radius, radius), mode="replicate")
    across = F.conv2d(stacked, kernel.view(1, 1, 1, -1))
    return F.conv2d(across, kernel.view(1, 1, -1, 1))[0, 0]
