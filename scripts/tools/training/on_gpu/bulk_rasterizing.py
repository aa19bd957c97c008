"""Many scenes rasterized at once, for a GPU: a few large operations where `rasterize` makes many small ones.

People are painted by the same code; wall, shadows and layers are composed for a whole batch. Pictures are those of
`seamline.scenes.rasterizer.rasterize`, up to the rounding of sums.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from seamline.scenes import palette, rasterizer
from seamline.scenes.people import paint_people
from seamline.scenes.rasterizer import MAX_PEOPLE, light_vector
from seamline.scenes.state import Light, Person, Scene

_ALPHA, _HEAD = 6, 7
"""Channels of a canvas's layers."""


def rasterize_in_bulk(
    scenes: Sequence[Scene], width: int, height: int, device: str | torch.device
) -> tuple[Tensor, Tensor]:
    """Draw `scenes` at `width` x `height` pixels.

    Returns:
        picture (B,3,H,W) float32, RGB in 0..1, and face_masks (B,3,H,W), as `Rasterized` has them.
    """
    device = torch.device(device)
    seen = {key: at for at, key in enumerate(dict.fromkeys((p, s.light) for s in scenes for p in s.people))}
    people, lights = [person for person, _ in seen], [light for _, light in seen]
    canvas, corners = rasterizer._patches(people, lights, width, height, device)
    paint_people(canvas, people)
    picture = _walls(scenes, width, height, device)
    standing = [_Place.of(place, scenes, seen, corners, height, device) for place in range(MAX_PEOPLE)]
    for place in standing:
        picture *= place.shadow(canvas.layers, scenes, width, height)
    face_masks = torch.zeros(len(scenes), MAX_PEOPLE, height, width, device=device)
    for at, place in enumerate(standing):
        layer = place.layer(canvas.layers, width, height)
        hidden = 1 - layer[:, _ALPHA : _ALPHA + 1]
        picture = picture * hidden + layer[:, :3]
        face_masks *= hidden
        face_masks[:, at] = layer[:, _ALPHA] * layer[:, _HEAD]
    return picture.clamp(0, 1), face_masks


class _Place:
    """Who stands at one place of each scene: patch number, presence, corner of the patch, pixels a unit."""

    def __init__(self, patch: Tensor, present: Tensor, corner: Tensor, unit: Tensor) -> None:
        self._patch, self._present, self._corner, self._unit = patch, present, corner, unit

    @classmethod
    def of(
        cls,
        place: int,
        scenes: Sequence[Scene],
        seen: Mapping[tuple[Person, Light], int],
        corners: Sequence[tuple[int, int]],
        height: int,
        device: torch.device,
    ) -> _Place:
        people = [scene.people[place] if place < len(scene.people) else None for scene in scenes]
        patch = [0 if p is None else seen[p, scene.light] for p, scene in zip(people, scenes, strict=True)]
        return cls(
            torch.tensor(patch, device=device),
            torch.tensor([float(person is not None) for person in people], device=device).view(-1, 1, 1),
            torch.tensor([corners[at] for at in patch], device=device),
            torch.tensor([1.0 if person is None else person.scale * height for person in people], device=device),
        )

    def layer(self, patches: Tensor, width: int, height: int) -> Tensor:
        """(B,9,H,W): the patches laid on the whole picture, 0 where they are not and where nobody stands."""
        return self._laid(patches, width, height, torch.zeros_like(self._corner)) * self._present.unsqueeze(1)

    def shadow(self, patches: Tensor, scenes: Sequence[Scene], width: int, height: int) -> Tensor:
        """(B,3,H,W): what the people leave of the light on the wall behind, as a factor; see `rasterizer._shadow`."""
        shifts = []
        for scene, unit in zip(scenes, self._unit.tolist(), strict=True):
            lx, ly, lz = light_vector(scene.light)
            reach = 0.75 * unit / max(lz, 0.45)
            shifts.append((round(-lx * reach), round(-ly * reach * 0.6)))
        shift = torch.tensor(shifts, device=self._corner.device)
        alpha = self._laid(patches[:, _ALPHA : _ALPHA + 1], width, height, shift)[:, 0] * self._present
        soft = _blurred(alpha, self._unit * 0.16).unsqueeze(1)
        tint = torch.tensor((0.80, 0.86, 0.74), device=alpha.device).view(1, 3, 1, 1)
        strength = torch.tensor([scene.light.strength for scene in scenes], device=alpha.device).view(-1, 1, 1, 1)
        return 1 - 0.52 * strength * soft * tint

    def _laid(self, patches: Tensor, width: int, height: int, shift: Tensor) -> Tensor:
        """Patches on the whole picture, which is then shifted by (right, down); zeros come in."""
        x = torch.arange(width, device=patches.device) - shift[:, 0:1]
        y = torch.arange(height, device=patches.device) - shift[:, 1:2]
        column, row = x - self._corner[:, 0:1], y - self._corner[:, 1:2]
        across = (x >= 0) & (x < width) & (column >= 0) & (column < patches.shape[3])
        down = (y >= 0) & (y < height) & (row >= 0) & (row < patches.shape[2])
        column, row = column.clamp(0, patches.shape[3] - 1), row.clamp(0, patches.shape[2] - 1)
        # Patches first lie in the last dimension but two, so that one index picks whole pixels.
        found = patches.permute(0, 2, 3, 1)[self._patch.view(-1, 1, 1), row.unsqueeze(2), column.unsqueeze(1)]
        return found.permute(0, 3, 1, 2) * (down.unsqueeze(2) & across.unsqueeze(1)).unsqueeze(1)


