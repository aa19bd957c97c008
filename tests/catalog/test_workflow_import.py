"""A sample's workflow can be taken home as JSON, and into another catalog: the same sample, which runs there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from more_runners import CHAIN, MODELS, MORE, registered

from seamline.catalog import load
from seamline.catalog.documents.importer import import_documents
from seamline.catalog.documents.workflow_document import SCHEMA, sample_fields
from seamline.errors import CatalogError, WorkflowError
from seamline.workflow.export import to_json
from seamline.workflow.sample_graph import workflow_of_sample

from .conftest import Project


@pytest.fixture(autouse=True)
def _more_kinds() -> Iterator[None]:
    with registered(*MORE):
        yield


@pytest.fixture
def root(project: Project) -> Path:
    return project(**{**MODELS, "catalog/samples/chain.yml": CHAIN})


@pytest.fixture
def document(root: Path) -> Path:
    catalog = load(root)
    path = root / "taken-home.json"
    path.write_text(to_json(workflow_of_sample("chain", catalog.samples["chain"], catalog.models)), encoding="utf-8")
    return path


def test_a_workflow_is_imported_as_the_sample_it_was(root: Path, document: Path) -> None:
    file = root / "catalog/samples/chain.yml"
    before = load(root).samples["chain"]
    file.unlink()
    report = import_documents(root, [document])
    assert report.written == ("catalog/samples/chain.yml",)
    assert load(root).samples["chain"] == before


def test_what_is_there_is_not_written_again_nor_overwritten(root: Path, document: Path) -> None:
    assert import_documents(root, [document]).unchanged == ("catalog/samples/chain.yml",)
    file = root / "catalog/samples/chain.yml"
    file.write_text(f"alt: What was seen.\nalt_of: edited-0a1b2c3d.webp\n{CHAIN}")
    assert import_documents(root, [document]).unchanged == ("catalog/samples/chain.yml",)
    file.write_text(CHAIN.replace("seed: 3", "seed: 4"))
    assert import_documents(root, [document]).written == ("catalog/samples/chain-2.yml",)
    assert load(root).samples.keys() == {"chain", "chain-2", "wave"}


def test_a_model_is_known_by_its_block_whatever_it_is_called_here(root: Path, document: Path) -> None:
    (root / "catalog/samples/chain.yml").unlink()
    (root / "catalog/models/editor.yml").rename(root / "catalog/models/pix2pix.yml")
    import_documents(root, [document])
    assert load(root).samples["chain"].steps["edit"].model == "pix2pix"


def changed(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda data: data.update(fields)


def node(place: int, **fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda data: data["nodes"][place].update(fields)


def edge(source: str, target: str) -> Callable[[dict[str, Any]], None]:
    ends = {"from": {"node": source, "port": "image"}, "to": {"node": target, "port": "image"}}
    return lambda data: data["edges"].append(ends)


def other_scene(data: dict[str, Any]) -> None:
    data["nodes"].append({"id": "other", "kind": "input", "given": {"scene": {"seed": 99}}})
    edge("other", "edit")(data)


EDIT = 2


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (changed(schema="other/1"), f"is not a {SCHEMA} document"),
        (changed(sample={}), "is the workflow of no sample"),
        (changed(nodes=None), f"is not a sound {SCHEMA} document"),
        (changed(edges=[]), "nothing feeds"),
        (lambda data: data["edges"].append(data["edges"][0]), "two edges feed edit.image"),
        (changed(sample={"id": "chain"}), "Field required"),
        (node(EDIT, block="ImgTxt2Img-HuggingFace-no-body"), "no model of this catalog has that block"),
        (node(EDIT, block="nonsense"), "cannot be read"),
        (node(EDIT, model=["x"]), "is not a sound"),
        (node(EDIT, parameters={"seed": -1}), "greater than or equal to 0"),
        (node(0, given={"film": {}}), "a scene, a photo or a text"),
        (node(EDIT, parameters={"seed": True}), "'true'"),
        (node(0, given={"scene": {"seed": True}}), "'true'"),
        (node(1, given={"text": True}), "the text of"),
        (lambda data: data["nodes"].append(data["nodes"][EDIT]), "two nodes have the same id"),
        (edge("edit", "qq"), "an edge leads to 'qq'"),
        (other_scene, "its inputs are of two scenes"),
    ],
)
def test_what_is_no_sample_of_this_catalog_is_refused_and_nothing_is_written(
    root: Path, document: Path, harm: Callable[[dict[str, Any]], None], what: str
) -> None:
    data = json.loads(document.read_text())
    assert data["nodes"][EDIT]["id"] == "edit"
    harm(data)
    document.write_text(json.dumps(data))
    before = {path: path.read_bytes() for path in (root / "catalog").rglob("*.*")}
    with pytest.raises(CatalogError) as caught:
        import_documents(root, [document])
    assert what in str(caught.value) and "taken-home.json" in str(caught.value) and caught.value.problems[0].hint
    assert {path: path.read_bytes() for path in (root / "catalog").rglob("*.*")} == before


def test_broken_json_is_refused_with_its_line(root: Path) -> None:
    path = root / "broken.json"
    path.write_text('{\n"schema": oops}')
    with pytest.raises(CatalogError, match=r"broken\.json:2: is not JSON"):
        import_documents(root, [path])


LEAVES = st.none() | st.integers() | st.text(max_size=4) | st.sampled_from(["model", "input", "operation"])
KEYS = st.sampled_from(["id", "kind", "nodes", "edges", "from", "to", "node", "port", "model", "given", "title"])
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner), max_leaves=8)


@settings(max_examples=200, deadline=None)
@given(JSON, JSON, JSON)
def test_whatever_a_document_holds_it_is_read_or_refused(nodes: Any, edges: Any, sample: Any) -> None:
    document = {"schema": SCHEMA, "nodes": nodes, "edges": edges, "sample": sample}
    try:
        assert isinstance(sample_fields(document), dict)
    except WorkflowError as error:
        assert error.hint
