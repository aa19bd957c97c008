"""What a model is asked to draw, cell by cell, and what comes back. Plain data; needs no torch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from seamline.errors import RunError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Picture: TypeAlias = "NDArray[np.uint8]"
"""(H,W,3), RGB."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """What all cells of one batch share: how many steps, and which diffusers scheduler (the weights' own if None)."""

    num_inference_steps: int
    scheduler: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One edit.

    Attributes:
        picture: name of its input picture among those handed over with the cells.
        sees_picture: False switches the picture's conditioning off: the model edits what it cannot see.
        moments: how many moments of the denoising to keep, evenly spread; 0 for none.
        attention: whether to keep where each word of the instruction looked.

        beyond_stock: True allows an image guidance below 1, down to 0, which only our own loop can draw.

    Raises:
        RunError: a guidance scale at which the stock pipeline silently drops guidance.
    """

    picture: str
    instruction: str
    guidance_scale: float
    image_guidance_scale: float
    seed: int
    sees_picture: bool = True
    moments: int = 0
    attention: bool = False
    beyond_stock: bool = False

    def __post_init__(self) -> None:
        if self.guidance_scale <= 1:
            raise _ignored("guidance_scale", self.guidance_scale, "above 1")
        if self.image_guidance_scale < (0 if self.beyond_stock else 1):
            raise _ignored("image_guidance_scale", self.image_guidance_scale, "1 or more")


@dataclass(frozen=True)
class Moment:
    """A moment of the denoising.

    Attributes:
        noisy: the noisy latent as the U-Net saw it, decoded.
        guess: the predicted x0 at that step, decoded.
    """

    step: int
    timestep: int
    noisy: Picture
    guess: Picture


@dataclass(frozen=True)
class DrawnCell:
    """What a cell became.

    Attributes:
        attention: the instruction's words in order, each with its (h,w) float32 map in 0..1 at the latents' size;
            a word that occurs twice is there twice.
    """

    picture: Picture
    moments: tuple[Moment, ...] = ()
    attention: tuple[tuple[str, NDArray[np.float32]], ...] = ()


def moments_of(count: int, steps: int) -> tuple[int, ...]:
    """Indices of `count` steps spread evenly from the first to the last of `steps`, all different."""
    if count <= 0:
        return ()
    count = min(count, steps)
    return tuple(sorted({round(place * (steps - 1) / max(count - 1, 1)) for place in range(count)}))


def words_of(instruction: str) -> tuple[tuple[str, int, int], ...]:
    """The words of an instruction with their place in it, `(word, start, end)`; punctuation belongs to none."""
    return tuple((match[0], match.start(), match.end()) for match in re.finditer(r"[\w'’-]+", instruction))


def _ignored(name: str, value: Any, wanted: str) -> RunError:
    return RunError(
        f"{name} is {value}: the pipeline would silently drop all guidance", where=name, hint=f"use a value {wanted}"
    )
