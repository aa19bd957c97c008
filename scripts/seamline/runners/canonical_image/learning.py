"""Learn planes, offsets and the canonical image from views whose cameras are known.

Each term of the objective, and where it is from:

- Squared error of a view's pixels: volume rendering's usual objective.
- Offset regularity, the mean squared offset: the paper names it [abstract]; that it is an L2 penalty is its code's.
- The same, counted more where the middle camera sees the plane: ours. What is in sight need not move.
- Distortion, what a pixel sees should be on planes close together: Barron et al., Mip-NeRF 360, CVPR 2022.
- Smooth disparity, less so across edges of the picture: Godard et al., Monodepth, CVPR 2017.
- A small pull to the back: ours. A plain wall has no depth of its own.
- Total variation of the canonical image: ours (Rudin, Osher and Fatemi 1992). It is finer than the views, and no view
  fixes all of its pixels.

The optimiser is Adam, one whole view a step. Most steps see views of half the size, the last ones the views as they
are: from coarse to fine, as multi-resolution methods do (Bergen et al., *Hierarchical model-based motion estimation*,
ECCV 1992), at half the time.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from seamline.runners.canonical_image.planes import Layout, Seen, dense_offsets, render, weights_of
from seamline.scenes.cameras import Camera

Start = Literal["camera", "random"]


@dataclass(frozen=True)
class Settings:
    """How a canonical image is learned. Lengths are for views 128 pixels high, and grow with their height.

    Attributes:
        steps: views shown.
        coarse_share: of the steps, first those that see views of half the size; those whose sides, margins or cells
            cannot be halved are seen at their own size throughout.
        start: where the projection field begins: at the pseudo canonical camera, or at random.
        seed: of the order of views and of a random start.
        planes: how many.
        spacing: how far apart they are at first, in pixels of disparity; learning moves them.
        cell: side of a cell of the offset grids, in pixels.
        detail: pixels of the canonical image a pixel of a view, each way; does not grow.
        offset_weight, distortion_weight, smoothness_weight, back_weight, texture_weight: of the terms.
        unseen_share: of the offset penalty where the middle camera does not see the plane.
        colour_rate, opacity_rate, offset_rate, disparity_rate: learning rates at the start, per step, of colours in
            0..1, logits, pixels and logarithms; they fall along a cosine to a tenth.
    """

    steps: int = 250
    coarse_share: float = 0.6
    start: Start = "camera"
    seed: int = 0
    planes: int = 14
    spacing: float = 1.0
    cell: int = 8
    detail: int = 1
    offset_weight: float = 1e-2
    unseen_share: float = 0.01
    distortion_weight: float = 0.01
    smoothness_weight: float = 2e-3
    back_weight: float = 1e-3
    texture_weight: float = 5e-3
    colour_rate: float = 0.06
    opacity_rate: float = 0.15
    offset_rate: float = 0.1
    disparity_rate: float = 0.02


@dataclass
class Learned:
    """What was learned of one scene.

    Attributes:
        alpha: (K,h,w) opacities.
        offsets: (K,2,h,w) in pixels.
        canonical: (3,h,w) in 0..1, finer than the planes by `Settings.detail`.
        disparities: (K,) of the planes, in pixels a unit of the baseline; rising from 0.
        errors: of each step's view, as mean squares.
    """

    layout: Layout
    alpha: Tensor
    offsets: Tensor
    canonical: Tensor
    disparities: Tensor
    errors: list[float] = field(default_factory=list)

    def seen_from(self, camera: Camera, canonical: Tensor | None = None) -> Seen:
        """A camera's picture, with another canonical image if one is given."""
        image = self.canonical if canonical is None else canonical
        return render(self.alpha, self.offsets, image, self.disparities, self.layout, camera)


def layout_of(width: int, height: int, settings: Settings) -> Layout:
    """Sizes for views of `width` x `height`: margins of an eighth and of a sixth, in whole cells."""
    cell = round(settings.cell * _scale(height))
    return Layout(
        width=width,
        height=height,
        margin_x=max(1, round(width / 6 / cell)) * cell,
        margin_y=max(1, round(height / 8 / cell)) * cell,
        cell=cell,
    )


