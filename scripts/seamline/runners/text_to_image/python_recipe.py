"""A generated image as a Python program for plain diffusers."""

from __future__ import annotations

from seamline.runners.base import Call
from seamline.runners.text_to_image.parameters import GenerationParameters


def as_python(parameters: GenerationParameters, call: Call) -> str:
    """A program that generates the image again, run from the project's folder."""
    scheduler = parameters.scheduler
    imports = [name for name in (scheduler, "StableDiffusionPipeline") if name]
    pinned = f", revision={call.revision!r}" if call.revision else ""
    lines = [
        "import torch",
        f"from diffusers import {', '.join(sorted(imports))}",
        "",
        f"pipeline = StableDiffusionPipeline.from_pretrained({call.weights!r}{pinned}, use_safetensors=True)",
    ]
    if scheduler:
        lines.append(f"pipeline.scheduler = {scheduler}.from_config(pipeline.scheduler.config)")
    lines += [
        "generated = pipeline(",
        f"    {call.inputs['text']!r},",
        f"    num_inference_steps={parameters.num_inference_steps},",
        f"    guidance_scale={parameters.guidance_scale!r},",
    ]
    for name in ("negative_prompt", "width", "height"):
        if value := getattr(parameters, name):
            lines.append(f"    {name}={value!r},")
    lines += [
        f"    generator=torch.Generator('cpu').manual_seed({parameters.seed}),",
        ").images[0]",
        f"generated.save({call.save_as!r})",
    ]
    return "\n".join(lines) + "\n"
