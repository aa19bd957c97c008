"""What happens inside InstructPix2Pix, told in nine steps and in one paragraph.

Steps and formula are those of Brooks, Holynski and Efros, "InstructPix2Pix: Learning to Follow Image Editing
Instructions" (CVPR 2023), sections 3.2 and 3.2.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from seamline.diagrams.shapes import Picture
from seamline.runners.instruct_pix2pix.explainer.inside_steps import Row, Step, shape_text


@dataclass(frozen=True)
class Inside:
    """What is known about one edit.

    Attributes:
        input_image, edited_image: thumbnails, addressed from the page.
        instruction: the edit instruction.
        shapes: tensor shapes by name: `image`, `image_latents`, `latents`, `text`, `unet_input`, `prediction`.
            Those that are missing are left out of the drawing; other names are ignored.
        weights: what the page calls the weights that the shapes belong to.
        steps, guidance_scale, image_guidance_scale: sampling parameters; None leaves the number out.
        model: what people call the model.
    """

    input_image: Picture | None
    instruction: str
    edited_image: Picture | None
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    weights: str = ""
    steps: int | None = None
    guidance_scale: float | None = None
    image_guidance_scale: float | None = None
    model: str = "InstructPix2Pix"

    @property
    def unguided(self) -> bool:
        """Whether all but the prediction with image and words cancel out of the guided one."""
        return self.guidance_scale == self.image_guidance_scale == 1


def steps_of(inside: Inside) -> Mapping[str, Step]:
    """The nine steps by name, in the order in which they happen; their width is the layout's to set."""
    rounds = f"{inside.steps} times in all" if inside.steps else "until no step is left"
    told = {
        "encode": ("Encode the image", "The autoencoder’s encoder E turns the input image into image latents E(c_I)."),
        "noise": ("Start from noise", "Noise z_T, shaped like latents, is drawn from the seed."),
        "read": ("Read the words", "The text encoder turns the instruction into c_T, one vector for each token."),
        "join": (
            "Join on channels",
            "z_t and E(c_I) are stacked along the channel axis. The U-Net’s first convolution has extra input channels "
            "for the image.",
        ),
        "unet": (
            "Run the U-Net",
            "It sees the joined latents and the time t. Cross-attention lets each place look at the words.",
        ),
        "predict": (
            "Predict three times",
            "The same U-Net can be asked three ways. Where ∅ stands, it is told nothing:",
        ),
        "guide": ("Guide", _guide(inside)),
        "step": (
            "Take a step",
            f"The scheduler uses ẽ to make z_t a little less noisy. The result goes back to step 4, {rounds}.",
        ),
        "decode": ("Decode", "After the last step, the decoder turns the clean latents z_0 into the edited image."),
    }
    shapes = {
        "encode": "image_latents",
        "noise": "latents",
        "read": "text",
        "join": "unet_input",
        "predict": "prediction",
    }
    rows = {"predict": _PREDICTIONS, "guide": formula_rows(inside.image_guidance_scale, inside.guidance_scale)}
    return {
        name: Step(place, title, text, 0, inside.shapes.get(shapes.get(name, "")), rows.get(name, ()))
        for place, (name, (title, text)) in enumerate(told.items(), start=1)
    }


_PREDICTIONS = (
    Row("e(z_t, ∅, ∅)", "with neither image nor words"),
    Row("e(z_t, c_I, ∅)", "with the image only", "img"),
    Row("e(z_t, c_I, c_T)", "with the image and the words", "txt"),
)


def _guide(inside: Inside) -> str:
    told = "One prediction ẽ is put together from the three:"
    if inside.unguided:
        return f"{told} with both scales at 1, that is the third, and it alone was computed here."
    return told


def formula_rows(s_image: float | None = None, s_text: float | None = None) -> tuple[Row, ...]:
    """The guidance formula, one term a row: what each adds, and how strongly in this edit."""
    return (
        Row("ẽ = e(z_t, ∅, ∅)", "the unconditioned prediction"),
        Row("+ s_I (e(z_t, c_I, ∅) − e(z_t, ∅, ∅))", f"{_scale('s_I', s_image)}: towards the input image", "img"),
        Row("+ s_T (e(z_t, c_I, c_T) − e(z_t, c_I, ∅))", f"{_scale('s_T', s_text)}: towards the instruction", "txt"),
    )


def _scale(name: str, value: float | None) -> str:
    return f"{name} = {value:g}" if value is not None else name


def describe(inside: Inside) -> str:
    """The drawing in words, for those who cannot see it."""
    sentences = [
        "The input image is encoded into image latents, and the edit instruction into one vector for each token.",
        "Latents start as noise. At every step they are joined with the image latents on the channel axis and go "
        "through the U-Net, which reads the instruction by cross-attention.",
        "It predicts three times: with neither image nor instruction, with the image only, and with both.",
        "The guided prediction is the first, plus the image guidance scale times second minus first, plus the text "
        "guidance scale times third minus second.",
        "The scheduler takes a step with it, and the loop begins again. At the end the latents are decoded into the "
        "edited image.",
    ]
    if inside.unguided:
        sentences.append("With both scales at 1, as here, that is the third, and it alone was computed.")
    if inside.instruction:
        sentences.append(f"Edit instruction: “{inside.instruction}”.")
    for name, picture in (("Input image", inside.input_image), ("Edited image", inside.edited_image)):
        if picture and picture.alt:
            sentences.append(f"{name}: {picture.alt.rstrip('.')}.")
    known = [f"{name.replace('_', ' ')} {shape_text(shape)}" for name, shape in inside.shapes.items() if shape]
    if known:
        sentences.append(f"Tensor shapes: {', '.join(known)}.")
    return " ".join(sentences)
