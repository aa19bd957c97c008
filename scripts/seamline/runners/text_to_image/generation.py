"""A batch of images by the stock pipeline of diffusers, each from noise of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seamline.errors import EngineError
from seamline.runners.prompts import refuse_truncation
from seamline.runners.schedulers import fresh_scheduler
from seamline.runners.text_to_image.generation_request import GenerationRequest

if TYPE_CHECKING:
    from seamline.runners.base import Picture


def load(folder: Path, parts: Sequence[str], device: str, dtype: str) -> Any:
    """The `StableDiffusionPipeline` in `folder`.

    Args:
        parts: sub-folders that hold weights.

    Raises:
        WeightsError: it is not there, unsafe or of another class.
    """
    from diffusers import StableDiffusionPipeline

    from seamline.weights.opening import load_pipeline

    return load_pipeline(StableDiffusionPipeline, folder, parts, device, dtype)


def generate(pipe: Any, requests: Sequence[GenerationRequest]) -> list[Picture]:
    """Images of all `requests`, (H,W,3) uint8, in their order; each is what it would be in a batch of its own.

    Args:
        requests: alike in everything but their texts and their seeds.

    Raises:
        RunError: the scheduler does not suit the weights, or a text is too long.
        EngineError: the model gave numbers that are not finite.
    """
    import numpy as np
    import torch

    for request in requests:
        refuse_truncation(pipe.tokenizer, request.prompt, "prompt")
        refuse_truncation(pipe.tokenizer, request.negative_prompt, "negative_prompt")
    shared = requests[0]
    sampling = _with_scheduler(pipe, shared.scheduler)
    pictures = sampling(
        [request.prompt for request in requests],
        negative_prompt=[request.negative_prompt for request in requests],
        num_inference_steps=shared.num_inference_steps,
        guidance_scale=shared.guidance_scale,
        width=shared.width,
        height=shared.height,
        generator=[torch.Generator("cpu").manual_seed(request.seed) for request in requests],
        output_type="np",
    ).images
    if not np.isfinite(pictures).all():
        raise EngineError("the model gave numbers that are not finite", hint="use float32 (--dtype float32)")
    return list((pictures * 255).round().astype(np.uint8))


def _with_scheduler(pipe: Any, name: str | None) -> Any:
    """The same pipeline with a scheduler of its own: the loaded one is shared by every step that uses the weights."""
    sampling = type(pipe)(
        **{**pipe.components, "scheduler": fresh_scheduler(pipe, name)}, requires_safety_checker=False
    )
    sampling.set_progress_bar_config(disable=True)
    return sampling
