"""A projection field as one picture, and back: what a later step reads.

From top to bottom, for each plane from the hindmost to the nearest: its opacity in red, in 32 levels; its offsets to
the right and downwards in green and blue, from 128. A last row holds each plane's disparity, whole pixels in red and
256ths in green, and in blue how many steps of an offset are a pixel: 8, or fewer where an offset is 16 pixels or more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from seamline.errors import RunError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from seamline.runners.canonical_image.learning import Learned

_LEVELS = 31
_STEPS = (8, 4, 2, 1)
"""Steps of an offset, a pixel: the first with which the largest offset can be told."""


def packed(learned: Learned) -> NDArray[np.uint8]:
    """(K*h+1, w, 3)."""
    height, width = learned.alpha.shape[-2:]
    # Finer levels are noise, which takes most of the bytes.
    alpha = learned.alpha.clamp(0, 1).mul(_LEVELS).round().mul(255 / _LEVELS).round()
    largest = float(learned.offsets.abs().max())
    steps = next((steps for steps in _STEPS if largest < 127 / steps), _STEPS[-1])
    offsets = learned.offsets.mul(steps).round().add(128).clamp(0, 255)
    planes = torch.cat([alpha[:, None], offsets], 1).permute(0, 2, 3, 1).reshape(-1, width, 3).byte().numpy()
    last = np.zeros((1, width, 3), np.uint8)
    fixed = np.round(learned.disparities.double().numpy() * 256).astype(np.int64)
    last[0, : len(fixed)] = np.stack([fixed // 256, fixed % 256, np.full_like(fixed, steps)], 1)
    assert len(planes) == len(learned.alpha) * height
    return np.concatenate([planes, last])


def unpacked(sheet: NDArray[np.generic], size: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """Opacities (K,h,w), offsets (K,2,h,w) and disparities (K,) of a sheet.

    Args:
        size: height and width of a plane.

    Raises:
        RunError: the sheet is not of planes of that size.
    """
    height, width = size
    rows = sheet.shape[0] - 1
    if sheet.ndim != 3 or sheet.shape[1:] != (width, 3) or rows < height or rows % height:
        raise RunError(
            f"is {sheet.shape[1]} by {sheet.shape[0]}, and holds no planes of {width} by {height}",
            where="field",
            hint="take `field` and the canonical image from the same step",
        )
    values = torch.from_numpy(np.array(sheet[:-1])).float().view(-1, height, width, 3)
    last = torch.from_numpy(np.array(sheet[-1])).float()[: len(values)]
    offsets = (values[..., 1:] - 128) / last[:, 2].view(-1, 1, 1, 1)
    return values[..., 0] / 255, offsets.permute(0, 3, 1, 2).contiguous(), last[:, 0] + last[:, 1] / 256
