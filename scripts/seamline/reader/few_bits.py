"""Tensors in few bits: each row's numbers in groups that share a scale, as whole numbers of 4 or 8 bits.

Round-to-nearest quantization, symmetric, by groups (Dettmers et al., *8-bit Optimizers via Block-wise Quantization*,
2022, has the blocks). A tensor `NAME` of shape [rows, columns] is stored as

- `NAME.q4`, uint8 [rows, columns / 2]: two numbers a byte, the first in the low half, each 8 more than it is, or
- `NAME.q8`, int8 [rows, columns], and
- `NAME.scale`, float16 [rows, columns / group]: what the numbers of a group are multiplied by.

Tensors that are not stored so, vectors as a rule, are float16 or float32 under their own names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Bits = Literal[4, 8]
MOST: Mapping[Bits, int] = {4: 7, 8: 127}
"""The largest whole number, by bits."""
_CLIPPED = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)
"""What part of a group's largest number its scale may reach to, in four bits: the one with the least square error is
taken."""


def packed(name: str, tensor: NDArray[np.float32], bits: Bits, group: int) -> dict[str, NDArray[Any]]:
    """A tensor of shape [rows, columns] in few bits.

    Args:
        group: how many numbers of a row share a scale; a divisor of `columns`.
    """
    rows, columns = tensor.shape
    grouped = tensor.reshape(rows, columns // group, group)
    largest = np.abs(grouped).max(axis=-1, keepdims=True)
    scale = (largest / MOST[bits]).astype(np.float16)
    error = np.full(scale.shape, np.inf, np.float32)
    for part in _CLIPPED if bits == 4 else ():
        tried = (largest * part / MOST[bits]).astype(np.float16)
        off = np.square(_whole(grouped, tried, bits) * tried.astype(np.float32) - grouped).sum(axis=-1, keepdims=True)
        scale, error = np.where(off < error, tried, scale), np.minimum(off, error)
    whole = _whole(grouped, scale, bits).astype(np.int8).reshape(rows, columns)
    stored: NDArray[Any] = whole
    if bits == 4:
        halves = (whole + 8).astype(np.uint8)
        stored = halves[:, 0::2] | (halves[:, 1::2] << 4)
    return {f"{name}.q{bits}": stored, f"{name}.scale": scale.squeeze(-1)}


def _whole(grouped: NDArray[np.float32], scale: NDArray[np.float16], bits: Bits) -> NDArray[np.float32]:
    divisor = np.where(scale == 0, np.float16(1), scale).astype(np.float32)
    whole: NDArray[np.float32] = np.clip(np.rint(grouped / divisor), -MOST[bits], MOST[bits])
    return whole


def unpacked(stored: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    """All tensors of a file under their own names, float32.

    Raises:
        KeyError: a tensor in few bits has no scale.
        ValueError: shapes do not fit each other.
    """
    found: dict[str, NDArray[np.float32]] = {}
    for name, tensor in stored.items():
        if name.endswith((".q4", ".q8")):
            own = name[:-3]
            found[own] = _restored(tensor, stored[f"{own}.scale"])
        elif not name.endswith(".scale"):
            found[name] = tensor.astype(np.float32)
    return found


def _restored(tensor: NDArray[Any], scale: NDArray[Any]) -> NDArray[np.float32]:
    whole = tensor
    if tensor.dtype == np.uint8:
        whole = np.empty((tensor.shape[0], 2 * tensor.shape[1]), np.int8)
        whole[:, 0::2] = (tensor & 15).astype(np.int8) - 8
        whole[:, 1::2] = (tensor >> 4).astype(np.int8) - 8
    rows, groups = scale.shape
    grouped = whole.reshape(rows, groups, -1).astype(np.float32) * scale.astype(np.float32)[:, :, None]
    return grouped.reshape(rows, -1)
