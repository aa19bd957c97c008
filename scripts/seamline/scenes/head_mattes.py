"""The true alpha of each person's head, hair and neck, and hair with loose strands.

Painted by the code that paints people, so that a matte and the picture it belongs to cannot drift apart. A matte is
the share of a pixel's light that comes from the visible head and neck, as compositing needs it; what the rasterizer
calls `face_masks` ends at the chin and counts the coverage of an edge twice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from seamline.scenes.canvas import Canvas, Normals, stroke
from seamline.scenes.people import paint_people
from seamline.scenes.rasterizer import MAX_PEOPLE, _Layer, _patches, _wall
from seamline.scenes.state import PICTURE_SIZE, Light, Person, Scene
from seamline.scenes.traits import Traits

_STRANDS = 45
_OUTLINES = {
    "short": (0.08, 0.0, 1.06, 0.50, 0.16),
    "long": (0.24, 0.30, 1.34, 0.66, 0.24),
    "curly": (0.34, -0.20, 1.12, 0.62, 0.24),
    "bun": (0.06, 0.0, 1.06, 0.50, 0.20),
}
"""By hair style, in head units: how far the hair is wider than the head, the height of its middle, its half height,
the share of the outline that has strands, from the top down, and how far they stand out."""


@dataclass(frozen=True)
class Matted:
    """B scenes with mattes; people are in the order of `Scene.people`, absent ones all zero.

    Attributes:
        picture: (B,3,H,W) float32, RGB in 0..1.
        mattes: (B,3,H,W) float32, 0..1: how much of each pixel's light is that of each person's visible head, hair,
            headwear and neck.
    """

    picture: Tensor
    mattes: Tensor


def rasterize_mattes(
    scenes: Sequence[Scene], width: int = PICTURE_SIZE[0], height: int = PICTURE_SIZE[1], *, strands: bool = False
) -> Matted:
    """Rasterize `scenes` at `width` x `height` pixels, on the CPU.

    Args:
        strands: whether hair has loose strands, thinner than a pixel; without them the picture is `rasterize`'s,
            to the bit.
    """
    device = torch.device("cpu")
    picture = torch.stack([_wall(scene, width, height, device) for scene in scenes])
    mattes = torch.zeros(len(scenes), MAX_PEOPLE, height, width)
    layers = _layers(scenes, width, height, strands=strands)
    for index, scene in enumerate(scenes):
        standing = [layers[person, scene.light] for person in scene.people]
        for layer in standing:
            picture[index] *= layer.shadow
        for place, layer in enumerate(standing):
            hidden = 1 - layer.alpha
            picture[index] = picture[index] * hidden + layer.colour
            mattes[index] *= hidden
            mattes[index, place] = layer.head
    return Matted(picture.clamp(0, 1), mattes.clamp(0, 1))


class _HeadAndNeck(Canvas):
    """A canvas whose coverage of the head holds the neck too."""

    bare: Tensor

    @classmethod
    def of(cls, canvas: Canvas, traits: Traits) -> _HeadAndNeck:
        """The same patches, of people with these traits."""
        made = object.__new__(cls)
        made.__dict__.update(canvas.__dict__)
        made.bare = traits.skin
        return made

    def paint(
        self,
        cover: Tensor,
        albedo: Tensor,
        normals: Normals,
        *,
        head: bool = True,
        skin: bool = False,
        gloss: float = 0.0,
    ) -> None:
        """Lay a lit surface over what is there; of the body, what has the colour of skin is the neck."""
        neck = torch.equal(albedo[..., :1, :1], self.bare)
        super().paint(cover, albedo, normals, head=head or neck, skin=skin, gloss=gloss)


def _layers(scenes: Sequence[Scene], width: int, height: int, *, strands: bool) -> dict[tuple[Person, Light], _Layer]:
    seen = list(dict.fromkeys((person, scene.light) for scene in scenes for person in scene.people))
    people, lights = [person for person, _ in seen], [light for _, light in seen]
    blank, corners = _patches(people, lights, width, height, torch.device("cpu"))
    traits = Traits(people, blank.u.device)
    canvas = _HeadAndNeck.of(blank, traits)
    paint_people(canvas, people)
    if strands:
        _paint_strands(canvas, people, traits)
    shadows = [_Shadow(light, person.scale * height) for person, light in seen]
    return {
        key: _Layer(patch, corner, (height, width), shadow)
        for key, patch, corner, shadow in zip(seen, canvas.layers, corners, shadows, strict=True)
    }


@dataclass(frozen=True)
class _Shadow:
    """What a person leaves of the light on the wall, of its coverage (H,W)."""

    light: Light
    unit: float

    def __call__(self, alpha: Tensor) -> Tensor:
        from seamline.scenes.rasterizer import _shadow

        return _shadow(alpha, self.light, self.unit)


def _paint_strands(canvas: Canvas, people: Sequence[Person], traits: Traits) -> None:
    """Loose hairs around the head, each a tapered stroke that covers part of a pixel."""
    grown = 1 - torch.maximum(traits.hat, traits.scarf)
    normals = (torch.zeros_like(canvas.u), torch.zeros_like(canvas.u), torch.ones_like(canvas.u))
    turns = [math.sin(40 * person.x + 7 * person.y) / 2 for person in people]
    turn = torch.tensor(turns, device=canvas.u.device).view(-1, 1, 1)
    for style, (wider, middle, tall, share, reach) in _OUTLINES.items():
        worn = traits.style(style) * grown
        if not bool(worn.any()):
            continue
        distance = torch.full_like(canvas.u, 9.0)
        for number in range(_STRANDS):
            angle = (number / (_STRANDS - 1) - 0.5) * 2 * math.pi * share + 0.1 * turn
            uneven = 0.45 + 0.55 * torch.sin(number * 2.4 + turn * 9).abs()
            bend = 0.5 * torch.sin(number * 5.1 + turn * 4)
            du, dv = torch.sin(angle), -torch.cos(angle)
            root = (du * (traits.width + wider), middle + dv * tall)
            tip = (root[0] + (du - bend * dv) * reach * uneven, root[1] + (dv + bend * du) * reach * uneven)
            distance = torch.minimum(distance, stroke(canvas.u, canvas.v, root, tip))
        # A hair is thinner than a pixel: its coverage is its width, at most half.
        thin = (0.022 * canvas.unit).clamp(0.2, 0.5)
        cover = worn * thin * (1.2 - distance * canvas.unit).clamp(0, 1)
        canvas.paint(cover, traits.hair.expand_as(canvas.colour), normals)


def without_headwear(scene: Scene) -> Scene:
    """The scene with every head bare, so that strands show."""
    people = tuple(replace(one, identity=replace(one.identity, hat="none")) for one in scene.people)
    return replace(scene, people=people)
