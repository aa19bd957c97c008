"""The graph of a sample is what runs: its steps by name, and everything that the sample says, there and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from more_runners import CHAIN, MODELS, MORE, registered

from seamline.blocks.ports import port_type
from seamline.catalog import Catalog
from seamline.catalog.entries import Sample
from seamline.catalog.io.loading import catalog_of
from seamline.catalog.recipe_reading import recipe_of
from seamline.errors import WorkflowError
from seamline.workflow.export import from_json, to_json, to_mermaid
from seamline.workflow.graph import Workflow, workflow_of
from seamline.workflow.sample_graph import sample_from_workflow, workflow_of_sample
from seamline.workflow.task import infer

ONE = "title: One\nmodel: painter\ninstruction: a wall\nparameters: {seed: 5}\n"
EDIT = (
    "title: One\nmodel: editor\ninput: {scene: {seed: 7}}\ninstruction: smile\nexhibits: {seeds: [3]}\n"
    "parameters: {seed: 5}\n"
)
ONE_OF_STEPS = "title: One\nsteps:\n  generate: {model: painter, inputs: {text: a wall}}\n"
COMPUTED = (
    "title: A detail\ninput: {scene: {seed: 7}}\nsteps:\n"
    "  detail: {operation: crop, inputs: {image: scene}, parameters: {width: 4, height: 3}}\n"
)


@pytest.fixture(autouse=True)
def _more_kinds() -> Iterator[None]:
    with registered(*MORE):
        yield


def catalog(sample: str) -> Catalog:
    texts: Mapping[str, str] = {**MODELS, "catalog/samples/s.yml": sample}
    return catalog_of(Path("nowhere"), {name: text.encode() for name, text in texts.items()})


def graph(sample: str) -> tuple[Workflow, Sample, Catalog]:
    read = catalog(sample)
    return workflow_of_sample("s", read.samples["s"], read.models), read.samples["s"], read


def test_nodes_are_the_steps_and_edges_are_what_feeds_them() -> None:
    workflow, _, _ = graph(CHAIN)
    assert [(node.id, node.kind) for node in workflow.nodes] == [
        ("scene", "input"),
        ("in:edit:text", "input"),
        ("edit", "model"),
        ("changed", "operation"),
        ("matte", "model"),
        ("composite", "operation"),
        ("caption", "model"),
        ("out:caption:text", "output"),
    ]
    assert [f"{edge.source} > {edge.target}" for edge in workflow.edges] == [
        "scene.image > edit.image",
        "in:edit:text.text > edit.text",
        "scene.image > changed.before",
        "edit.image > changed.after",
        "edit.image > matte.image",
        "changed.mask > matte.mask",
        "scene.image > composite.below",
        "edit.image > composite.above",
        "matte.alpha > composite.alpha",
        "composite.image > caption.image",
        "caption.text > out:caption:text.text",
    ]
    assert workflow.by_id["matte"].model == "matter" and workflow.by_id["composite"].operation == "over"


def test_the_graph_has_the_ports_of_the_recipe() -> None:
    workflow, sample, read = graph(CHAIN)
    for step in recipe_of(sample, read.models).steps:
        node = workflow.by_id[step.name]
        for ports, codes in ((node.takes, step.takes), (node.gives, step.gives)):
            assert {port.name: port.type for port in ports} == {name: port_type(code) for name, code in codes.items()}


@pytest.mark.parametrize("text", [CHAIN, ONE, EDIT, ONE_OF_STEPS, COMPUTED])
def test_a_sample_comes_back_from_its_json_as_it_was(text: str) -> None:
    workflow, sample, read = graph(text)
    exported = to_json(workflow)
    assert from_json(exported) == workflow and to_json(from_json(exported)) == exported
    assert sample_from_workflow(from_json(exported), read.models) == sample


def test_the_json_of_a_sample_says_what_runs_and_with_what() -> None:
    document = json.loads(to_json(graph(CHAIN)[0]))
    nodes = {node["id"]: node for node in document["nodes"]}
    assert nodes["scene"]["given"] == {"scene": {"seed": 7, "people": 2}}
    assert nodes["in:edit:text"]["given"] == {"text": "give the left person grey hair"}
    assert nodes["edit"]["parameters"] == {"seed": 3} and nodes["edit"]["model"] == "editor"
    assert nodes["edit"]["truth"]["attribute"]["value"] == "grey"
    assert nodes["changed"]["operation"] == "change" and nodes["changed"]["parameters"] == {"threshold": 9}
    assert document["sample"]["id"] == "s"


def test_the_workflow_of_a_question_is_that_of_no_sample() -> None:
    workflow = workflow_of(catalog(CHAIN).models)
    with pytest.raises(WorkflowError, match="of no sample"):
        sample_from_workflow(workflow, {})


def test_documents_of_the_first_version_are_still_read() -> None:
    workflow = workflow_of({"captioner": catalog(CHAIN).models["captioner"]})
    document = json.loads(to_json(workflow))
    document["schema"] = "seamline-workflow/1"
    for node in document["nodes"]:
        node.pop("model", None)
    assert from_json(json.dumps(document)) == workflow


def test_an_operation_says_which_it_is() -> None:
    document = json.loads(to_json(graph(COMPUTED)[0]))
    del document["nodes"][1]["operation"]
    with pytest.raises(WorkflowError, match="an operation without a name"):
        from_json(json.dumps(document))


def test_mermaid_draws_operations_apart() -> None:
    text = to_mermaid(graph(CHAIN)[0])
    assert '[["Composite"]]' in text and 'n4 -- "alpha matte" --> n5' in text


def test_the_task_of_a_sample_names_its_models_and_counts_its_steps() -> None:
    task = infer(graph(CHAIN)[0])
    assert task.name == (
        "instruction-based image editing, then mask-guided image matting, then image-to-text generation"
    )
    assert (
        task.sentence == "A chain of five steps takes an input image and an edit instruction and gives generated text."
    )
    assert infer(graph(COMPUTED)[0]).sentence == "A step takes an input image and gives a detail image."
    assert infer(graph(ONE)[0]).name == "text-to-image generation"
