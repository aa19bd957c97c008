"""Sampling parameters of InstructPix2Pix, named as diffusers names them."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from seamline.catalog.entries.base import Parameters
from seamline.runners.instruct_pix2pix.edit_request import LOWEST, ignored_by_stock
from seamline.runners.schedulers import SchedulerName

NoiseSeed = Annotated[int, Field(ge=0, lt=2**63)]
TextScale = Annotated[float, Field(ge=LOWEST, le=50.0)]
ImageScale = Annotated[float, Field(ge=LOWEST, le=20.0)]
"""Below these bounds the diffusers pipeline switches guidance off altogether, so no recipe for it may ask for less.

It does so at a text guidance of 1, too: there the image guidance must be 1, at which there is nothing to switch off.
"""
AdapterName = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
GridImageScale = Annotated[float, Field(ge=0.0, le=20.0)]
"""A grid is sampled by our own loop, which guides at any scale: 0 leaves out what the photo adds."""


def rising(values: tuple[float, ...]) -> tuple[float, ...]:
    if any(later <= earlier for earlier, later in pairwise(values)):
        raise ValueError("should rise from one value to the next")
    return values


class EditParameters(Parameters):
    """How one edit is sampled."""

    num_inference_steps: int = Field(default=20, ge=2, le=1000, description="Denoising steps.")
    guidance_scale: TextScale = Field(default=3.0, description="Text guidance scale s_T.")
    image_guidance_scale: ImageScale = Field(default=1.5, description="Image guidance scale s_I.")
    seed: NoiseSeed = Field(default=0, description="Seed of the noise.")
    scheduler: SchedulerName | None = Field(
        default=None, description="diffusers scheduler class; the weights' own when absent."
    )
    adapter: AdapterName | None = Field(
        default=None, description="Low-rank adapter (LoRA) in the weights' folder `adapters/`, without its suffix."
    )

    @model_validator(mode="after")
    def _guided_as_asked(self) -> Self:
        if ignored_by_stock(self.guidance_scale, self.image_guidance_scale):
            raise ValueError(
                "at a guidance_scale of 1 the pipeline ignores image_guidance_scale: make both 1, or raise it"
            )
        return self
