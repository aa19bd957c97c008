"""An autoencoder for pictures of twice the side, grown from one that is trained.

What the trained one knows is copied level by level: blocks that it lacks start as identities,
the new first level averages two by two pixels, the new last one repeats them. The idea is Net2Net's
(Chen, Goodfellow, Shlens, *Net2Net: accelerating learning via knowledge transfer*, 2016).
"""

from __future__ import annotations

from itertools import product
from typing import Any

import torch
from torch import Tensor, nn

from seamline.editor.autoencoder import Autoencoder

_STIRRED = 0.05
"""What new weights keep of their random start, so that no two of them learn the same."""
_HALVES = {-1: ((-2, 0.5), (-1, 0.5)), 0: ((0, 0.5), (1, 0.5)), 1: ((2, 1.0),)}
"""Pixels of the larger picture that stand for a neighbour in the smaller one; the last one's other half lies
out of the reach of two convolutions."""
_TAPS = 27
"""Pixels by colour that the first convolution can look at."""


@torch.no_grad()
def grow(larger: Autoencoder, teacher: Autoencoder) -> None:
    """Copy `teacher` into `larger`, whose untrained levels are one more and of the same width.

    Further latent channels of `larger` begin unread by its decoder and unrelated to the teacher's.

    Raises:
        ValueError: the two do not fit each other.
    """
    width, channels = _width(teacher), teacher.config.latent_channels
    if _width(larger) != width or larger.config.latent_channels < channels or width <= _TAPS:
        raise ValueError(f"a teacher {width} wide, with {channels} latent channels, does not fit into this autoencoder")
    ours, theirs = (_levels(side) for side in (larger.decoder, teacher.decoder))
    if len(ours) != len(theirs) + 1:
        raise ValueError("the larger autoencoder must have one level more than its teacher")
    for level, taught in zip(ours, theirs, strict=False):
        _copy_blocks(level, taught)
    first, taught_first = ours[0][0], theirs[0][0]
    first.weight.zero_()
    first.weight[:, :channels] = taught_first.weight
    first.bias.copy_(taught_first.bias)
    for level, taught in zip(ours[1:], theirs[1:], strict=False):
        level[1].weight.copy_(taught[1].weight)
    _pass_on(ours[-1])
    ours[-1][-1].load_state_dict(theirs[-1][-1].state_dict())

    ours, theirs = (_levels(side) for side in (larger.encoder, teacher.encoder))
    _average_pixels(ours[0][0], ours[1][0], theirs[0][0])
    for level, taught in zip(ours[2:], theirs[1:], strict=True):
        level[0].weight.copy_(taught[0].weight)
        _copy_blocks(level, taught)
    ours[-1][-1].weight[:channels] = theirs[-1][-1].weight
    ours[-1][-1].bias[:channels] = theirs[-1][-1].bias


def _width(autoencoder: Autoencoder) -> int:
    widths = {*autoencoder.config.encoder_block_out_channels, *autoencoder.config.decoder_block_out_channels}
    if len(widths) > 1:
        raise ValueError("an autoencoder that grows must be equally wide everywhere")
    return int(next(iter(widths)))


def _levels(side: Any) -> list[list[Any]]:
    """Layers between one change of size and the next, which begins a level."""
    levels: list[list[Any]] = [[]]
    for layer in side.layers:
        if isinstance(layer, nn.Upsample) or (isinstance(layer, nn.Conv2d) and layer.stride == (2, 2)):
            levels.append([])
        levels[-1].append(layer)
    return levels


def _copy_blocks(level: list[Any], taught: list[Any]) -> None:
    ours, theirs = ([layer for layer in layers if hasattr(layer, "fuse")] for layers in (level, taught))
    for block, known in zip(ours, theirs, strict=False):
        block.load_state_dict(known.state_dict())
    for block in ours[len(theirs) :]:
        # What comes in is never negative: nothing added and the last ReLU leave it as it was.
        block.conv[-1].weight.zero_()
        block.conv[-1].bias.zero_()


def _pass_on(level: list[Any]) -> None:
    convolution = level[1]
    convolution.weight.mul_(_STIRRED)
    diagonal = torch.arange(len(convolution.weight))
    convolution.weight[diagonal, diagonal, 1, 1] += 1
    _copy_blocks(level, [])


def _average_pixels(looking: nn.Conv2d, halving: nn.Conv2d, taught: nn.Conv2d) -> None:
    """Make two convolutions do what averaging two by two pixels and then `taught` would."""
    looking.weight.mul_(_STIRRED)
    assert looking.bias is not None and taught.bias is not None
    looking.bias.zero_()
    for tap, (colour, row, column) in enumerate(product(range(3), repeat=3)):
        looking.weight[tap] = 0
        looking.weight[tap, colour, row, column] = 1
    looking.weight[_TAPS] = 0
    looking.bias[_TAPS] = 1
    halving.weight.mul_(_STIRRED)
    halving.weight[:, : _TAPS + 1] = 0
    halving.weight[:, _TAPS, 1, 1] = taught.bias
    for (down, parts_down), (right, parts_right) in product(_HALVES.items(), repeat=2):
        for (y, share_y), (x, share_x) in product(parts_down, parts_right):
            weights: Tensor = share_y * share_x * taught.weight[:, :, down + 1, right + 1]
            row, column = max(-1, min(1, y)), max(-1, min(1, x))
            for colour in range(3):
                tap = 9 * colour + 3 * (row + 1) + column + 1
                halving.weight[:, tap, y - row + 1, x - column + 1] += weights[:, colour]