def _blurred(images: Tensor, sigmas: Tensor) -> Tensor:
    """Gaussian blur of (B,H,W), each by its own sigma, separable, edges repeated; see `rasterizer._blur`."""
    radii = (2.5 * sigmas).ceil().clamp(min=1)
    radius = int(radii.max())
    offsets = torch.arange(-radius, radius + 1, device=images.device)
    kernels = torch.exp(-0.5 * (offsets / sigmas.view(-1, 1)) ** 2) * (offsets.abs() <= radii.view(-1, 1))
    kernels = kernels / kernels.sum(1, keepdim=True)
    count = len(images)
    padded = F.pad(images.unsqueeze(0), (radius, radius, radius, radius), mode="replicate")
    across = F.conv2d(padded, kernels.view(count, 1, 1, -1), groups=count)
    return F.conv2d(across, kernels.view(count, 1, -1, 1), groups=count)[0]


def _walls(scenes: Sequence[Scene], width: int, height: int, device: torch.device) -> Tensor:
    """The lit walls with their painted shapes, (B,3,H,W); see `rasterizer._wall`."""

    def column(values: Sequence[float]) -> Tensor:
        return torch.tensor(values, device=device).view(-1, 1, 1, 1)

    y = ((torch.arange(height, device=device) + 0.5) / height - 0.5).view(-1, 1)
    x = ((torch.arange(width, device=device) + 0.5 - width / 2) / height).view(1, -1)
    motifs = torch.stack([rasterizer._motif(kind, x, y) for kind in range(4)])
    kinds = torch.tensor([scene.backdrop % 4 for scene in scenes], device=device)
    cover = (0.5 - motifs * height).clamp(0, 1)[kinds].unsqueeze(1)
    pairs = torch.tensor([palette.BACKDROPS[scene.backdrop] for scene in scenes], device=device)
    wall, shape = pairs[:, 0].view(-1, 3, 1, 1), pairs[:, 1].view(-1, 3, 1, 1)
    directions = [light_vector(scene.light) for scene in scenes]
    lx, ly = column([direction[0] for direction in directions]), column([direction[1] for direction in directions])
    strength = column([scene.light.strength for scene in scenes])
    glow = 1.0 + strength * (0.26 * lx * x - 0.20 * y + 0.20 * ly * y) - 0.10 * (x * x + y * y)
    key = torch.tensor([rasterizer._key(scene.light) for scene in scenes], device=device).view(-1, 3, 1, 1)
    full = (len(scenes), 3, height, width)
    return (torch.lerp(wall.expand(full), shape.expand(full), cover) * glow * key * 0.94).clamp(0, 1)


def landmarks_of(scene: Scene, width: int, height: int) -> Tensor:
    """(3,5,2) landmarks of each person in picture pixels, as `Rasterized` has them."""
    marks = torch.zeros(MAX_PEOPLE, len(rasterizer.LANDMARKS), 2)
    for at, person in enumerate(scene.people):
        marks[at] = rasterizer._landmarks(person, width, height)
    return marks
