"""An autoencoder for pictures of twice the side, initialised from one that is trained.

The trained weights are copied level by level: additional blocks start as identities, the new
first level averages two by two pixels, the new last one repeats them. The idea is Net2Net's
(Chen, Goodfellow, Shlens, *Net2Net: accelerating learning via knowledge transfer*, 2016).
"""

from __future__ import annotations

from itertools import product
from typing import Any

import torch
from torch import Tensor, nn

from tools.training.autoencoder import Autoencoder

_KEPT_NOISE = 0.05
"""Share that new weights keep of their random initialisation, so that no two of them stay equal."""
_HALVES = {-1: ((-2, 0.5), (-1, 0.5)), 0: ((0, 0.5), (1, 0.5)), 1: ((2, 1.0),)}
"""Offset and weight of the pixels of the larger picture that average to a neighbour in the smaller one; of the last
neighbour, one of the two is outside the receptive field of two convolutions."""
_TAPS = 27
"""Pixels times colours in the receptive field of the first convolution."""


@torch.no_grad()
def grow(larger: Autoencoder, teacher: Autoencoder) -> None:
    """Copy `teacher` into `larger`, whose untrained levels are one more and of the same width.

    The decoder initially ignores further latent channels of `larger`, which are unrelated to the teacher's.

    Raises:
        ValueError: the two do not fit each other.
    """
    width, channels = _width(teacher), teacher.config.latent_channels
    if _width(larger) != width or larger.config.latent_channels < channels or width <= _TAPS:
        raise ValueError(f"a teacher {width} wide, with {channels} latent channels, does not fit into this autoencoder")
    ours, theirs = (_levels(side) for side in (larger.decoder, teacher.decoder))
    if len(ours) != len(theirs) + 1:
        raise ValueError("the larger autoencoder must have one level more than its teacher")
    for level, teacher_level in zip(ours, theirs, strict=False):
        _copy_blocks(level, teacher_level)
    first, teacher_first = ours[0][0], theirs[0][0]
    first.weight.zero_()
    first.weight[:, :channels] = teacher_first.weight
    first.bias.copy_(teacher_first.bias)
    for level, teacher_level in zip(ours[1:], theirs[1:], strict=False):
        level[1].weight.copy_(teacher_level[1].weight)
    _pass_on(ours[-1])
    ours[-1][-1].load_state_dict(theirs[-1][-1].state_dict())

    ours, theirs = (_levels(side) for side in (larger.encoder, teacher.encoder))
    _average_pixels(ours[0][0], ours[1][0], theirs[0][0])
    for level, teacher_level in zip(ours[2:], theirs[1:], strict=True):
        level[0].weight.copy_(teacher_level[0].weight)
        _copy_blocks(level, teacher_level)
    ours[-1][-1].weight[:channels] = theirs[-1][-1].weight
    ours[-1][-1].bias[:channels] = theirs[-1][-1].bias


def _width(autoencoder: Autoencoder) -> int:
    widths = {*autoencoder.config.encoder_block_out_channels, *autoencoder.config.decoder_block_out_channels}
    if len(widths) > 1:
        raise ValueError("an autoencoder that grows must be equally wide everywhere")
    return int(next(iter(widths)))


def _levels(side: Any) -> list[list[Any]]:
    """Layers grouped by resolution: a change of size begins a level."""
    levels: list[list[Any]] = [[]]
    for layer in side.layers:
        if isinstance(layer, nn.Upsample) or (isinstance(layer, nn.Conv2d) and layer.stride == (2, 2)):
            levels.append([])
        levels[-1].append(layer)
    return levels


def _copy_blocks(level: list[Any], teacher_level: list[Any]) -> None:
    ours, theirs = ([layer for layer in layers if hasattr(layer, "fuse")] for layers in (level, teacher_level))
    for block, known in zip(ours, theirs, strict=False):
        block.load_state_dict(known.state_dict())
    for block in ours[len(theirs) :]:
        # The input is never negative: adding nothing and the last ReLU leave it unchanged.
        block.conv[-1].weight.zero_()
        block.conv[-1].bias.zero_()


def _pass_on(level: list[Any]) -> None:
    convolution = level[1]
    convolution.weight.mul_(_KEPT_NOISE)
    diagonal = torch.arange(len(convolution.weight))
    convolution.weight[diagonal, diagonal, 1, 1] += 1
    _copy_blocks(level, [])


def _average_pixels(first: nn.Conv2d, second: nn.Conv2d, teacher_first: nn.Conv2d) -> None:
    """Make two convolutions compute what averaging two by two pixels and then `teacher_first` would."""
    first.weight.mul_(_KEPT_NOISE)
    assert first.bias is not None and teacher_first.bias is not None
    first.bias.zero_()
    for tap, (colour, row, column) in enumerate(product(range(3), repeat=3)):
        first.weight[tap] = 0
        first.weight[tap, colour, row, column] = 1
    first.weight[_TAPS] = 0
    first.bias[_TAPS] = 1
    second.weight.mul_(_KEPT_NOISE)
    second.weight[:, : _TAPS + 1] = 0
    second.weight[:, _TAPS, 1, 1] = teacher_first.bias
    for (down, parts_down), (right, parts_right) in product(_HALVES.items(), repeat=2):
        for (y, share_y), (x, share_x) in product(parts_down, parts_right):
            weights: Tensor = share_y * share_x * teacher_first.weight[:, :, down + 1, right + 1]
            row, column = max(-1, min(1, y)), max(-1, min(1, x))
            for colour in range(3):
                tap = 9 * colour + 3 * (row + 1) + column + 1
                second.weight[:, tap, y - row + 1, x - column + 1] += weights[:, colour]
