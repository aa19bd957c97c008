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

The optimiser is Adam, one whole view a step.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor

from seamline.runners.canonical_image.planes import Layout, Seen, dense_offsets, render, weights_of
from seamline.scenes.cameras import Camera

Start = Literal["camera", "random"]


@dataclass(frozen=True)
class Settings:
    """How a canonical image is learned.

    Attributes:
        steps: views shown.
        start: where the projection field begins: at the pseudo canonical camera, or at random.
        seed: of the order of views and of a random start.
        planes: how many.
        spacing: how far apart they are at first, in pixels of disparity at a width of 192; learning moves them.
        cell: side of a cell of the offset grids, in pixels.
        detail: pixels of the canonical image a pixel of a view, each way.
        offset_weight, distortion_weight, smoothness_weight, back_weight, texture_weight: of the terms.
        unseen_share: of the offset penalty where the middle camera does not see the plane.
        colour_rate, opacity_rate, offset_rate, disparity_rate: learning rates at the start, per step, of colours in
            0..1, logits, pixels and logarithms; they fall along a cosine to a tenth.
    """

    steps: int = 250
    start: Start = "camera"
    seed: int = 0
    planes: int = 14
    spacing: float = 1.0
    cell: int = 8
    detail: int = 2
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
    return Layout(
        width=width,
        height=height,
        margin_x=max(1, round(width / 6 / settings.cell)) * settings.cell,
        margin_y=max(1, round(height / 8 / settings.cell)) * settings.cell,
        cell=settings.cell,
    )


def learn(views: Tensor, cameras: Sequence[Camera], settings: Settings) -> Learned:
    """Learn from `views` (N,3,H,W) in 0..1, taken by `cameras`.

    Equal arguments give equal results on one machine, and nearly equal ones on another.
    """
    height, width = views.shape[-2:]
    layout = layout_of(width, height, settings)
    order, noise = random.Random(settings.seed), torch.Generator().manual_seed(settings.seed)
    (rows, columns), size = layout.grid, layout.size
    opacity = _even_fog(settings.planes, size).requires_grad_()
    grids = _first_offsets(settings, rows, columns, noise).requires_grad_()
    steps_apart = torch.full((settings.planes - 1,), settings.spacing * width / 192).log().requires_grad_()
    canonical = torch.full((3, *(settings.detail * side for side in size)), 0.5).requires_grad_()
    optimiser = torch.optim.Adam(
        [
            {"params": [canonical], "lr": settings.colour_rate},
            {"params": [opacity], "lr": settings.opacity_rate},
            {"params": [grids], "lr": settings.offset_rate},
            {"params": [steps_apart], "lr": settings.disparity_rate},
        ],
        betas=(0.9, 0.99),
    )
    fall = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _cosine(step / settings.steps))
    errors: list[float] = []
    turn: list[int] = []
    for _ in range(settings.steps):
        if not turn:
            turn = order.sample(range(len(views)), len(views))
        at = turn.pop()
        alpha, offsets = torch.sigmoid(opacity), dense_offsets(grids, layout)
        disparities = _disparities(steps_apart)
        seen = render(alpha, offsets, canonical, disparities, layout, cameras[at])
        error = (seen.picture - views[at]).square().mean()
        loss = (
            error
            + _regularity(alpha, offsets, layout, settings)
            + _shape(seen, views[at], disparities.detach(), settings)
        )
        loss = loss + settings.texture_weight * _roughness(canonical)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        fall.step()
        with torch.no_grad():
            canonical.clamp_(0, 1)
        errors.append(float(error.detach()))
    with torch.no_grad():
        found = torch.sigmoid(opacity), dense_offsets(grids, layout), canonical.detach(), _disparities(steps_apart)
        return Learned(layout, *found, errors)


def _even_fog(planes: int, size: tuple[int, int]) -> Tensor:
    """(K,h,w) logits of opacities with which each plane has the same share in what is seen: none is hidden at first."""
    shares = torch.tensor([1 / (plane + 1) for plane in range(planes)]).clamp(max=1 - 1e-4)
    return torch.logit(shares).view(-1, 1, 1).repeat(1, *size)


def _disparities(steps_apart: Tensor) -> Tensor:
    """(K,) rising from 0, of the logarithms of the steps between planes."""
    return torch.cat([steps_apart.new_zeros(1), steps_apart.exp().cumsum(0)])


def _first_offsets(settings: Settings, rows: int, columns: int, noise: torch.Generator) -> Tensor:
    """None, so that the projection is the pseudo canonical camera's; or so large that nothing of it is left."""
    if settings.start == "camera":
        return torch.zeros(settings.planes, 2, rows, columns)
    reach = torch.tensor([columns, rows]).view(1, 2, 1, 1) * settings.cell / 4
    return reach * torch.randn(settings.planes, 2, rows, columns, generator=noise)


def _regularity(alpha: Tensor, offsets: Tensor, layout: Layout, settings: Settings) -> Tensor:
    """Mean squared offset, in pixels, counted more where the middle camera sees a plane."""
    if not settings.offset_weight:
        return offsets.new_zeros(())
    with torch.no_grad():
        seen = weights_of(torch.cat([torch.ones_like(alpha[:1]), alpha[1:]]))
    share = settings.unseen_share + (1 - settings.unseen_share) * seen
    return settings.offset_weight * (share * offsets.square().sum(1)).sum() / share[0].numel()


def _shape(seen: Seen, view: Tensor, disparities: Tensor, settings: Settings) -> Tensor:
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
        + settings.smoothness_weight * (across.mean() + down.mean())
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
