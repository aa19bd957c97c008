"""The mini matting network with all its passes as one module: what a page runs at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def whole_matting(network: Any, size: tuple[int, int]) -> Any:
    """A `torch.nn.Module` from image (1,3,H,W) and mask (1,1,H,W), both 0..1, to the matte (1,1,H,W).

    As `runners.matting.passes.matte` runs them, each doubling computed densely: an exported graph cannot gather a
    number of pixels that depends on the picture. The result is the same.

    Args:
        network: a `MattingNetwork`.
        size: width and height.

    Raises:
        ValueError: a side is no multiple of what the passes halve it by.
    """
    import torch
    import torch.nn.functional as F

    from seamline.runners.matting.network import SURE
    from seamline.runners.matting.passes import doublings

    width, height = size
    config = network.config
    levels = doublings(height, width, config.coarse_side)
    if any(side % (4 * 2**levels) for side in size):
        raise ValueError(f"{width} x {height} pixels are no multiples of {4 * 2**levels}")

    class WholeMatting(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.part = network

        def forward(self, image: Any, mask: Any) -> Any:
            pyramid = [F.avg_pool2d(image, 2**level) if level else image for level in range(levels)]
            near, wanted = pyramid[-1], F.avg_pool2d(mask, 2 ** (levels - 1)) if levels > 1 else mask
            alpha = F.avg_pool2d(wanted, 2)
            for _ in range(config.semantic_passes):
                logits, features = self.part.semantic_pass(near, wanted, alpha)
                alpha = torch.sigmoid(logits)
            with _no_tables():
                for level in reversed(range(levels)):
                    band = config.first_band if level == levels - 1 else 1
                    alpha, _ = self.part.detail_pass(pyramid[level], alpha, features, band, dense=True)
            return torch.where(alpha < SURE, 0.0, torch.where(alpha > 1 - SURE, 1.0, alpha))

    return WholeMatting().eval()


@contextmanager
def _no_tables() -> Iterator[None]:
    """The tables of active pixels have as many rows as there are such pixels; dense layers read the mask alone."""
    from seamline.runners.matting import network
    from seamline.runners.matting.sparse_convolution import Active

    module: Any = network
    made = module.active_pixels
    module.active_pixels = lambda mask: Active(mask, mask, mask, mask)
    try:
        yield
    finally:
        module.active_pixels = made
