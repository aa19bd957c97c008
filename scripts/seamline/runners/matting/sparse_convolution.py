"""Convolution at some pixels alone: a table of neighbours, a gather, and one matrix product.

It is the submanifold convolution of Graham and van der Maaten (arXiv 1706.01307): what is active stays so from layer
to layer, and what is not counts as zero. Its first layer reads the dense input, which costs nothing but the gather.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Active:
    """N active pixels of B pictures.

    Attributes:
        mask: (B,H,W) bool.
        places: (N,) into the B * H * W pixels.
        dense_neighbours: (N,9), the 3 x 3 neighbourhood of each, row by row, into the pixels; B * H * W outside.
        own_neighbours: (N,9), likewise into the N active pixels; N where a neighbour is not active.
    """

    mask: Tensor
    places: Tensor
    dense_neighbours: Tensor
    own_neighbours: Tensor

    @property
    def share(self) -> float:
        """Share of the pixels that are active, 0..1."""
        return len(self.places) / self.mask.numel()

    def spread(self, rows: Tensor) -> Tensor:
        """Rows (N,C) of active pixels as (B,C,H,W), zero elsewhere."""
        batch, height, width = self.mask.shape
        flat = rows.new_zeros(batch * height * width, rows.shape[1]).index_copy(0, self.places, rows)
        return flat.view(batch, height, width, -1).permute(0, 3, 1, 2)


def active_pixels(mask: Tensor) -> Active:
    """The tables of the pixels where `mask`, (B,H,W) bool, is true."""
    height, width = mask.shape[1:]
    count = mask.numel()
    places = mask.flatten().nonzero()[:, 0]
    picture, rest = places // (height * width), places % (height * width)
    row, column = rest // width, rest % width
    steps = torch.tensor([(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)], device=mask.device)
    rows, columns = row[:, None] + steps[:, 0], column[:, None] + steps[:, 1]
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    neighbours = torch.where(inside, (picture[:, None] * height + rows) * width + columns, count)
    number = torch.full((count + 1,), len(places), device=mask.device)
    number[places] = torch.arange(len(places), device=mask.device)
    return Active(mask, places, neighbours, number[neighbours])


def sparse_convolution(values: Tensor, weight: Tensor, bias: Tensor, active: Active) -> Tensor:
    """A 3 x 3 convolution at the active pixels.

    Args:
        values: (B,C,H,W), or the rows (N,C) of the active pixels.
        weight, bias: of `nn.Conv2d`, (D,C,3,3) and (D,).

    Returns:
        Rows (N,D).
    """
    if values.ndim == 4:
        rows, table = values.permute(0, 2, 3, 1).reshape(-1, values.shape[1]), active.dense_neighbours
    else:
        rows, table = values, active.own_neighbours
    padded = torch.cat([rows, rows.new_zeros(1, rows.shape[1])])
    gathered = padded[table].flatten(1)
    matrix = weight.permute(2, 3, 1, 0).reshape(gathered.shape[1], -1)
    return torch.addmm(bias, gathered, matrix)


def dense_convolution(values: Tensor, weight: Tensor, bias: Tensor, active: Active) -> Tensor:
    """What `sparse_convolution` computes, at each pixel, and then masked: (B,C,H,W) -> (B,D,H,W)."""
    return F.conv2d(values, weight, bias, padding=1) * active.mask[:, None]
