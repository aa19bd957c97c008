"""Scaffolding: while it trains, the U-Net must also say where the edit goes, and who will be seen.

A network without positional encoding knows left from right only by the padding at its
borders, and learns late to join that with a word: until then it hedges, and changes everybody
a little. Small heads on its inner features are asked for the heads of the edited people, and
for every person's traits in the finished picture. That gives it a clear reason to join words,
places and looks before it can draw them. The heads are not shipped.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from seamline.editor.unet import UNet
from seamline.scenes.state import EXPRESSIONS, IDENTITY_GRID, Person

TRAITS: tuple[tuple[str, ...], ...] = (*IDENTITY_GRID.values(), EXPRESSIONS)
"""What can be told of a person: the attributes of an identity, in the grid's order, and the expression."""
UNKNOWN = -100
"""Stands in a map of traits where nobody is."""


def traits_of(people: Sequence[Person], faces: Tensor) -> Tensor:
    """(traits,h,w) int64 map of what each visible head is like, `UNKNOWN` elsewhere.

    Args:
        faces: (3,h,w) uint8, how much of each pixel is each person's head.
    """
    shown, owner = faces.max(0)
    table = torch.full((len(faces), len(TRAITS)), UNKNOWN)
    for index, person in enumerate(people):
        values = [getattr(person.identity, name) for name in IDENTITY_GRID]
        table[index] = torch.tensor(
            [row.index(value) for row, value in zip(TRAITS, [*values, person.expression], strict=True)]
        )
    return torch.where(shown > 127, table[owner].permute(2, 0, 1), UNKNOWN)


class Pointing(nn.Module):
    """Two linear heads on the middle block and on each upward block but the last: where, and who.

    Works beside the U-Net's ordinary forward pass, in several threads at a time.
    """

    def __init__(self, unet: UNet) -> None:
        super().__init__()
        widths = [unet.config.block_out_channels[-1], *reversed(unet.config.block_out_channels)][:-1]
        self.heads = nn.ModuleList(nn.Conv2d(width, 1, 1) for width in widths)
        self.tellers = nn.ModuleList(nn.Conv2d(width, sum(map(len, TRAITS)), 1) for width in widths)
        self._seen = threading.local()
        for index, block in enumerate((unet.mid_block, *unet.up_blocks[:-1])):
            block.register_forward_hook(self._remember(index))

    def loss(self, where: Tensor, traits: Tensor, telling: float) -> Tensor:
        """Mean cross-entropy over the heads, by what this thread's last forward pass saw.

        Args:
            where: (B,1,h,w), 0..1, the heads of the edited people.
            traits: (B,traits,h,w) int64, what the finished picture shows.
            telling: weight of telling traits, against pointing; 0 leaves it out.
        """
        losses = []
        for index, (head, teller) in enumerate(zip(self.heads, self.tellers, strict=True)):
            features = self._seen.features[index]
            pointed = head(features).float()
            size = pointed.shape[-2:]
            losses.append(F.binary_cross_entropy_with_logits(pointed, F.adaptive_avg_pool2d(where, size)))
            if telling:
                asked = F.interpolate(traits.float(), size, mode="nearest").long()
                told = teller(features).float().split([len(row) for row in TRAITS], 1)
                each = [F.cross_entropy(one, asked[:, at], ignore_index=UNKNOWN) for at, one in enumerate(told)]
                losses.append(telling * torch.stack(each).mean())
        self._seen.features = {}
        return torch.stack(losses).sum() / len(self.heads)

    def _remember(self, index: int) -> Any:
        def hook(block: nn.Module, inputs: Any, output: Tensor) -> None:
            if torch.is_grad_enabled():
                if not hasattr(self._seen, "features"):
                    self._seen.features = {}
                self._seen.features[index] = output

        return hook
