"""Which models a sample may run: those whose pipeline Seamline really runs, so that none is impersonated.

Seamline runs one pipeline, InstructPix2Pix's, with a model's own weights or with the mini editor's in their
place. A model of another kind, or one of which nobody said that its pipeline is that one, is explained by the
questions that recommend it, and never drawn.
"""

from __future__ import annotations

from seamline.blocks.names import parse_block
from seamline.catalog.entries import Model

PIPELINE = "StableDiffusionInstructPix2PixPipeline"
"""diffusers class of the one pipeline that Seamline runs."""

SIGNATURE = "ImgTxt2Img"
"""What that pipeline takes and gives, as block names write it."""

KNOWN_PIPELINES = {"timbrooks/instruct-pix2pix": PIPELINE}
"""Pipeline classes of hub repositories whose catalog entry need not name one."""


def pipeline_of(model: Model) -> str:
    """diffusers class of a model's pipeline: as its entry says, else as its repository is known for; "" if unknown."""
    if model.pipeline:
        return model.pipeline
    if model.weights:
        return KNOWN_PIPELINES.get(model.weights.repo, "")
    own = model.block.split("-", 2)[-1].lower()
    return next((known for repo, known in KNOWN_PIPELINES.items() if own == repo.replace("/", "-")), "")


def is_run(model: Model) -> bool:
    """Whether samples can run the model."""
    return not why_not_run("", model)[0]


def why_not_run(name: str, model: Model) -> tuple[str, str]:
    """Why no sample can run the model, and what to do, as two sentences; two empty strings where samples can.

    Args:
        name: the model's id.
    """
    block = parse_block(model.block)
    signature = block.signature
    if not block.is_kind(SIGNATURE):
        return (
            f"`{name}` is an `{signature}` model, and samples run `{SIGNATURE}` models alone: nothing here can draw it",
            "take the sample out, or name a model that edits an image by an instruction; "
            "a question may still recommend this one",
        )
    pipeline = pipeline_of(model)
    if pipeline == PIPELINE:
        return "", ""
    if pipeline:
        return (
            f"`{name}` is a `{pipeline}`, and samples run `{PIPELINE}` alone: nothing here can draw it",
            "take the sample out, or name a model of that pipeline; a question may still recommend this one",
        )
    return (
        f"of `{name}` it is not known which pipeline it is, and samples run `{PIPELINE}` alone",
        f"if the `_class_name` in its model_index.json on the hub is that one, add `pipeline: {PIPELINE}` "
        f"to catalog/models/{name}.yml; else take the sample out",
    )
