"""Pointing: while it trains, the U-Net must also say where the edit goes.

A network without positional encoding knows left from right only by the padding at its
borders, and learns late to join that with a word: until then it hedges, and changes everybody
a little. Small heads on its inner features, asked for the heads of the edited people, give
it a clear reason to join the two. They are thrown away with the rest of the scaffolding.
"""

from __future__ import annotations

import threading
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from seamline.editor.unet import UNet


class Pointing(nn.Module):
    """One linear head on the middle block and on each upward block but the last.

    Works beside the U-Net's ordinary forward pass, in several threads at a time.
    """

    def __init__(self, unet: UNet) -> None:
        super().__init__()
        widths = [unet.config.block_out_channels[-1], *reversed(unet.config.block_out_channels)][:-1]
        self.heads = nn.ModuleList(nn.Conv2d(width, 1, 1) for width in widths)
        self._seen = threading.local()
        for index, block in enumerate((unet.mid_block, *unet.up_blocks[:-1])):
            block.register_forward_hook(self._remember(index))

    def loss(self, where: Tensor) -> Tensor:
        """Mean cross-entropy of pointing to `where` (B,1,h,w), 0..1, by what this thread's last forward pass saw."""
        losses = []
        for index, head in enumerate(self.heads):
            said = head(self._seen.features[index]).float()
            asked = F.adaptive_avg_pool2d(where, said.shape[-2:])
            losses.append(F.binary_cross_entropy_with_logits(said, asked))
        self._seen.features = {}
        return torch.stack(losses).mean()

    def _remember(self, index: int) -> Any:
        def hook(block: nn.Module, inputs: Any, output: Tensor) -> None:
            if torch.is_grad_enabled():
                if not hasattr(self._seen, "features"):
                    self._seen.features = {}
                self._seen.features[index] = output

        return hook
