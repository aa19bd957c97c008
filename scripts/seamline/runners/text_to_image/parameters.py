"""Sampling parameters of text-to-image generation, named as diffusers names them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from seamline.catalog.entries.base import Parameters
from seamline.runners.schedulers import SchedulerName

Side = Annotated[int, Field(ge=64, le=2048, multiple_of=8)]
"""Width or height in pixels; Stable Diffusion's autoencoder encodes 8 x 8 pixels as one latent."""


class GenerationParameters(Parameters):
    """How one image is sampled."""

    num_inference_steps: int = Field(default=50, ge=1, le=1000, description="Denoising steps.")
    guidance_scale: float = Field(
        default=7.5, ge=1.0, le=50.0, description="Guidance scale; 1 samples without guidance."
    )
    negative_prompt: str = Field(
        default="", max_length=300, description="What guidance leads away from, in words; nothing when empty."
    )
    width: Side | None = Field(default=None, description="Width in pixels; the weights' own when absent.")
    height: Side | None = Field(default=None, description="Height in pixels; the weights' own when absent.")
    seed: int = Field(default=0, ge=0, lt=2**63, description="Seed of the noise.")
    scheduler: SchedulerName | None = Field(
        default=None, description="diffusers scheduler class; the weights' own when absent."
    )

    @model_validator(mode="after")
    def _negative_prompt_is_read(self) -> GenerationParameters:
        if self.negative_prompt and self.guidance_scale == 1:
            raise ValueError("without guidance the negative prompt is never read: raise `guidance_scale` above 1")
        return self
