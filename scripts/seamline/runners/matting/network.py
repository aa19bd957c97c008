"""The mini matting network: mask-guided, iterative, coarse to fine, and sparse where detail is recovered.

It follows the outline in the abstract of Mask2Alpha (Liu 2025, arXiv 2502.17093): low-resolution semantic passes guided
by a mask of one instance, then high-resolution reconstruction by sparse convolutions. How each part is built is ours:
a small U-Net without a self-supervised vision transformer, run several times, and one refiner that serves each
doubling of the resolution.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import PreTrainedConfig, PreTrainedModel

from seamline.runners.matting.sparse_convolution import Active, active_pixels, dense_convolution, sparse_convolution

SURE = 0.02
"""An alpha below this, or above its complement, is sure: no further pass changes it."""
_LARGEST_LOGIT = 6.0


class MattingConfig(PreTrainedConfig):  # type: ignore[misc]
    """Shape of the network.

    Attributes:
        channels: of the U-Net's three levels.
        features: channels that the U-Net hands to the refiner.
        detail_channels: of the refiner's layers.
        coarse_side: the shorter side, in pixels, of the grid that semantic passes run on.
        first_band: pixels by which what is unsure is grown at the first doubling; 1 at later ones.
        semantic_passes: how often the U-Net runs unless a step says otherwise.
    """

    model_type = "seamline_matting"

    def __init__(
        self,
        channels: tuple[int, ...] = (24, 40, 64),
        features: int = 8,
        detail_channels: int = 24,
        coarse_side: int = 32,
        first_band: int = 2,
        semantic_passes: int = 2,
        **other: Any,
    ) -> None:
        self.channels = list(channels)
        self.features, self.detail_channels = features, detail_channels
        self.coarse_side, self.first_band, self.semantic_passes = coarse_side, first_band, semantic_passes
        super().__init__(**other)


class MattingNetwork(PreTrainedModel):  # type: ignore[misc]
    """Image and rough mask of one instance -> its alpha matte."""

    config_class = MattingConfig
    base_model_prefix = "matting"
    main_input_name = "image"

    def __init__(self, config: MattingConfig) -> None:
        super().__init__(config)
        self.semantic = SemanticUNet(config.channels, config.features)
        self.refiner = DetailRefiner(config.features + 4, config.detail_channels)
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        """PyTorch's own initial values stand."""

    def semantic_pass(self, image: Tensor, mask: Tensor, alpha: Tensor) -> tuple[Tensor, Tensor]:
        """One pass of the U-Net.

        Args:
            image: (B,3,2h,2w), 0..1, at twice the coarse grid.
            mask: (B,1,2h,2w), 0..1, likewise.
            alpha: (B,1,h,w), 0..1: the matte so far; before the first pass, the mask.

        Returns:
            The matte's logits (B,1,h,w), and features (B,F,h,w) for the refiner.
        """
        seen = [F.pixel_unshuffle(image - 0.5, 2), F.pixel_unshuffle(mask - 0.5, 2), alpha - 0.5]
        logits, features = self.semantic(torch.cat(seen, 1))
        return logits.clamp(-_LARGEST_LOGIT, _LARGEST_LOGIT), features

    def detail_pass(
        self, image: Tensor, alpha: Tensor, features: Tensor, band: int, *, dense: bool = False
    ) -> tuple[Tensor, Active]:
        """One doubling: the matte twice as large, recomputed where it is unsure.

        Args:
            image: (B,3,H,W), 0..1.
            alpha: (B,1,H/2,W/2), 0..1: the matte so far.
            features: (B,F,h,w), from the last semantic pass.
            band: pixels by which what is unsure is grown.
            dense: compute each layer at each pixel and mask it; the same result, as a reference for tests.

        Returns:
            The matte (B,1,H,W), and the pixels that were recomputed.
        """
        size = image.shape[-2:]
        larger = F.interpolate(alpha, size, mode="bilinear", align_corners=False)
        unsure = (larger > SURE) & (larger < 1 - SURE)
        if band:
            unsure = F.max_pool2d(unsure.float(), 2 * band + 1, 1, band) > 0
        logits = torch.logit(larger, eps=torch.sigmoid(torch.tensor(-_LARGEST_LOGIT)).item())
        near = F.interpolate(features, size, mode="bilinear", align_corners=False)
        seen = torch.cat([image - 0.5, logits / _LARGEST_LOGIT, near], 1)
        active = active_pixels(unsure[:, 0])
        change = self.refiner(seen, active, dense=dense)
        recomputed = torch.sigmoid((logits + change).clamp(-_LARGEST_LOGIT, _LARGEST_LOGIT))
        return torch.where(unsure, recomputed, larger), active


class SemanticUNet(nn.Module):
    """A U-Net of three levels: (B,17,h,w) -> logits (B,1,h,w) and features (B,F,h,w). h and w are multiples of 4."""

    def __init__(self, channels: list[int], features: int) -> None:
        super().__init__()
        first, second, third = channels
        self.enter = nn.Sequential(_layer(17, first), _layer(first, first))
        self.down = nn.Sequential(_layer(first, second, stride=2), _layer(second, second))
        self.bottom = nn.Sequential(
            _layer(second, third, stride=2), _layer(third, third, dilation=2), _layer(third, third)
        )
        self.rise = nn.Sequential(_layer(third + second, second), _layer(second, second))
        self.leave = nn.Sequential(_layer(second + first, first), _layer(first, first))
        self.head = nn.Conv2d(first, 1 + features, 1)

    def forward(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        high = self.enter(seen)
        middle = self.down(high)
        low = self.bottom(middle)
        middle = self.rise(torch.cat([F.interpolate(low, scale_factor=2), middle], 1))
        high = self.leave(torch.cat([F.interpolate(middle, scale_factor=2), high], 1))
        found = self.head(high)
        return found[:, :1], found[:, 1:]


class DetailRefiner(nn.Module):
    """Four 3 x 3 convolutions that see and change active pixels alone."""

    def __init__(self, seen: int, channels: int) -> None:
        super().__init__()
        sizes = (seen, channels, channels, channels, 1)
        self.layers = nn.ModuleList(nn.Conv2d(before, after, 3, padding=1) for before, after in pairwise(sizes))

    def forward(self, seen: Tensor, active: Active, *, dense: bool = False) -> Tensor:
        """(B,C,H,W) -> (B,1,H,W), zero where nothing is active.

        The first layer reads the whole of `seen`; between layers, what is not active is zero.
        """
        rows: Any = seen
        last = len(self.layers) - 1
        layers: Any = self.layers
        for place, layer in enumerate(layers):
            if dense:
                rows = dense_convolution(rows, layer.weight, layer.bias, active)
            else:
                rows = sparse_convolution(rows, layer.weight, layer.bias, active)
            if place < last:
                rows = F.silu(rows)
        return rows if dense else active.spread(rows)


def _layer(before: int, after: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    convolution = nn.Conv2d(before, after, 3, stride, padding=dilation, dilation=dilation)
    return nn.Sequential(convolution, nn.GroupNorm(8, after), nn.SiLU())