def _scale(height: int) -> float:
    """By how much lengths grow for views of `height`."""
    return max(1.0, height / 128)


def learn(views: Tensor, cameras: Sequence[Camera], settings: Settings) -> Learned:
    """Learn from `views` (N,3,H,W) in 0..1, taken by `cameras`.

    Equal arguments give equal results on one machine, and nearly equal ones on another.
    """
    height, width = views.shape[-2:]
    layout = layout_of(width, height, settings)
    small = _halved(layout)
    turns = _Turns(len(views), settings.seed)
    errors: list[float] = []
    if small is None:
        field = _first_field(layout, settings)
        _improve(field, views, cameras, layout, settings, turns, range(settings.steps), errors)
    else:
        coarse = round(settings.steps * settings.coarse_share)
        finer = replace(settings, detail=2 * settings.detail)
        field = _first_field(small, finer)
        _improve(field, F.avg_pool2d(views, 2), cameras, small, finer, turns, range(coarse), errors)
        field = _enlarged(field, layout)
        _improve(field, views, cameras, layout, settings, turns, range(coarse, settings.steps), errors)
    with torch.no_grad():
        found = torch.sigmoid(field.opacity), dense_offsets(field.grids, layout), field.canonical.detach()
        return Learned(layout, *found, _disparities(field.steps_apart), errors)


@dataclass
class _Field:
    """What is learned: (K,h,w) logits of opacities, offset grids (K,2,rows,columns), the logarithms of the K - 1 steps
    between planes, and the canonical image (3,h,w)."""

    opacity: Tensor
    grids: Tensor
    steps_apart: Tensor
    canonical: Tensor


class _Turns:
    """Which view is shown next: all of them in a random order, and then again in another."""

    def __init__(self, views: int, seed: int) -> None:
        self._views, self._order, self._left = views, random.Random(seed), list[int]()

    def next(self) -> int:
        if not self._left:
            self._left = self._order.sample(range(self._views), self._views)
        return self._left.pop()


