"""Small projects in memory: rendering is pure, so neither files nor pictures are needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from seamline.catalog.io.loading import catalog_of
from seamline.pages import SiteData
from seamline.pages.commands import CommandReference
from seamline.runs.plan.states import SampleState
from seamline.runs.store.records import SCHEMA, ArtifactRecord, RunRecord, StepRecord
from seamline.weights.identity import WeightsIdentity

REPOSITORY = Path(__file__).parents[2]

ANSWER = """\
## In short

The picture is looked at again at every step [@ada1843, §1].
It was written down by hand [@ada1843-code; @bob2020, p. 3].

{{ sample("wave") }}

The face is {{ measured("wave", "psnr_face") }} from the truth.

## Papers and tools

{{ references() }}
"""

FILES: Mapping[str, str] = {
    "catalog/papers/ada1843.yml": (
        "title: Notes on the Engine\nauthors: [Ada Lovelace]\nyear: 1943\narxiv: '1843.01234'\n"
        "github: https://github.com/ada/notes\n"
    ),
    "catalog/papers/bob2020.yml": "title: Another\nsummary: Faces and light. They match.\narxiv: '2020.00001'\n",
    "catalog/models/engine.yml": (
        "block: ImgTxt2Img-HuggingFace-ada-engine\npapers: [ada1843]\n"
        "pipeline: StableDiffusionInstructPix2PixPipeline\n"
    ),
    "catalog/samples/wave.yml": (
        "title: A wave\nmodel: engine\ninput:\n  scene:\n    seed: 7\n    people: 2\n"
        "instruction: give the left person grey hair\n"
        "parameters: {seed: 11, num_inference_steps: 12, guidance_scale: 2.5, image_guidance_scale: 1.25}\n"
    ),
    "catalog/questions/how.md": (
        "---\nasked: How does it match?\nmodels: [engine]\npapers: [bob2020]\nsamples: [wave]\nstatus: written\n---\n\n"
        + ANSWER
    ),
    "catalog/questions/why.md": "---\nasked: Why do faces match?\nmodels: [engine]\npapers: [bob2020]\n---\n",
}

DOCS: Mapping[str, str] = {
    "index.md": "# Home\n\n[Questions](questions/index.md) [Models](models/index.md) [Papers](papers/index.md)\n"
    "[Samples](samples/index.md) [Workflows](workflows/index.md) [References](references.md)\n"
    "[Measures](how-it-is-measured.md)\n",
    "guides/answer-your-own-question.md": "# Guide\n",
    "how-it-is-measured.md": "# Measures\n",
}


def run_of(sample: str, weights: str = "mini", roles: tuple[str, ...] = ("input", "edited")) -> RunRecord:
    """A record with one image for each of `roles`."""
    label = "Seamline mini editor" if weights == "mini" else "timbrooks/instruct-pix2pix"
    source = "catalog/weights/mini" if weights == "mini" else f"ada/engine@{'0123456789' * 4}"
    images = tuple(
        ArtifactRecord(
            role=role,
            step="" if role == "input" else "edit",
            port="image" if role == "edited" else "",
            file=f"{role}-0a1b2c3d.webp",
            width=192,
            height=128,
            sha256="0a" * 32,
            phash="f" * 16,
            provenance="trained-composite" if role == "edited" else "computed",
        )
        for role in roles
    )
    step = StepRecord(
        model="engine",
        runner="instruct_pix2pix",
        weights=WeightsIdentity(name=weights, label=label, source=source, files={"unet": "ab" * 32}),
        inputs={"image": "scene"},
        key="cd" * 32,
        key_fields={},
        device="cpu",
        dtype="float32",
        versions={"torch": "2.13"},
        seconds=1.25,
        shapes={"latents": (1, 8, 32, 48)},
    )
    return RunRecord(schema_version=SCHEMA, sample=sample, weights_name=weights, steps={"edit": step}, images=images)


def make_project(
    changes: Mapping[str, str] | None = None,
    *,
    docs: Mapping[str, str] = DOCS,
    state: str = "fresh",
    why: tuple[str, ...] = (),
    run: bool = True,
    commands: Callable[[], Sequence[CommandReference]] = tuple,
) -> SiteData:
    """The project of `FILES` with `changes` put in place of (or beside) them."""
    files = {**FILES, **(changes or {})}
    catalog = catalog_of(Path("project"), {name: text.encode() for name, text in files.items()})
    names = tuple(catalog.samples)
    return SiteData(
        catalog=catalog,
        runs={name: {"mini": run_of(name)} for name in names} if run else {},
        states={name: SampleState(name, state, why) for name in names},  # type: ignore[arg-type]
        measures={name: {"mini": {"edited-0a1b2c3d.webp": {"psnr_face": 21.44}}} for name in names} if run else {},
        docs={name: text.encode() for name, text in docs.items()},
        commands=commands,
    )
