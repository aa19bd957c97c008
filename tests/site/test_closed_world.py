"""A question's pages speak of the models it was given; whatever else the catalog or a template knows is a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamline.catalog import Catalog
from seamline.catalog.io.loading import catalog_of
from seamline.site.audit.closed_world import ClosedWorld
from seamline.site.audit.report import audit

FILES = {
    "catalog/papers/brooks2023.yml": "title: 'InstructPix2Pix: Learning to Follow Image Editing Instructions'\n",
    "catalog/papers/alone2021.yml": (
        "title: Alone\narxiv: '2101.00001'\ngithub: https://github.com/alone/alone\nsummary: We compare with Swin2SR.\n"
    ),
    "catalog/models/speech.yml": (
        "block: Aud2Txt-HuggingFace-openai-whisper-large-v3\ntitle: Whisper large\n"
        "weights: {repo: openai/whisper-large-v3, revision: main}\n"
    ),
    "catalog/models/turbo.yml": (
        "block: Aud2Txt-HuggingFace-openai-whisper-large-v3-turbo\ntitle: Whisper large turbo\n"
    ),
    "catalog/models/upscaler.yml": "block: Img2Img-HuggingFace-caidas-Swin2SR\n",
    "catalog/models/bark.yml": "block: Txt2Aud-HuggingFace-suno-bark\ntitle: Bark\n",
    "catalog/models/editor.yml": "block: ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix\ntitle: InstructPix2Pix\n",
    "catalog/questions/spoken.md": "---\nasked: How does Swin2SR differ?\nmodels: [turbo]\n---\n",
    "catalog/questions/edited.md": "---\nasked: How?\nmodels: [editor]\n---\n",
    "catalog/questions/cited.md": "---\nasked: How?\nmodels: [upscaler]\npapers: [brooks2023]\n---\n",
    "catalog/questions/summed.md": "---\nasked: How?\nmodels: [turbo]\npapers: [alone2021]\n---\n",
}


def catalog_without(*entries: str) -> Catalog:
    left = {name: text for name, text in FILES.items() if Path(name).stem not in entries}
    return catalog_of(Path("project"), {name: text.encode() for name, text in left.items()})


CATALOG = catalog_without()


def findings(tmp_path: Path, body: str, at: str, catalog: Catalog = CATALOG) -> list[str]:
    """What is found about models on a page with this body."""
    site = tmp_path / "site"
    for path, text in {
        "index.html": f"<a href='{at}/'>x</a>",
        f"{at}/index.html": f"<article>{body}</article>",
    }.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(
            f"<html lang='en'><head><meta charset='utf-8'></head><body><h1>x</h1>{text}</body></html>"
        )
    return [one.message for one in audit(site, catalog).findings if one.rule == "foreign-model"]


@pytest.mark.parametrize("folder", ["questions", "workflows"])
@pytest.mark.parametrize(
    "body",
    [
        "<p>Inside InstructPix2Pix: how one edit is computed</p>",
        "<svg role='img'><title>Inside InstructPix2Pix</title></svg>",
        "<p>An InstructPix2Pix-style edit</p>",
        "<p>It is InstructPix2Pix’s way.</p>",
        "<p>As (timbrooks/instruct-pix2pix) does.</p>",
        "<img alt='Drawn by InstructPix2Pix' src='a.webp' width='1' height='1'>",
        "<p>Whisper large hears it.</p>",
        "<p>whisper-large-v3 hears it.</p>",
        "<code>Aud2Txt-HuggingFace-openai-whisper-large-v3</code>",
        "<p>openai/whisper-large-v3, then more</p>",
    ],
)
def test_a_model_that_was_not_given_is_a_finding(body: str, folder: str, tmp_path: Path) -> None:
    assert findings(tmp_path, body, f"{folder}/spoken")


def test_what_templates_can_name_is_known_without_the_catalog(tmp_path: Path) -> None:
    bare = catalog_without("editor", "edited")
    assert "editor" not in bare.models
    assert findings(tmp_path, "<p>Inside InstructPix2Pix</p>", "workflows/spoken", bare)


@pytest.mark.parametrize(
    ("at", "body"),
    [
        (
            "questions/spoken",
            "<p>Whisper large turbo hears it: whisper-large-v3-turbo, openai/whisper-large-v3-turbo.</p>",
        ),
        ("questions/spoken", "<p>Swin2SR was asked about.</p>"),
        ("questions/spoken", "<blockquote>InstructPix2Pix edits.</blockquote><p>x</p>"),
        ("questions/spoken", "<p>A dog may bark. Bark is of a tree.</p>"),
        ("questions/spoken", "<p>AI-edited by Seamline mini editor</p>"),
        ("questions/edited", "<p>a small model of the same design, not timbrooks/instruct-pix2pix</p>"),
        ("questions/cited", "<li>InstructPix2Pix: Learning to Follow Image Editing Instructions</li>"),
        ("questions/summed", "<p>Its summary names Swin2SR.</p>"),
        ("models/turbo", "<p>InstructPix2Pix, Swin2SR and whatever else</p>"),
        ("guides/g", "<p>InstructPix2Pix</p>"),
    ],
)
def test_what_was_given_asked_or_quoted_is_none(at: str, body: str, tmp_path: Path) -> None:
    assert findings(tmp_path, body, at) == []


def test_a_paper_that_no_question_names_is_of_the_catalog_all_the_same() -> None:
    world = ClosedWorld(
        catalog_of(
            Path("project"),
            {
                "catalog/papers/alone2021.yml": FILES["catalog/papers/alone2021.yml"].encode(),
                "catalog/models/alone.yml": b"block: Img2Txt-HuggingFace-a-alone\ngithub: https://github.com/a/code\n",
            },
        )
    )
    for page in ("papers/alone2021/index.html", "papers/index.html", "models/alone/index.html"):
        assert "https://arxiv.org/abs/2101.00001" in world.allowed_links(page)
        assert "https://github.com/alone/alone" in world.allowed_links(page)
        assert "https://github.com/a/code" in world.allowed_links(page)
