"""A sample of three steps, paint -> edit -> caption, and records of its run, whole and broken off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pages.page_projects import make_project

from seamline.pages import SiteData
from seamline.runs.store.records import SCHEMA, ArtifactRecord, RunRecord, StepRecord
from seamline.weights.identity import WeightsIdentity

CAPTION = "three people <b>before</b> a wall"
PROMPT = "a photo of three people before a wall"

FILES: Mapping[str, str] = {
    "catalog/models/painter.yml": "block: Txt2Img-HuggingFace-a-painter\npipeline: StableDiffusionPipeline\n",
    "catalog/models/captioner.yml": "block: Img2Txt-HuggingFace-a-cap\npipeline: BlipForConditionalGeneration\n",
    "catalog/samples/chain.yml": f"""\
title: A picture that is painted, edited and described
steps:
  paint:
    model: painter
    inputs: {{text: {PROMPT}}}
    parameters: {{seed: 5}}
  edit:
    model: engine
    inputs: {{image: paint.image, text: make it snow}}
    parameters: {{image_guidance_scale: 1.75}}
  caption:
    model: captioner
    inputs: {{image: edit.image}}
""",
}


def _step(model: str, runner: str, label: str, inputs: Mapping[str, str], **fields: Any) -> StepRecord:
    weights = WeightsIdentity(name="hub", label=label, source=f"catalog/weights/{model}", files={"unet": "ab" * 32})
    return StepRecord(
        model=model,
        runner=runner,
        weights=weights,
        inputs=dict(inputs),
        key=f"{runner:x<64}",
        key_fields=fields,
        device="cpu",
        dtype="float32",
        seconds=1.0,
    )


STEPS: Mapping[str, StepRecord] = {
    "paint": _step("painter", "text_to_image", "tiny painter", {"text": PROMPT}),
    "edit": _step("engine", "instruct_pix2pix", "tiny editor", {"image": "paint.image", "text": "make it snow"}),
    "caption": _step("captioner", "image_to_text", "tiny captioner", {"image": "edit.image"}),
}


def _picture(role: str, step: str, provenance: Any, **fields: Any) -> ArtifactRecord:
    file = f"{step}-{role}-0a1b2c3d.webp"
    digest = f"{len(file):02x}" * 32
    return ArtifactRecord(role=role, step=step, file=file, sha256=digest, width=64, height=48, **fields).model_copy(
        update={"provenance": provenance}
    )


IMAGES = (
    _picture("generated", "paint", "trained", port="image", facts={"prompt": PROMPT, "seed": 5}),
    _picture("edited", "edit", "trained-composite", port="image", facts={"instruction": "make it snow"}),
    _picture("attention", "edit", "computed", type="Msk", facts={"word": "snow"}),
    ArtifactRecord(
        role="caption",
        step="caption",
        port="text",
        type="Txt",
        file="caption-text-0a1b2c3d.txt",
        sha256="77" * 32,
        text=CAPTION,
        provenance="trained",
    ),
)


def chain_record(*steps: str) -> RunRecord:
    """The run as far as `steps` go; all three by default."""
    names = steps or tuple(STEPS)
    return RunRecord(
        schema_version=SCHEMA,
        sample="chain",
        weights_name="hub",
        steps={name: STEPS[name] for name in names},
        images=tuple(image for image in IMAGES if image.step in names),
    )


def chain_site(*, kept: RunRecord | None = None, failure: str = "") -> SiteData:
    """A project with the chain: run, or failed with what is kept of it."""
    site = make_project(FILES, run=False)
    state = replace(site.states["chain"], weights="hub")
    if failure:
        failed = replace(state, state="failed", why=(failure,))
        return replace(site, states={**site.states, "chain": failed}, kept={"chain": kept} if kept else {})
    return replace(site, states={**site.states, "chain": state}, runs={"chain": {"hub": chain_record()}})
