"""Rough masks of one person, as somebody or something would hand them in.

| kind | how it comes about |
|---|---|
| `blocks` | squares of an eighth of the picture's height that the head covers in part |
| `blob` | the head's outline, shifted, grown or shrunk, and smoothed |
| `ellipse` | an ellipse about the head |
| `changed` | what differs between the picture before and after an edit, its largest piece, closed and filled |

`blocks` and `blob` are near the head. `changed` is the chain's own: it also holds neck, shadow, and the hair of both
people, and misses what looks the same before and after.
"""

from __future__ import annotations

import random
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from seamline.operations.altered import largest_change

Mask: TypeAlias = NDArray[np.bool_]
Grey: TypeAlias = NDArray[np.uint8]

KINDS = ("blocks", "blob", "ellipse", "changed")
CHANGE_THRESHOLD = 24
"""Of 255, as the operation `altered` has it."""


def rough_mask(kind: str, matte: Grey, difference: Grey, rng: random.Random) -> Mask:
    """A mask (H,W) of the person whose true matte is `matte`; the matte above one half where the kind finds nothing.

    Args:
        matte: (H,W), true alpha.
        difference: (H,W), largest difference of a channel before and after an edit of this person.
    """
    head = matte > 127
    match kind:
        case "blocks":
            found = in_blocks(head, head.shape[0] // 8, rng.uniform(0.2, 0.6), rng.randrange(16), rng.randrange(16))
        case "blob":
            found = _blob(head, rng)
        case "ellipse":
            found = _ellipse(head, rng)
        case "changed":
            found = largest_change(difference, rng.choice((16, CHANGE_THRESHOLD, 32)), near=head)
        case _:
            raise ValueError(f"no kind of rough mask is called {kind!r}")
    return found if found.any() else head


def in_blocks(head: Mask, side: int, share: float, down: int = 0, right: int = 0) -> Mask:
    """The squares of a grid, shifted by `down` and `right`, of which `head` covers more than `share`."""
    height, width = head.shape
    padded = np.pad(head, ((down, side), (right, side)))
    rows, columns = padded.shape[0] // side, padded.shape[1] // side
    cells = padded[: rows * side, : columns * side].reshape(rows, side, columns, side).mean((1, 3)) > share
    found: Mask = cells.repeat(side, 0).repeat(side, 1)[down : down + height, right : right + width]
    return found


def _blob(head: Mask, rng: random.Random) -> Mask:
    scale = head.shape[0] / 128
    shift = (rng.uniform(-6, 6) * scale, rng.uniform(-6, 6) * scale)
    moved = ndimage.shift(head.astype(np.float32), shift, order=1)
    smooth = ndimage.gaussian_filter(moved, rng.uniform(1, 6) * scale)
    found: Mask = smooth > rng.uniform(0.2, 0.8)
    return found


def _ellipse(head: Mask, rng: random.Random) -> Mask:
    rows, columns = np.nonzero(head)
    if not len(rows):
        return head
    y, x = np.ogrid[: head.shape[0], : head.shape[1]]
    centre = (rows.mean() + rng.uniform(-4, 4), columns.mean() + rng.uniform(-4, 4))
    size = (np.ptp(rows) * rng.uniform(0.38, 0.58) + 1, np.ptp(columns) * rng.uniform(0.38, 0.58) + 1)
    found: Mask = ((y - centre[0]) / size[0]) ** 2 + ((x - centre[1]) / size[1]) ** 2 < 1
    return found
