"""From a rough mask to an alpha matte with the mini matting network: the passes, and what each recomputed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from seamline.runners.matting.network import SURE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Pass:
    """One pass over a picture.

    Attributes:
        kind: `semantic`, on the coarse grid, or `detail`, at a doubling of it.
        alpha: (h,w) float32, 0..1: the matte after it.
        recomputed: (h,w) bool, the pixels that it computed anew.
        share: how many those are of the pixels at this size, 0..1.
        unsure: share of the pixels whose alpha it left between `SURE` and 1 - `SURE`.
    """

    kind: str
    alpha: NDArray[np.float32]
    recomputed: NDArray[np.bool_]
    share: float
    unsure: float


def doublings(height: int, width: int, coarse_side: int) -> int:
    """How often the coarse grid doubles until it is as large as the picture; 1 or more."""
    return max(1, round(math.log2(min(height, width) / coarse_side)))


def matte(
    network: Any, image: NDArray[np.uint8], mask: NDArray[Any], passes: int | None = None, *, dense: bool = False
) -> list[Pass]:
    """All passes over a picture; the last one's alpha is the matte, snapped to 0 or 1 where it is sure.

    Args:
        network: a `MattingNetwork`.
        image: (H,W,3).
        mask: (H,W), uint8 or float32 in 0..1: roughly where the person is.
        passes: how often the semantic network runs; the network's own number where it is None.
        dense: compute details at each pixel; the same result, as a reference for tests.
    """
    import numpy as np

    height, width = image.shape[:2]
    config = network.config
    levels = doublings(height, width, config.coarse_side)
    guide = mask.astype(np.float32) / (255 if mask.dtype == np.uint8 else 1)
    device, dtype = network.device, network.dtype
    picture = torch.from_numpy(np.array(image)).to(device).permute(2, 0, 1)[None].to(dtype) / 255
    rough = torch.from_numpy(guide).to(device)[None, None].to(dtype)
    picture, rough = (_padded(one, 4 * 2**levels) for one in (picture, rough))
    found: list[Pass] = []
    with torch.inference_mode():
        pyramid = [F.avg_pool2d(picture, 2**level) if level else picture for level in range(levels)]
        near, wanted = pyramid[levels - 1], F.avg_pool2d(rough, 2 ** (levels - 1)) if levels > 1 else rough
        alpha = F.avg_pool2d(wanted, 2)
        for _ in range(passes or config.semantic_passes):
            logits, features = network.semantic_pass(near, wanted, alpha)
            alpha = torch.sigmoid(logits)
            everything = torch.ones_like(alpha, dtype=torch.bool)
            found.append(_pass("semantic", alpha, everything, (height, width), levels))
        for level in reversed(range(levels)):
            band = config.first_band if level == levels - 1 else 1
            alpha, active = network.detail_pass(pyramid[level], alpha, features, band, dense=dense)
            if not level:
                alpha = torch.where(alpha < SURE, 0.0, torch.where(alpha > 1 - SURE, 1.0, alpha))
            found.append(_pass("detail", alpha, active.mask[:, None], (height, width), level))
    return found


def _padded(value: Tensor, multiple: int) -> Tensor:
    down, right = (-value.shape[-2] % multiple, -value.shape[-1] % multiple)
    return F.pad(value, (0, right, 0, down), mode="replicate")


def _pass(kind: str, alpha: Tensor, recomputed: Tensor, size: tuple[int, int], level: int) -> Pass:
    """The pass without what was padded."""
    height, width = (math.ceil(side / 2**level) for side in size)
    seen, done = alpha[0, 0, :height, :width].float(), recomputed[0, 0, :height, :width]
    unsure = (seen > SURE) & (seen < 1 - SURE)
    return Pass(kind, seen.cpu().numpy(), done.cpu().numpy(), done.float().mean().item(), unsure.float().mean().item())
