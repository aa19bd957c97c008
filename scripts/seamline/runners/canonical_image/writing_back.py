"""An edited picture of the middle of a canonical image, written back into it where it changed.

Ours, and no part of the paper, where people paint on the canonical image itself: an editor redraws the whole picture,
a little of it by mistake, and is made for pictures of the size of a view.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from seamline.runners.canonical_image.planes import Layout

FAINTEST, PLAIN = 0.03, 0.08
"""Blurred differences, of 1, below which a pixel is kept and above which it is replaced."""
FEATHER = 2.0
"""Standard deviation of the blur, in pixels of a view 128 high; grows with its height."""


def middle_of(canonical: Tensor, layout: Layout) -> Tensor:
    """(3,H,W): what of a canonical image (3,h,w) the middle camera's picture covers, at the size of a view."""
    factor = canonical.shape[-1] // layout.size[1]
    small = F.avg_pool2d(canonical[None], factor)[0] if factor > 1 else canonical
    return small[:, layout.margin_y : layout.margin_y + layout.height, layout.margin_x : layout.margin_x + layout.width]


def changed(before: Tensor, after: Tensor) -> Tensor:
    """(H,W) in 0..1: how much `after` takes the place of `before`, both (3,H,W); soft at the edge of what changed."""
    difference = (after - before).abs().amax(0)
    return ((_blurred(difference) - FAINTEST) / (PLAIN - FAINTEST)).clamp(0, 1)


def written_back(canonical: Tensor, edited: Tensor, layout: Layout) -> Tensor:
    """A canonical image (3,h,w) with its middle edited.

    Args:
        edited: (3,H,W) in 0..1, an edit of `middle_of(canonical)`.
    """
    factor = canonical.shape[-1] // layout.size[1]
    around = (layout.margin_x, layout.margin_x, layout.margin_y, layout.margin_y)
    cover = F.pad(changed(middle_of(canonical, layout), edited), around)
    # Repeated edges, so that the enlarged edit does not fade to black at the border of the view.
    whole = F.pad(edited[None], around, mode="replicate")
    size = canonical.shape[-2:]
    if factor > 1:
        whole = F.interpolate(whole, size=size, mode="bicubic", align_corners=False)
        cover = F.interpolate(cover[None, None], size=size, mode="bilinear", align_corners=False)[0, 0]
    return (canonical * (1 - cover) + whole[0] * cover).clamp(0, 1)


def _blurred(image: Tensor) -> Tensor:
    feather = FEATHER * max(1.0, image.shape[0] / 128)
    radius = round(2.5 * feather)
    kernel = torch.exp(-0.5 * (torch.arange(-radius, radius + 1) / feather) ** 2)
    kernel = kernel / kernel.sum()
    wide = F.pad(image[None, None], (radius,) * 4, mode="replicate")
    return F.conv2d(F.conv2d(wide, kernel.view(1, 1, 1, -1)), kernel.view(1, 1, -1, 1))[0, 0]
