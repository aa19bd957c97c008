"""What an InstructPix2Pix is asked for, edit by edit, and what comes back. Plain data; needs no torch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seamline.errors import RunError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from seamline.runners.base import Picture

LOWEST = 1.0
"""Below it the stock pipeline switches guidance off altogether."""


@dataclass(frozen=True, slots=True)
class EditRequest:
    """One edit.

    Attributes:
        image: name of its input image among the values handed over with the requests.
        scheduler: diffusers scheduler class; the weights' own if None.
        unconditioned: True withholds the image: the model edits what it cannot see.
        snapshots: how many snapshots of the denoising to keep, evenly spread; 0 for none.
        attention: whether to keep where each word of the instruction was read.
        beyond_stock: True allows guidance scales that only our own loop can sample: image guidance below 1, down to 0,
            and a text guidance of 1 beside an image guidance that is not 1.
        later_image: name of the image that takes the place of `image` from the denoising step `later_from` on, counted
            from 0; none does if it is empty. Only our own loop can change it.

    Raises:
        RunError: a guidance scale at which the stock pipeline silently drops guidance, a step that is none of
            them, or another image in place of one that is withheld.
    """

    image: str
    instruction: str
    guidance_scale: float
    image_guidance_scale: float
    seed: int
    num_inference_steps: int = 20
    scheduler: str | None = None
    unconditioned: bool = False
    snapshots: int = 0
    attention: bool = False
    beyond_stock: bool = False
    later_image: str = ""
    later_from: int = 0

    def __post_init__(self) -> None:
        ignored = ignored_by_stock(self.guidance_scale, self.image_guidance_scale)
        ours = self.beyond_stock and self.guidance_scale >= LOWEST and self.image_guidance_scale >= 0
        if ignored and not ours:
            raise _ignored(ignored, getattr(self, ignored))
        if self.later_image and self.unconditioned:
            what = "an image that is withheld cannot change"
            raise RunError(what, where="later_image", hint="leave `later_image` or `unconditioned` out")
        if not 0 <= self.later_from <= self.num_inference_steps:
            raise RunError(
                f"the image cannot change at step {self.later_from} of {self.num_inference_steps}",
                where="later_from",
                hint=f"use 0 to {self.num_inference_steps}",
            )


@dataclass(frozen=True)
class Snapshot:
    """A moment of the denoising.

    Attributes:
        step: index of the denoising step, from 0.
        noisy: the noisy latent as the U-Net saw it, decoded; a large picture at half its size.
        predicted_x0: the finished picture that the prediction of that step implies, decoded.
    """

    step: int
    timestep: int
    noisy: Picture
    predicted_x0: Picture


@dataclass(frozen=True)
class EditResult:
    """What an edit request became.

    Attributes:
        attention: the instruction's words in order, each with its (h,w) float32 map in 0..1 at the latents' size;
            a word that occurs twice is there twice.
    """

    picture: Picture
    snapshots: tuple[Snapshot, ...] = ()
    attention: tuple[tuple[str, NDArray[np.float32]], ...] = ()


def ignored_by_stock(text: float, image: float) -> str | None:
    """The scale that `StableDiffusionInstructPix2PixPipeline` would ignore; None if it does as both ask.

    It switches all guidance off at `guidance_scale <= 1` or `image_guidance_scale < 1`. With both at 1 the formula
    of guidance is the prediction with image and text: there is nothing to switch off.

    Args:
        text, image: s_T, which is `guidance_scale`, and s_I, which is `image_guidance_scale`.
    """
    if text < LOWEST or text == LOWEST < image:
        return "guidance_scale"
    return "image_guidance_scale" if image < LOWEST else None


def snapshot_steps(count: int, steps: int) -> tuple[int, ...]:
    """Indices of `count` steps spread evenly from the first to the last of `steps`, all different."""
    if count <= 0:
        return ()
    count = min(count, steps)
    return tuple(sorted({round(place * (steps - 1) / max(count - 1, 1)) for place in range(count)}))


def words_of(instruction: str) -> tuple[tuple[str, int, int], ...]:
    """The words of an instruction with their place in it, `(word, start, end)`; punctuation belongs to none."""
    return tuple((match[0], match.start(), match.end()) for match in re.finditer(r"[\w'’-]+", instruction))


def _ignored(name: str, value: float) -> RunError:
    wanted = {"guidance_scale": "above 1, or 1 for both scales", "image_guidance_scale": "of 1 or more"}[name]
    return RunError(
        f"{name} is {value}: the pipeline would silently drop all guidance", where=name, hint=f"use a value {wanted}"
    )
