"""Latents -> pictures."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from seamline.runners.base import Picture
from seamline.runners.instruct_pix2pix.cpu.row_threads import RowThreads
from seamline.runners.instruct_pix2pix.cuda.compiling import decoder_of

PIECE = 1
"""Pictures that a core decodes at a time: what lies between two layers of one alone fills its caches
(measured with the mini editor: four at once take a third more CPU time each)."""


def decode(pipe: Any, latents: Tensor, threads: RowThreads) -> list[Picture]:
    """Decode latents (B,C,h,w) into B pictures."""
    decoder = decoder_of(pipe.vae)

    def some(part: slice) -> Tensor:
        return decoder(latents[part] / pipe.vae.config.scaling_factor)

    floats = pipe.image_processor.postprocess(threads(some, len(latents), PIECE).float(), output_type="np")
    return list((floats * 255).round().astype("uint8"))
