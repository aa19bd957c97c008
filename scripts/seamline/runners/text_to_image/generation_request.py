"""What a text-to-image model is asked for, image by image. Plain data; needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

from seamline.runners.text_to_image.parameters import GenerationParameters


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One image.

    Attributes:
        width, height: in pixels; the weights' own if None.
        scheduler: diffusers scheduler class; the weights' own if None.
    """

    prompt: str
    negative_prompt: str
    guidance_scale: float
    seed: int
    num_inference_steps: int
    width: int | None = None
    height: int | None = None
    scheduler: str | None = None

    @classmethod
    def of(cls, prompt: str, parameters: GenerationParameters) -> GenerationRequest:
        """The request that generates `prompt` as `parameters` say."""
        return cls(prompt=prompt, **parameters.model_dump())
