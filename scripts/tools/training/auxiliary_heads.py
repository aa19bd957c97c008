"""Auxiliary losses: while it trains, the U-Net also predicts where the edit goes, and what each person will look like.

A network without positional encoding knows left from right only by the padding at its
borders, and is slow to connect that with a word: until then it hedges, and changes everybody
a little. Linear heads on its inner features predict the heads of the edited people, and
every person's attributes in the finished picture, which gives a direct gradient for
connecting words, places and looks. They are not exported.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from seamline.scenes.state import EXPRESSIONS, IDENTITY_GRID, Person
from tools.training.unet import UNet

TRAITS: tuple[tuple[str, ...], ...] = (*IDENTITY_GRID.values(), EXPRESSIONS)
"""Values of what is predicted of a person: the attributes of an identity, in the grid's order, and the expression."""
UNKNOWN = -100
"""Value of a map of traits where nobody is."""


def traits_of(people: Sequence[Person], faces: Tensor) -> Tensor:
    """(traits,h,w) int64 map of each visible head's traits, as indices into `TRAITS`; `UNKNOWN` elsewhere.

    Args:
        faces: (3,h,w) uint8, how much of each pixel is each person's head.
    """
    shown, owner = faces.max(0)
    return torch.where(shown > 127, trait_values(people, len(faces))[owner].permute(2, 0, 1), UNKNOWN)


def trait_values(people: Sequence[Person], places: int) -> Tensor:
    """(places,traits) int64 values of each person's traits, as indices into `TRAITS`; `UNKNOWN` where nobody is."""
    table = torch.full((places, len(TRAITS)), UNKNOWN)
    for index, person in enumerate(people):
        values = [getattr(person.identity, name) for name in IDENTITY_GRID]
        table[index] = torch.tensor(
            [row.index(value) for row, value in zip(TRAITS, [*values, person.expression], strict=True)]
        )
    return table


class AuxiliaryHeads(nn.Module):
    """Two linear heads on the middle block and on each upward block but the last: one for where, one for attributes.

    They read the features of the U-Net's own forward pass, separately in each thread.
    """

    def __init__(self, unet: UNet) -> None:
        super().__init__()
        widths = [unet.config.block_out_channels[-1], *reversed(unet.config.block_out_channels)][:-1]
        self.localization_heads = nn.ModuleList(nn.Conv2d(width, 1, 1) for width in widths)
        self.attribute_heads = nn.ModuleList(nn.Conv2d(width, sum(map(len, TRAITS)), 1) for width in widths)
        self._local = threading.local()
        for index, block in enumerate((unet.mid_block, *unet.up_blocks[:-1])):
            block.register_forward_hook(self._remember(index))

    def loss(self, where: Tensor, traits: Tensor, attribute_weight: float) -> Tensor:
        """Cross-entropy, averaged over the blocks, on the features of this thread's last forward pass.

        Args:
            where: (B,1,h,w), 0..1, the heads of the edited people.
            traits: (B,traits,h,w) int64, what the finished picture shows; see `traits_of`.
            attribute_weight: weight of the attributes' loss relative to the one of where; 0 leaves it out.
        """
        losses = []
        for index, (localization_head, attribute_head) in enumerate(
            zip(self.localization_heads, self.attribute_heads, strict=True)
        ):
            features = self._local.features[index]
            logits = localization_head(features).float()
            size = logits.shape[-2:]
            losses.append(F.binary_cross_entropy_with_logits(logits, F.adaptive_avg_pool2d(where, size)))
            if attribute_weight:
                targets = F.interpolate(traits.float(), size, mode="nearest").long()
                by_trait = attribute_head(features).float().split([len(row) for row in TRAITS], 1)
                each = [F.cross_entropy(one, targets[:, at], ignore_index=UNKNOWN) for at, one in enumerate(by_trait)]
                losses.append(attribute_weight * torch.stack(each).mean())
        self._local.features = {}
        return torch.stack(losses).sum() / len(self.localization_heads)

    def _remember(self, index: int) -> Any:
        def hook(block: nn.Module, inputs: Any, output: Tensor) -> None:
            if torch.is_grad_enabled():
                if not hasattr(self._local, "features"):
                    self._local.features = {}
                self._local.features[index] = output

        return hook
