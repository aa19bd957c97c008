"""An edit as nodes of ComfyUI's core.

`DualCFGGuider` in its style `regular` predicts `negative + cfg_cond2_negative (cond2 - negative) + cfg_conds (cond1 -
cond2)`. With photo and words as `cond1`, the photo alone as `cond2` and neither as `negative`, that is the guidance of
Brooks et al. 2023, §3.2.1. A conditioning that never passed `InstructPixToPixConditioning` has no photo: ComfyUI then
joins zeros, as the authors' script does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seamline.runners.instruct_pix2pix.parameters import EditParameters
from seamline.workflow.comfy_graph import ComfyGraph, Expressed, Link, NotExpressed

CHECKPOINTS: Mapping[str, str] = {"timbrooks/instruct-pix2pix": "instruct-pix2pix-00-22000.safetensors"}
"""The one file by which ComfyUI loads the weights of a hub repository, from that repository."""

SAMPLERS: Mapping[str, tuple[str, str]] = {
    "DDIMScheduler": ("ddim", "ddim_uniform"),
    "DDPMScheduler": ("ddpm", "normal"),
    "DPMSolverMultistepScheduler": ("dpmpp_2m", "normal"),
    "EulerAncestralDiscreteScheduler": ("euler_ancestral", "normal"),
    "EulerDiscreteScheduler": ("euler", "normal"),
    "HeunDiscreteScheduler": ("heun", "normal"),
    "LMSDiscreteScheduler": ("lms", "normal"),
    "UniPCMultistepScheduler": ("uni_pc", "normal"),
}
"""Sampler and scheduler as ComfyUI names them, by class of diffusers: those of the same algorithm."""

_OF_THE_AUTHORS = "EulerAncestralDiscreteScheduler"
"""The algorithm of edit_cli.py in the authors' repository."""


def add_edit(
    graph: ComfyGraph, parameters: EditParameters, *, repo: str, name: str, image: Link, text: str
) -> Expressed | NotExpressed:
    """Add an edit.

    Args:
        repo: hub repository of the model's own weights.
        name: of the step, for the titles of nodes.
    """
    if repo not in CHECKPOINTS:
        return NotExpressed(f"ComfyUI loads such a model from one file, and none of {repo or 'its weights'} is known")
    if parameters.adapter:
        return NotExpressed(
            f"the adapter {parameters.adapter!r} belongs to other weights than those that ComfyUI loads"
        )
    scheduler = parameters.scheduler or _OF_THE_AUTHORS
    if scheduler not in SAMPLERS:
        return NotExpressed(f"no sampler of ComfyUI is known to do what diffusers' {scheduler} does")
    sampler, sigmas = SAMPLERS[scheduler]
    loaded = graph.share("CheckpointLoaderSimple", "InstructPix2Pix", {"ckpt_name": CHECKPOINTS[repo]})
    model, clip, vae = (loaded, 0), (loaded, 1), (loaded, 2)
    words = graph.add("CLIPTextEncode", f"{name}: the instruction", {"text": text, "clip": clip})
    nothing = graph.share("CLIPTextEncode", "No words", {"text": "", "clip": clip})
    seen = graph.add(
        "InstructPixToPixConditioning",
        f"{name}: the photo",
        {"positive": (words, 0), "negative": (nothing, 0), "vae": vae, "pixels": image},
    )
    guider = graph.add(
        "DualCFGGuider",
        f"{name}: guidance by words and by photo",
        {
            "model": model,
            "cond1": (seen, 0),
            "cond2": (seen, 1),
            "negative": (nothing, 0),
            "cfg_conds": parameters.guidance_scale,
            "cfg_cond2_negative": parameters.image_guidance_scale,
            "style": "regular",
        },
    )
    sampled = graph.add(
        "SamplerCustomAdvanced",
        f"{name}: denoising",
        {
            "noise": (graph.share("RandomNoise", "Noise", {"noise_seed": parameters.seed}), 0),
            "guider": (guider, 0),
            "sampler": (graph.share("KSamplerSelect", "Sampler", {"sampler_name": sampler}), 0),
            "sigmas": (
                graph.share(
                    "BasicScheduler",
                    "Steps",
                    {"model": model, "scheduler": sigmas, "steps": parameters.num_inference_steps, "denoise": 1.0},
                ),
                0,
            ),
            "latent_image": (seen, 2),
        },
    )
    decoded = graph.add("VAEDecode", f"{name}: edited image", {"samples": (sampled, 0), "vae": vae})
    return Expressed({"image": (decoded, 0)}, tuple(_notes(parameters, repo)))


def _notes(parameters: EditParameters, repo: str) -> Iterator[str]:
    yield (
        f"It loads {CHECKPOINTS[repo]} of {repo}, which goes into ComfyUI's folder models/checkpoints. "
        "The mini editor cannot be loaded there: it has an autoencoder, extra inputs and a prediction of its own."
    )
    if parameters.scheduler is None:
        yield (
            "The recipe leaves the sampler to the weights; the graph names euler_ancestral, which the authors' "
            "edit_cli.py uses."
        )
    yield (
        "ComfyUI draws its noise and places its steps in its own way: the same seed and number of steps need not give "
        "the picture that diffusers gives."
    )
    if any(scale != round(scale, 2) for scale in (parameters.guidance_scale, parameters.image_guidance_scale)):
        yield "ComfyUI rounds guidance scales to hundredths."
