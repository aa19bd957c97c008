"""An edit's parameters as pages show them."""

from __future__ import annotations

from seamline.runners.base import Setting
from seamline.runners.instruct_pix2pix.parameters import EditParameters


def described(parameters: EditParameters) -> tuple[Setting, ...]:
    """Parameters in the paper's letters."""
    name = parameters.adapter
    adapter = (Setting("adapter", name, "fine-tune of the weights", brief=f"adapter {name}"),) if name else ()
    text, image = parameters.guidance_scale, parameters.image_guidance_scale
    return (
        Setting(
            "num_inference_steps",
            str(parameters.num_inference_steps),
            brief=f"{parameters.num_inference_steps} steps",
        ),
        Setting(
            "guidance_scale",
            f"{text}",
            "text guidance scale",
            "<var>s<sub>T</sub></var>",
            f"text guidance {text:g}",
        ),
        Setting(
            "image_guidance_scale",
            f"{image}",
            "image guidance scale",
            "<var>s<sub>I</sub></var>",
            f"image guidance {image:g}",
        ),
        Setting("seed", str(parameters.seed), brief=f"seed {parameters.seed}"),
        Setting("scheduler", parameters.scheduler or "the weights' own"),
        *adapter,
    )
