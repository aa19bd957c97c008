"""A small sound project to break, and the documents of the family."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("seamline", derandomize=True, deadline=None, max_examples=80)
settings.load_profile("seamline")

REPOSITORY = Path(__file__).parents[2]
DOCUMENTS = REPOSITORY / "tests" / "documents"

FILES = {
    "catalog/papers/ada1843.yml": "title: Notes on the Engine\narxiv: 1843.01234\ngithub: https://github.com/ada/notes\n",
    "catalog/papers/bob2020.yml": "title: Another\nsummary: Faces and light.\n",
    "catalog/models/engine.yml": (
        "block: ImgTxt2Img-HuggingFace-ada-engine\npapers: [ada1843]\ngithub: https://github.com/ada/engine\n"
        "pipeline: StableDiffusionInstructPix2PixPipeline\n"
    ),
    "catalog/samples/wave.yml": (
        "title: A wave\nmodel: engine\ninput:\n  scene:\n    seed: 7\n    people: 2\n"
        "instruction: give the left person grey hair\n"
        "truth:\n  attribute:\n    person: left\n    attribute: hair_colour\n    value: grey\n"
    ),
    "catalog/questions/how.md": (
        "---\nasked: How does it match?\nmodels: [engine]\npapers: [bob2020]\nsamples: [wave]\nstatus: written\n---\n\n"
        "It does [@ada1843, §1; @ada1843-code].\n"
    ),
}

Project = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Makes a project of `FILES`, with the given files put in place of (or beside) them."""

    def make(**changes: str | bytes) -> Path:
        for name, text in {**FILES, **changes}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode() if isinstance(text, str) else text)
        return tmp_path

    return make


@pytest.fixture
def seed_project(tmp_path: Path) -> Path:
    """A copy of this repository's own catalog."""
    for folder in ("questions", "models", "papers", "samples", "photos"):
        if (REPOSITORY / "catalog" / folder).is_dir():
            shutil.copytree(REPOSITORY / "catalog" / folder, tmp_path / "catalog" / folder)
    return tmp_path
