"""An edit as a Python program for plain diffusers."""

from __future__ import annotations

from seamline.runners.base import Call
from seamline.runners.instruct_pix2pix.parameters import EditParameters


def as_python(parameters: EditParameters, call: Call) -> str:
    """A program that repeats one edit, run from the project's folder."""
    scheduler = parameters.scheduler
    imports = [name for name in (scheduler, "StableDiffusionInstructPix2PixPipeline") if name]
    weights = repr(call.weights)
    if call.revision:
        weights = f"{weights}, revision={call.revision!r}, use_safetensors=True"
    lines = [
        "import torch",
        f"from diffusers import {', '.join(sorted(imports))}",
        "from PIL import Image",
        "",
        f"pipeline = StableDiffusionInstructPix2PixPipeline.from_pretrained({weights})",
    ]
    if scheduler:
        lines.append(f"pipeline.scheduler = {scheduler}.from_config(pipeline.scheduler.config)")
    lines += [
        f"picture = Image.open({call.inputs['image']!r}).convert('RGB')",
        "edited = pipeline(",
        f"    {call.inputs['text']!r},",
        "    image=picture,",
        f"    num_inference_steps={parameters.num_inference_steps},",
        f"    guidance_scale={parameters.guidance_scale!r},",
        f"    image_guidance_scale={parameters.image_guidance_scale!r},",
        f"    generator=torch.Generator('cpu').manual_seed({parameters.seed}),",
        ").images[0]",
        f"edited.save({call.save_as!r})",
    ]
    return "\n".join(lines) + "\n"