def _halved(layout: Layout) -> Layout | None:
    """The layout of views of half the size; None where something cannot be halved."""
    sizes = (layout.width, layout.height, layout.margin_x, layout.margin_y, layout.cell)
    # In halves no higher than 64, too little of a face is left to begin with.
    if layout.height <= 128 or any(size % 2 for size in sizes):
        return None
    return Layout(*(size // 2 for size in sizes))


def _first_field(layout: Layout, settings: Settings) -> _Field:
    (rows, columns), size = layout.grid, layout.size
    noise = torch.Generator().manual_seed(settings.seed)
    return _Field(
        opacity=_even_fog(settings.planes, size),
        grids=_first_offsets(settings, layout.cell, rows, columns, noise),
        steps_apart=torch.full((settings.planes - 1,), settings.spacing * _scale(layout.height)).log(),
        canonical=torch.full((3, *(settings.detail * side for side in size)), 0.5),
    )


@torch.no_grad()
def _enlarged(field: _Field, layout: Layout) -> _Field:
    """A field of half the size as one of `layout`; its canonical image stays as it is."""
    opacity = F.interpolate(field.opacity[None], size=layout.size, mode="bilinear", align_corners=False)[0]
    return _Field(opacity, field.grids * 2, field.steps_apart + math.log(2), field.canonical.detach())


def _improve(
    field: _Field,
    views: Tensor,
    cameras: Sequence[Camera],
    layout: Layout,
    settings: Settings,
    turns: _Turns,
    steps: range,
    errors: list[float],
) -> None:
    """Take `steps` of `settings.steps`; the error of each view is added to `errors`."""
    scale = _scale(layout.height)
    optimiser = torch.optim.Adam(
        [
            {"params": [field.canonical.requires_grad_()], "lr": settings.colour_rate},
            {"params": [field.opacity.requires_grad_()], "lr": settings.opacity_rate},
            {"params": [field.grids.requires_grad_()], "lr": settings.offset_rate * scale},
            {"params": [field.steps_apart.requires_grad_()], "lr": settings.disparity_rate},
        ],
        betas=(0.9, 0.99),
    )
    fall = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _cosine((steps.start + step) / settings.steps))
    for _ in steps:
        at = turns.next()
        alpha, offsets = torch.sigmoid(field.opacity), dense_offsets(field.grids, layout)
        disparities = _disparities(field.steps_apart)
        seen = render(alpha, offsets, field.canonical, disparities, layout, cameras[at])
        error = (seen.picture - views[at]).square().mean()
        loss = (
            error
            + _regularity(alpha, offsets / scale, layout, settings)
            + _shape(seen, views[at], disparities.detach(), settings, scale)
        )
        loss = loss + settings.texture_weight * _roughness(field.canonical)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        fall.step()
        with torch.no_grad():
            field.canonical.clamp_(0, 1)
        errors.append(float(error.detach()))


def _even_fog(planes: int, size: tuple[int, int]) -> Tensor:
    """(K,h,w) logits of opacities with which each plane has the same share in what is seen: none is hidden at first."""
    shares = torch.tensor([1 / (plane + 1) for plane in range(planes)]).clamp(max=1 - 1e-4)
    return torch.logit(shares).view(-1, 1, 1).repeat(1, *size)


def _disparities(steps_apart: Tensor) -> Tensor:
    """(K,) rising from 0, of the logarithms of the steps between planes."""
    return torch.cat([steps_apart.new_zeros(1), steps_apart.exp().cumsum(0)])


def _first_offsets(settings: Settings, cell: int, rows: int, columns: int, noise: torch.Generator) -> Tensor:
    """None, so that the projection is the pseudo canonical camera's; or so large that nothing of it is left."""
    if settings.start == "camera":
        return torch.zeros(settings.planes, 2, rows, columns)
    reach = torch.tensor([columns, rows]).view(1, 2, 1, 1) * cell / 4
    return reach * torch.randn(settings.planes, 2, rows, columns, generator=noise)


def _regularity(alpha: Tensor, offsets: Tensor, layout: Layout, settings: Settings) -> Tensor:
    """Mean squared offset, in pixels of a view 128 high, counted more where the middle camera sees a plane."""
    if not settings.offset_weight:
        return offsets.new_zeros(())
    with torch.no_grad():
        seen = weights_of(torch.cat([torch.ones_like(alpha[:1]), alpha[1:]]))
    share = settings.unseen_share + (1 - settings.unseen_share) * seen
    return settings.offset_weight * (share * offsets.square().sum(1)).sum() / share[0].numel()


def _shape(seen: Seen, view: Tensor, disparities: Tensor, settings: Settings, scale: float) -> Tensor:
    """What keeps the planes from being a fog: distortion, smooth disparity, a pull to the back."""
    flat = (disparities / disparities[-1]).view(-1, 1, 1)
    disparity = (seen.weights * flat).sum(0)
    before = torch.cumsum(seen.weights, 0) - seen.weights
    before_at = torch.cumsum(seen.weights * flat, 0) - seen.weights * flat
    spread = 2 * (seen.weights * (flat * before - before_at)).sum(0)
    across = (disparity[:, 1:] - disparity[:, :-1]).abs() * _calm(view[..., 1:] - view[..., :-1])
    down = (disparity[1:] - disparity[:-1]).abs() * _calm(view[:, 1:] - view[:, :-1])
    return (
        settings.distortion_weight * spread.mean()
        + settings.smoothness_weight * scale * (across.mean() + down.mean())
        + settings.back_weight * disparity.mean()
    )


def _roughness(canonical: Tensor) -> Tensor:
    """Total variation: the mean step from pixel to pixel."""
    return (canonical[:, 1:] - canonical[:, :-1]).abs().mean() + (canonical[..., 1:] - canonical[..., :-1]).abs().mean()


def _calm(steps: Tensor) -> Tensor:
    """How little the picture changes from pixel to pixel: 1 where it does not, towards 0 at edges."""
    return torch.exp(-20 * steps.abs().mean(0))


def _cosine(share: float) -> float:
    return 0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * share))
