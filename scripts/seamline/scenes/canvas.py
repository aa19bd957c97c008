"""A pile of patches, one a person, on which shapes are painted under the scene's light.

Shapes are implicit functions of local coordinates (unit: half the head's height, u to
the right, v down) and are anti-aliased from their distance; each has normals and is
lit by Lambert's law with a soft terminator. A warm edge stands between light and
shadow on skin, and a darker rim holds shapes together at small sizes.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass

import torch
from torch import Tensor

Normals = tuple[Tensor, Tensor, Tensor]

ABOVE = 1.85
"""How far a patch reaches above the centre of a head, in units: hats and buns fit."""


@dataclass
class LightRig:
    """The light of each patch: direction (N,1,1) each, colours (N,3,1,1), strength (N,1,1,1)."""

    x: Tensor
    y: Tensor
    z: Tensor
    key: Tensor
    fill: Tensor
    strength: Tensor

    def shade(self, albedo: Tensor, normals: Normals, *, skin: bool = False) -> Tensor:
        """Albedo (N,3,h,w) as it looks under this light."""
        nx, ny, nz = normals
        facing = nx * self.x + ny * self.y + nz * self.z
        lit = ((facing + 0.18) / 1.18).clamp(0).unsqueeze(1)
        shade = self.fill * (1 - 0.76 * self.strength) + self.key * (1.02 * self.strength) * lit
        if skin:
            terminator = torch.exp(-(((facing - 0.08) / 0.22) ** 2)).unsqueeze(1)
            warm = torch.tensor((0.10, -0.01, -0.03), device=albedo.device).view(1, 3, 1, 1)
            shade = shade + warm * terminator * self.strength
        rim = 1 - 0.34 * (1 - nz.clamp(0, 1)).pow(3).unsqueeze(1)
        return albedo * shade * rim


class Canvas:
    """Patches of N people: colour, coverage and ground truth, painted back to front.

    Attributes:
        u, v: head coordinates (N,h,w), turned with the head.
        bu, bv: body coordinates (N,h,w), upright.
        layers: (N,9,h,w): colour premultiplied by coverage, normals, coverage, head, bare skin.
    """

    def __init__(self, bu: Tensor, bv: Tensor, unit: Tensor, tilt: Tensor, light: LightRig) -> None:
        self.bu, self.bv, self.unit, self.light = bu, bv, unit, light
        # Heads turn about the neck, not about the nose.
        cos, sin = torch.cos(tilt), torch.sin(tilt)
        self.u = cos * bu + sin * (bv - 0.9)
        self.v = -sin * bu + cos * (bv - 0.9) + 0.9
        self.layers = torch.zeros(len(bu), 9, *bu.shape[1:], device=bu.device)

    def window(self, left: float, right: float, top: float, bottom: float) -> Canvas:
        """The part of every patch between these body coordinates: painting it paints this canvas.

        Patches of one batch differ in scale; the window is as large as the largest person needs.
        """
        column, row = self._origin
        scale = self._largest
        rows = slice(max(0, math.floor(row + top * scale)), math.ceil(row + bottom * scale))
        columns = slice(max(0, math.floor(column + left * scale)), math.ceil(column + right * scale))
        part = copy.copy(self)
        for name in ("u", "v", "bu", "bv", "layers"):
            setattr(part, name, getattr(self, name)[..., rows, columns])
        return part

    @classmethod
    def blank(
        cls, offset: Tensor, unit: Tensor, tilt: Tensor, light: LightRig, *, size: tuple[int, int], largest: float
    ) -> Canvas:
        """Empty patches of `size` (h, w), heads centred `offset` (N,2) pixels in, at most `largest` pixels a unit."""
        height, width = size
        rows = torch.arange(height, device=unit.device).view(1, -1, 1) + 0.5
        columns = torch.arange(width, device=unit.device).view(1, 1, -1) + 0.5
        scale = unit.view(-1, 1, 1)
        bu = ((columns - offset[:, 0].view(-1, 1, 1)) / scale).expand(-1, height, -1)
        bv = ((rows - offset[:, 1].view(-1, 1, 1)) / scale).expand(-1, -1, width)
        canvas = cls(bu, bv, scale, tilt.view(-1, 1, 1), light)
        canvas._origin, canvas._largest = (width / 2, ABOVE * largest), largest
        return canvas

    _origin: tuple[float, float]
    _largest: float

    @property
    def colour(self) -> Tensor:
        return self.layers[:, 0:3]

    @property
    def alpha(self) -> Tensor:
        return self.layers[:, 6]

    @property
    def skin(self) -> Tensor:
        return self.layers[:, 8]

    def cover(self, distance: Tensor, soft: float = 0.0) -> Tensor:
        """Coverage of a shape from its signed distance in units; `soft` widens the edge, in units."""
        return (0.5 - distance * self.unit / (1.0 + soft * self.unit)).clamp(0, 1)

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
        """Lay a lit surface over what is there."""
        colour = self.light.shade(albedo, normals, skin=skin)
        if gloss:
            nx, ny, nz = normals
            half = torch.sqrt((2 + 2 * self.light.z).clamp(min=1e-3))
            spot = (nx * self.light.x + ny * self.light.y + nz * (1 + self.light.z)) / half
            colour = colour + gloss * self.light.strength * self.light.key * spot.clamp(0).pow(18).unsqueeze(1)
        flat = torch.ones_like(cover)
        truth = torch.stack([*normals, flat, flat * float(head), flat * float(skin)], 1)
        self.layers.lerp_(torch.cat([colour.expand_as(self.colour), truth], 1), cover.unsqueeze(1))

    def glaze(self, cover: Tensor, colour: Tensor) -> None:
        """Lay an unlit colour (N,3,h,w or broadcastable) over what is there; it hides bare skin."""
        part = (cover * (self.alpha > 0)).unsqueeze(1)
        self.colour.lerp_(colour.expand_as(self.colour), part)
        self.skin.mul_(1 - cover)

    def darken(self, amount: Tensor, tint: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> None:
        """Multiply what is there by `1 - amount * tint`."""
        weights = torch.tensor(tint, device=amount.device).view(1, 3, 1, 1)
        self.colour.mul_(1 - amount.unsqueeze(1) * weights)


def dome(u: Tensor, v: Tensor, flat: float = 1.0) -> Normals:
    """Normals of a half ellipsoid over the unit disc of (u, v); `flat` < 1 makes it shallower."""
    x, y = u * flat, v * flat
    z = torch.sqrt((1 - x * x - y * y).clamp(min=0.02))
    size = torch.sqrt(x * x + y * y + z * z)
    return x / size, y / size, z / size


def superellipse(u: Tensor, v: Tensor, power: Tensor | float = 2.0) -> Tensor:
    """Radius of (u, v) in the superellipse norm: 1 on the outline."""
    return (u.abs().clamp(min=1e-4) ** power + v.abs().clamp(min=1e-4) ** power) ** (1.0 / power)


def stroke(
    u: Tensor, v: Tensor, start: tuple[Tensor | float, Tensor | float], end: tuple[Tensor | float, Tensor | float]
) -> Tensor:
    """Distance of (u, v) from a segment."""
    (x0, y0), (x1, y1) = start, end
    dx, dy = x1 - x0, y1 - y0
    along = (((u - x0) * dx + (v - y0) * dy) / (dx * dx + dy * dy)).clamp(0, 1)
    return torch.sqrt((u - x0 - along * dx) ** 2 + (v - y0 - along * dy) ** 2 + 1e-9)
