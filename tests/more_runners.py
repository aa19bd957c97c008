"""Model kinds that only tests have: declarations without code, enough for the catalog and the workflow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import Field

from seamline.catalog.entries import Parameters, Sample, Step
from seamline.catalog.io import json_schema
from seamline.plugins import RUNNERS


class PromptParameters(Parameters):
    """Of a text-to-image model."""

    seed: int = Field(default=0, description="Seed of the noise.")


class NoParameters(Parameters):
    """Of a model that takes none."""


@dataclass(frozen=True)
class Declared:
    name: str
    signature: str
    pipelines: frozenset[str]
    parameters: type[Parameters] = NoParameters
    known_repositories: Mapping[str, str] = field(default_factory=dict)


MORE = (
    Declared("text_to_image", "Txt2Img", frozenset({"StableDiffusionPipeline"}), PromptParameters),
    Declared("captioning", "Img2Txt", frozenset({"BlipForConditionalGeneration"})),
    Declared("matting", "ImgMsk2Alpha", frozenset({"Matting", "MattingNetwork"})),
    Declared("blending", "ImgImg2Img", frozenset({"Blending"})),
)

MODELS = {
    "catalog/models/editor.yml": "block: ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix\n",
    "catalog/models/painter.yml": "block: Txt2Img-HuggingFace-a-painter\npipeline: StableDiffusionPipeline\n",
    "catalog/models/captioner.yml": "block: Img2Txt-HuggingFace-a-cap\npipeline: BlipForConditionalGeneration\n",
    "catalog/models/matter.yml": "block: MskImage2Matte-HuggingFace-a-mat\npipeline: Matting\n",
    "catalog/models/blender.yml": "block: ImgImg2Img-HuggingFace-a-blend\npipeline: Blending\n",
    "catalog/models/depth.yml": "block: Img2Dep-HuggingFace-a-dep\n",
}

CHAIN = """\
title: A face, matted and composited
input:
  scene: {seed: 7, people: 2}
steps:
  edit:
    model: editor
    inputs: {image: scene, text: give the left person grey hair}
    parameters: {seed: 3}
    truth: {attribute: {person: left, attribute: hair_colour, value: grey}}
  changed: {operation: change, inputs: {before: scene, after: edit.image}, parameters: {threshold: 9}}
  matte: {model: matter, inputs: {image: edit.image, mask: changed.mask}}
  composite: {operation: over, inputs: {below: scene, above: edit.image, alpha: matte.alpha}}
  caption: {model: captioner, inputs: {image: composite.image}}
"""


@contextmanager
def registered(*plugins: Any) -> Iterator[None]:
    """These runners and InstructPix2Pix's alone; what depends on which there are is made anew, before and after."""
    known = {one.name: one for one in (RUNNERS.all["instruct_pix2pix"], *plugins)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(RUNNERS.__dict__, "all", known)
        _made_anew()
        yield
    _made_anew()


def _made_anew() -> None:
    json_schema.schema_of.cache_clear()
    Step.model_rebuild(force=True)
    Sample.model_rebuild(force=True)
