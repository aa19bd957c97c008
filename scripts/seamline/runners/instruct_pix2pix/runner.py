"""The runner of InstructPix2Pix: requests, batches, loading, and how an edit is described and repeated."""

from __future__ import annotations

import os
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, ClassVar

from seamline.runners.base import Call, Extra, Output, Provenance, Runner, Setting, StandIn, StepView, Value
from seamline.runners.instruct_pix2pix.loading import PARTS
from seamline.runners.instruct_pix2pix.parameters import EditParameters
from seamline.runners.instruct_pix2pix.stand_in import MINI_EDITOR
from seamline.scenes.variants import variant_in

if TYPE_CHECKING:
    from pathlib import Path

    from seamline.runners.instruct_pix2pix.edit_request import EditRequest, EditResult
    from seamline.workflow.comfy_graph import ComfyGraph, Expressed, Link, NotExpressed

PIPELINE = "StableDiffusionInstructPix2PixPipeline"
"""diffusers class."""

_FOLDER = "runners/instruct_pix2pix"


class InstructPix2Pix(Runner[EditParameters, "EditRequest"]):
    """Edits an image as an instruction says (Brooks et al. 2023, arXiv 2211.09800)."""

    name: ClassVar[str] = "instruct_pix2pix"
    signature: ClassVar[str] = "ImgTxt2Img"
    pipelines: ClassVar[frozenset[str]] = frozenset({PIPELINE})
    known_repositories: ClassVar[Mapping[str, str]] = {"timbrooks/instruct-pix2pix": PIPELINE}
    parameters = EditParameters
    provenance: ClassVar[Provenance] = "trained-composite"
    roles: ClassVar[Mapping[str, str]] = {"image": "edited"}
    parts: ClassVar[tuple[str, ...]] = PARTS
    texts: ClassVar[tuple[str, ...]] = ("tokenizer",)
    code: ClassVar[tuple[str, ...]] = (
        f"{_FOLDER}/attention_maps.py",
        f"{_FOLDER}/conditioning.py",
        f"{_FOLDER}/cpu/layer_rewrites.py",
        f"{_FOLDER}/cpu/row_threads.py",
        f"{_FOLDER}/cpu/text_projection.py",
        f"{_FOLDER}/cuda/compiling.py",
        f"{_FOLDER}/decoding.py",
        f"{_FOLDER}/edit_request.py",
        f"{_FOLDER}/generation.py",
        f"{_FOLDER}/loading.py",
        f"{_FOLDER}/predictions.py",
        f"{_FOLDER}/sampler.py",
        f"{_FOLDER}/snapshots.py",
        "runners/prompts.py",
        "runners/schedulers.py",
        "weights/opening.py:load_pipeline",
    )
    native_size: ClassVar[tuple[int, int]] = (768, 512)
    stand_in: ClassVar[StandIn | None] = MINI_EDITOR

    def request(self, parameters: EditParameters, inputs: Mapping[str, str]) -> EditRequest:
        """The plain edit of a step: no snapshots, no attention."""
        from seamline.runners.instruct_pix2pix.edit_request import EditRequest

        return EditRequest(
            image=inputs["image"],
            instruction=inputs["text"],
            guidance_scale=parameters.guidance_scale,
            image_guidance_scale=parameters.image_guidance_scale,
            seed=parameters.seed,
            num_inference_steps=parameters.num_inference_steps,
            scheduler=parameters.scheduler,
        )

    def batch_of(self, request: EditRequest, values: Mapping[str, Value]) -> Hashable:
        """Steps, scheduler and size of the input image."""
        image = values[request.image]
        assert not isinstance(image, str)
        return request.num_inference_steps, request.scheduler or "", image.shape[:2]

    def load(self, folder: Path, device: str, dtype: str) -> Any:
        """The diffusers pipeline; on a CPU, with layers rewritten for it."""
        from seamline.runners.instruct_pix2pix.loading import load_pipeline

        return _suited(load_pipeline(folder, device, dtype), device)

    def adapter_of(self, parameters: EditParameters) -> str:
        """A file of the folder that diffusers' users keep adapters in."""
        return f"adapters/{parameters.adapter}.safetensors" if parameters.adapter else ""

    def load_adapted(self, folder: Path, adapter: str, device: str, dtype: str) -> Any:
        """The diffusers pipeline with a LoRA fused into its U-Net; on a CPU, with layers rewritten for it."""
        from seamline.runners.instruct_pix2pix.loading import load_pipeline, with_adapter

        return _suited(with_adapter(load_pipeline(folder, device, dtype), folder / adapter), device)

    def key(self, parameters: EditParameters) -> dict[str, Any]:
        """All of them; an adapter only where there is one, so that keys from before there were any still hold."""
        left_out = {"adapter"} if parameters.adapter is None else set()
        return parameters.model_dump(mode="json", exclude=left_out)

    def run(self, loaded: Any, values: Mapping[str, Value], requests: Sequence[EditRequest]) -> list[Output]:
        """One batch of edits."""
        from seamline.runners.instruct_pix2pix.generation import generate

        return [output_of(result) for result in generate(loaded, values, requests)]

    def facts(self, request: EditRequest) -> dict[str, Any]:
        """Instruction, guidance scales and seed; which variant of the scene it saw, and until which step."""
        named = ("instruction", "guidance_scale", "image_guidance_scale", "seed")
        facts = {name: value for name, value in asdict(request).items() if name in named}
        if variant := variant_in(request.image):
            facts["variant"] = variant
        if request.later_image:
            facts |= {"later_variant": variant_in(request.later_image), "later_from": request.later_from}
        return facts

    def describe(self, parameters: EditParameters) -> tuple[Setting, ...]:
        """Parameters in the paper's letters."""
        from seamline.runners.instruct_pix2pix.settings import described

        return described(parameters)

    def as_python(self, parameters: EditParameters, call: Call) -> str:
        """A program for plain diffusers."""
        from seamline.runners.instruct_pix2pix.python_recipe import as_python

        return as_python(parameters, call)

    def as_comfyui(
        self, graph: ComfyGraph, parameters: EditParameters, call: Call, links: Mapping[str, Link]
    ) -> Expressed | NotExpressed:
        """Its own conditioning node, and dual guidance."""
        from seamline.runners.instruct_pix2pix.comfy_nodes import add_edit
        from seamline.workflow.comfy_graph import NotExpressed

        if "text" not in call.inputs:
            return NotExpressed("its instruction is made by another step, and ComfyUI's core has no such step")
        image, text = links["image"], call.inputs["text"]
        return add_edit(graph, parameters, repo=call.weights, name=call.save_as, image=image, text=text)

    def explain(self, view: StepView) -> str:
        """The nine steps of one edit."""
        from seamline.runners.instruct_pix2pix.explainer import explain

        return explain(view)

    def shapes(self, loaded: Any, size: tuple[int, int]) -> dict[str, tuple[int, ...]]:
        """Shapes of `latents`, `text` and `unet_input`."""
        width, height = (side // loaded.vae_scale_factor for side in size)
        text = loaded.text_encoder.config
        return {
            "latents": (loaded.vae.config.latent_channels, height, width),
            "text": (loaded.tokenizer.model_max_length, text.hidden_size),
            "unet_input": (loaded.unet.config.in_channels, height, width),
        }

    def same_output(self, one: EditRequest, other: EditRequest) -> bool:
        """Snapshots and attention are only looked on at."""
        first, second = (replace(each, snapshots=0, attention=False, beyond_stock=True) for each in (one, other))
        return first == second

    def first_batch(self, device: str, cores: int) -> int:
        """A CPU's cores all need rows to predict."""
        kind = device.partition(":")[0]
        return max({"cuda": 64, "mps": 8, "cpu": 8}[kind], 4 * cores if kind == "cpu" else 0)


def _suited(pipe: Any, device: str) -> Any:
    """A loaded pipeline made ready for its device."""
    if device.startswith("cpu"):
        from seamline.runners.instruct_pix2pix.cpu.layer_rewrites import rewrite

        rewrite(pipe.unet)
        rewrite(pipe.vae)
    elif device.startswith("cuda"):
        from seamline.runners.instruct_pix2pix.cuda.compiling import ASKED, compile_networks

        if os.environ.get(ASKED):
            compile_networks(pipe)
    return pipe


def output_of(result: EditResult) -> Output:
    """A result as its artifacts: the picture, snapshots of the denoising, maps of the attention."""
    extras: list[Extra] = []
    for shot in result.snapshots:
        when = {"denoising_step": shot.step, "timestep": shot.timestep}
        extras.append(Extra("noisy", f"noisy-{shot.step:03}", "Img", shot.noisy, when, low_fidelity=True))
        extras.append(Extra("predicted-x0", f"predicted-x0-{shot.step:03}", "Img", shot.predicted_x0, when))
    for place, (word, weights) in enumerate(result.attention):
        slug = re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-")[:30] or "word"
        stem = f"attention-{place:02}-{slug}"
        extras.append(Extra("attention", stem, "Msk", weights, {"word": word}, provenance="computed"))
    return Output({"image": result.picture}, tuple(extras))
