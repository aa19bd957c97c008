"""What happens inside InstructPix2Pix, as a diagram of one run."""

from __future__ import annotations

from seamline.diagrams.shapes import Picture
from seamline.runners.base import StepView
from seamline.runners.instruct_pix2pix.explainer.inside_diagram import draw
from seamline.runners.instruct_pix2pix.explainer.inside_prose import Inside
from seamline.runners.instruct_pix2pix.parameters import EditParameters


def explain(view: StepView) -> str:
    """SVG of one edit computed inside the model, with the tensor shapes of the weights that ran."""
    image, edited = view.inputs.get("image"), view.outputs.get("image")
    text = view.inputs.get("text")
    sampled = view.parameters if isinstance(view.parameters, EditParameters) else None
    return draw(
        Inside(
            image if isinstance(image, Picture) else None,
            text if isinstance(text, str) else "what to change",
            edited if isinstance(edited, Picture) else None,
            view.shapes,
            view.weights,
            sampled.num_inference_steps if sampled else None,
            sampled.guidance_scale if sampled else None,
            sampled.image_guidance_scale if sampled else None,
            view.model,
        )
    )
