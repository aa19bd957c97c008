"""What a run left behind is drawn where it flowed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from more_runners import CHAIN, MODELS, MORE, registered
from test_drawings import check, variants

from seamline.catalog.io.loading import catalog_of
from seamline.diagrams.shapes import Picture
from seamline.diagrams.workflow_diagram import Flow, draw
from seamline.workflow.graph import Workflow
from seamline.workflow.sample_graph import workflow_of_sample

ARTIFACTS: dict[tuple[str, str], Picture | str] = {
    ("scene", "image"): Picture("runs/input.webp", "Two people", 192, 128),
    ("in:edit:text", "text"): "give the left person grey hair",
    ("edit", "image"): Picture("runs/edited.webp", "Grey hair", 192, 128),
    ("changed", "mask"): Picture("runs/mask.png", "Where it changed", 192, 128),
    ("matte", "alpha"): Picture("runs/alpha.png", "The hair", 192, 128),
    ("composite", "image"): Picture("runs/composite.webp", "Both", 192, 128),
    ("caption", "text"): "two people before a wall",
}


@pytest.fixture
def chain() -> Iterator[Workflow]:
    with registered(*MORE):
        texts = {**MODELS, "catalog/samples/chain.yml": CHAIN}
        catalog = catalog_of(Path("nowhere"), {name: text.encode() for name, text in texts.items()})
        yield workflow_of_sample("chain", catalog.samples["chain"], catalog.models)


def test_every_artifact_is_drawn_once_in_each_variant(chain: Workflow) -> None:
    drawing = draw(chain, Flow(ARTIFACTS), links={"editor": "../models/editor/"})
    check(drawing)
    for svg in variants(drawing):
        shown = [image.get("href") for image in svg.iterfind(".//{*}image")]
        assert sorted(shown) == sorted(one.href for one in ARTIFACTS.values() if isinstance(one, Picture))
        words = " ".join(" ".join(text.itertext()) for text in svg.iterfind(".//{*}text"))
        assert "grey hair”" in words and "“two people" in words
        said = svg.find(".//{*}desc").text
        assert "(Where it changed)" in said and "(“two people before a wall”)" in said


def test_a_wire_without_an_artifact_is_drawn_all_the_same(chain: Workflow) -> None:
    some = {place: one for place, one in ARTIFACTS.items() if place[0] in ("scene", "matte")}
    for flow in (None, Flow({}), Flow(some)):
        for svg in variants(draw(chain, flow)):
            assert len([path for path in svg.iterfind(".//{*}path") if "wire" in path.get("class")]) == len(chain.edges)
            assert len(list(svg.iterfind(".//{*}image"))) == (len(some) if flow and flow.artifacts else 0)


def test_an_operation_is_a_box_that_says_no_model_runs(chain: Workflow) -> None:
    for svg in variants(draw(chain, links={"editor": "../models/editor/"})):
        words = [" ".join(text.itertext()) for text in svg.iterfind(".//{*}text")]
        assert words.count("computed, no model") == 2 and "over" in words and "ImgImgAlpha2Img" in words
        boxes = [box.get("class") for box in svg.iterfind(".//{*}rect[@class]")]
        assert boxes.count("box model") == 3
        assert [link.get("href") for link in svg.iterfind(".//{*}a")] == ["../models/editor/"]
