"""Whatever import and check accept as a block, graph, drawing, pages and exports can read; and nothing else passes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from seamline.blocks.names import NAME_PATTERN, is_attempt, parse_block
from seamline.blocks.ports import ALPHA, PORT_TYPES
from seamline.blocks.tasks import task_of
from seamline.catalog.documents.prompt_text import parse
from seamline.catalog.entries import Model, Question
from seamline.catalog.io.loading import catalog_of
from seamline.catalog.io.writing import entry_text
from seamline.catalog.origins import hub_id, model_title, origin
from seamline.catalog.reading.yaml_reader import Unreadable
from seamline.diagrams.workflow_diagram import draw
from seamline.errors import CatalogError, WorkflowError
from seamline.pages.rendering import render
from seamline.pages.site_data import SiteData
from seamline.workflow.export import from_json, to_json, to_mermaid
from seamline.workflow.graph import workflow_of

SPELLINGS = [spelling for kind in PORT_TYPES for spelling in (kind.code, *kind.aliases)]
SIDES = st.lists(st.sampled_from([*SPELLINGS, *SPELLINGS, "Code", "2", "img", "3d"]), min_size=1, max_size=5).map(
    "".join
)
PIECES = st.text("ab Z09-_.:+/@~é\u200b`<", min_size=1, max_size=9)
NAMES = st.one_of(
    st.builds("{}2{}-{}-{}-{}".format, SIDES, SIDES, PIECES, PIECES, PIECES),
    st.from_regex(NAME_PATTERN, fullmatch=True).filter(lambda name: len(name) <= 200),
    st.text(max_size=30),
)


def accepted(name: str) -> set[str]:
    """Who takes `name` for a block: the pattern of editors, the parser, an entry, a file of the catalog, a document."""
    takers = {"pattern"} if re.match(NAME_PATTERN, name) and len(name) <= 200 and "\n" not in name else set()
    for taker, read in (
        ("parser", lambda: parse_block(name)),
        ("entry", lambda: Model(block=name)),
        ("document", lambda: parse(f'"Why?"\n### Recommended AI Models:\nModel: {name}\n')),
    ):
        try:
            read()
        except (WorkflowError, ValidationError, Unreadable):
            continue
        takers.add(taker)
    return takers


@settings(max_examples=300, deadline=None)
@given(NAMES)
def test_all_who_read_a_block_agree_and_what_they_accept_can_be_shown(name: str) -> None:
    takers = accepted(name)
    if "parser" not in takers:
        # A document and an entry trim what they are given, so they may accept what is a block without that.
        assert "pattern" not in takers
        assert not takers or any(accepted(part) for part in (name.strip(), name.strip("\u200b` *_+\\~"))), takers
        return
    assert takers == {"pattern", "parser", "entry", "document"}
    model = Model(block=name)
    workflow = workflow_of({"m": model})
    assert from_json(to_json(workflow)) == workflow
    assert to_mermaid(workflow) and draw(workflow, None, standalone=True)
    assert task_of(parse_block(name)).sentence and model_title(model) and origin(model)


@settings(max_examples=12, deadline=None)
@given(st.from_regex(NAME_PATTERN, fullmatch=True).filter(lambda name: len(name) <= 200))
def test_what_check_accepts_can_be_rendered(name: str) -> None:
    files = {
        "catalog/models/m.yml": entry_text(Model(block=name)).encode(),
        "catalog/questions/q.md": entry_text(Question(asked="Why?", models=("m",))).encode(),
    }
    assert render(SiteData(catalog_of(Path(), files)))


@pytest.mark.parametrize("signature", ["Foo2Bar", "Img2Code", "Any2Any"])
def test_check_says_where_a_block_stands_that_nobody_can_read(signature: str) -> None:
    data = f"title: T\nblock: {signature}-HuggingFace-facebook-sam\n".encode()
    with pytest.raises(CatalogError) as caught:
        catalog_of(Path(), {"catalog/models/m.yml": data})
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.field) == ("catalog/models/m.yml", 2, "block")
    assert "unknown port type" in problem.what and "nearest" in problem.hint


@pytest.mark.parametrize(
    ("signature", "canonical"),
    [
        ("Img2Depth", "Img2Dep"), ("Img2Dep", "Img2Dep"), ("Img2DepthMap", "Img2Dep"), ("Txt2Vid", "Txt2Vid"),
        ("Img2Msk", "Img2Msk"), ("ImgMsk2Alpha", "ImgMsk2Alpha"), ("ImageMask2Matte", "ImgMsk2Alpha"),
        ("Audio2Txt", "Aud2Txt"), ("Speech2Text", "Aud2Txt"), ("Txt2Music", "Txt2Aud"), ("Photo23D", "Img23D"),
        ("ImgImgMaskTxt2ImgMask", "ImgImgMskTxt2ImgMsk"), ("Prompt2Image", "Txt2Img"), ("Img2Labels", "Img2Lbl"),
        ("Img2Embedding", "Img2Emb"), ("Txt2Mesh", "Txt23D"),
    ],
)  # fmt: skip
def test_ports_as_a_stranger_would_spell_them(signature: str, canonical: str) -> None:
    assert parse_block(f"{signature}-H-o-n").signature == canonical


def test_matting_has_a_type_and_a_name_of_its_own() -> None:
    block = parse_block("ImgMask2Alpha-Hub-owner-name")
    assert block.outputs == (ALPHA,)
    assert task_of(block).name == "mask-guided image matting"
    assert task_of(block).outputs == ("alpha matte",)


@pytest.mark.parametrize("text", ["Img2Code-HuggingFace-a-b", "Txt2Txt-Ollama-library-llama3:8b", "Img2Img-a/b"])
def test_an_attempt_at_a_block_is_recognised(text: str) -> None:
    assert is_attempt(text)


@pytest.mark.parametrize(
    ("rest", "github", "weights", "shown", "title"),
    [
        ("timbrooks-instruct-pix2pix", "tb/instruct-pix2pix", "", "timbrooks/instruct-pix2pix", "instruct-pix2pix"),
        ("black-forest-labs-FLUX.1-dev", "black-forest-labs/flux", "", "black-forest-labs/FLUX.1-dev", "FLUX.1-dev"),
        ("depth-anything-Depth-V2", "", "", "", "depth-anything-Depth-V2"),
        ("depth-anything-Depth-V2", "", "depth-anything/Depth-V2", "depth-anything/Depth-V2", "Depth-V2"),
        ("sd-legacy-stable-diffusion-v1-5", "runwayml/stable-diffusion", "", "", "sd-legacy-stable-diffusion-v1-5"),
        ("a-b-a-b", "a/a-b", "", "", "a-b-a-b"),
        ("openai-whisper", "", "", "openai/whisper", "whisper"),
        ("some-lab-all-MiniLM-L6-v2", "UKPLab/some-lab", "", "", "some-lab-all-MiniLM-L6-v2"),
    ],
)  # fmt: skip
def test_no_owner_is_shown_that_nothing_settles(rest: str, github: str, weights: str, shown: str, title: str) -> None:
    model = Model.model_validate(
        {"block": f"Img2Img-HuggingFace-{rest}"}
        | ({"github": f"https://github.com/{github}"} if github else {})
        | ({"weights": {"repo": weights, "revision": "main"}} if weights else {})
    )
    assert (hub_id(model), model_title(model), origin(model)) == (shown, title, shown or rest)
    drawing = draw(workflow_of({"m": model}), None, standalone=True)
    text = re.sub(r"<[^>]+>", "", drawing)
    assert (shown or rest) in text or all(part in text for part in re.split(r"(?<=[-/])", shown or rest))
    assert shown or "depth/" not in text
