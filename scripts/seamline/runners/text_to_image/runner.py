"""The runner of text-to-image generation with Stable Diffusion: declarations, and how a step is described."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from seamline.runners.base import Call, Output, Provenance, Runner, Setting, Value
from seamline.runners.text_to_image.parameters import GenerationParameters

if TYPE_CHECKING:
    from pathlib import Path

    from seamline.runners.text_to_image.generation_request import GenerationRequest

_FOLDER = "runners/text_to_image"


class TextToImage(Runner[GenerationParameters, "GenerationRequest"]):
    """Generates an image from a text (Rombach et al. 2022, arXiv 2112.10752), by the stock pipeline of diffusers."""

    name: ClassVar[str] = "text_to_image"
    signature: ClassVar[str] = "Txt2Img"
    pipelines: ClassVar[frozenset[str]] = frozenset({"StableDiffusionPipeline"})
    parameters = GenerationParameters
    provenance: ClassVar[Provenance] = "trained"
    roles: ClassVar[Mapping[str, str]] = {"image": "generated"}
    parts: ClassVar[tuple[str, ...]] = ("unet", "vae", "text_encoder")
    texts: ClassVar[tuple[str, ...]] = ("tokenizer",)
    code: ClassVar[tuple[str, ...]] = (
        f"{_FOLDER}/generation.py",
        f"{_FOLDER}/generation_request.py",
        f"{_FOLDER}/parameters.py",
        "runners/prompts.py",
        "runners/schedulers.py",
        "weights/opening.py:load_pipeline",
    )
    native_size: ClassVar[tuple[int, int]] = (512, 512)

    def request(self, parameters: GenerationParameters, inputs: Mapping[str, str]) -> GenerationRequest:
        """The image that the text describes."""
        from seamline.runners.text_to_image.generation_request import GenerationRequest

        return GenerationRequest.of(inputs["text"], parameters)

    def batch_of(self, request: GenerationRequest, values: Mapping[str, Value]) -> Hashable:
        """Everything but texts and seed: the stock pipeline takes one guidance scale and one size a call."""
        return replace(request, prompt="", negative_prompt="", seed=0)

    def load(self, folder: Path, device: str, dtype: str) -> Any:
        """The diffusers pipeline, without a safety checker."""
        from seamline.runners.text_to_image.generation import load

        return load(folder, self.parts, device, dtype)

    def run(self, loaded: Any, values: Mapping[str, Value], requests: Sequence[GenerationRequest]) -> list[Output]:
        """One batch of images."""
        from seamline.runners.text_to_image.generation import generate

        return [Output({"image": picture}) for picture in generate(loaded, requests)]

    def facts(self, request: GenerationRequest) -> dict[str, Any]:
        """Texts, guidance scale and seed."""
        named = ("prompt", "negative_prompt", "guidance_scale", "seed")
        return {name: getattr(request, name) for name in named}

    def describe(self, parameters: GenerationParameters) -> tuple[Setting, ...]:
        """Parameters as diffusers names them."""
        own = "the weights' own"
        steps, scale = parameters.num_inference_steps, parameters.guidance_scale
        return (
            Setting("num_inference_steps", str(steps), "denoising steps", brief=f"{steps} steps"),
            Setting("guidance_scale", f"{scale}", "guidance scale", brief=f"guidance {scale:g}"),
            Setting("negative_prompt", parameters.negative_prompt or "none", "what guidance leads away from"),
            Setting("width", str(parameters.width or own), "in pixels"),
            Setting("height", str(parameters.height or own), "in pixels"),
            Setting("seed", str(parameters.seed), brief=f"seed {parameters.seed}"),
            Setting("scheduler", parameters.scheduler or own),
        )

    def as_python(self, parameters: GenerationParameters, call: Call) -> str:
        """A program for plain diffusers."""
        from seamline.runners.text_to_image.python_recipe import as_python

        return as_python(parameters, call)

    def shapes(self, loaded: Any, size: tuple[int, int]) -> dict[str, tuple[int, ...]]:
        """Shapes of `latents` and `text`."""
        width, height = (side // loaded.vae_scale_factor for side in size)
        return {
            "latents": (loaded.vae.config.latent_channels, height, width),
            "text": (loaded.tokenizer.model_max_length, loaded.text_encoder.config.hidden_size),
        }
