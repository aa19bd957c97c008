"""Graphs for ComfyUI: of the form that its server and editor take, with its nodes' own names and types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from seamline.catalog import load
from seamline.catalog.entries import KINDS, Model, Sample
from seamline.catalog.recipe_reading import recipe_of
from seamline.catalog.runnable import kinds_of
from seamline.pages.downloads.comfy_download import ComfyDownload, comfy_download
from seamline.runners.instruct_pix2pix.comfy_nodes import SAMPLERS

ROOT = Path(__file__).parents[2]
KNOWN: Mapping[str, Any] = json.loads(Path(__file__).with_name("comfyui_nodes.json").read_text("utf-8"))["nodes"]


class Meta(BaseModel):
    title: str


class Node(BaseModel):
    """One value of `zComfyApiWorkflow` of Comfy-Org/ComfyUI_frontend (workflowSchema.ts). Its inputs may be anything
    there; here they are what a node can hold."""

    model_config = ConfigDict(extra="forbid", strict=True)

    class_type: str
    inputs: dict[str, str | bool | int | float | Annotated[list[str | int], Field(min_length=2, max_length=2)]]
    meta: Meta = Field(alias="_meta")


SCHEMA = TypeAdapter(dict[str, Node])
MODEL = Model.model_validate(
    {
        "block": "ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix",
        "weights": {"repo": "timbrooks/instruct-pix2pix", "revision": "main"},
    }
)
EDIT = {"model": "editor", "inputs": {"image": "scene", "text": "make it old"}}


def faults(graph: Mapping[str, Any]) -> list[str]:
    """What ComfyUI's own check of a prompt would refuse: unknown nodes and inputs, and values of another type."""
    SCHEMA.validate_python(graph)
    found = []
    for name, node in graph.items():
        known = KNOWN.get(node["class_type"])
        if known is None:
            found.append(f"{name}: no node {node['class_type']}")
            continue
        if known["inputs"].keys() != node["inputs"].keys():
            found.append(f"{name}: takes {sorted(known['inputs'])}, and is given {sorted(node['inputs'])}")
            continue
        given = node["inputs"].items()
        found += [f"{name}.{at}: {value!r}" for at, value in given if not fits(graph, known["inputs"][at], value)]
    if not any(KNOWN.get(node["class_type"], {}).get("output_node") for node in graph.values()):
        found.append("nothing is saved: ComfyUI refuses a prompt without outputs")
    return found


def fits(graph: Mapping[str, Any], kind: Any, value: Any) -> bool:
    if isinstance(value, list):
        source = KNOWN.get(graph.get(value[0], {}).get("class_type", ""), {"outputs": []})
        return value[1] < len(source["outputs"]) and source["outputs"][value[1]] == kind
    if isinstance(kind, list):
        return value in kind
    if isinstance(kind, dict):
        ((number, (least, most)),) = kind.items()
        right = isinstance(value, int if number == "INT" else (int, float)) and not isinstance(value, bool)
        return right and least <= value <= most
    return isinstance(value, {"STRING": str, "FILE": str, "BOOLEAN": bool}.get(kind, type(None)))


def exported(steps: Mapping[str, Any], model: Model = MODEL) -> ComfyDownload:
    models = {"editor": model}
    fields = {"title": "A sample", "input": {"scene": {"seed": 5, "people": 3}}, "steps": steps}
    sample = Sample.model_validate(fields, context={KINDS: kinds_of(models)})
    return comfy_download("mine", recipe_of(sample, models), models, "input.webp")


def test_every_graph_of_this_site_is_one_that_comfyui_takes() -> None:
    catalog = load(ROOT)
    made = {path: json.loads(path.read_text("utf-8")) for path in (ROOT / "generated/samples").glob("*.comfyui.json")}
    assert {path.name.partition(".")[0] for path in made} == {
        name
        for name, sample in catalog.samples.items()
        if comfy_download(name, recipe_of(sample, catalog.models), catalog.models, "x").graph
    }
    assert len(made) > 5
    for path, graph in made.items():
        assert faults(graph) == [], path.name


@pytest.mark.parametrize("scheduler", [None, *SAMPLERS])
def test_an_edit_is_guided_by_words_and_by_photo(scheduler: str | None) -> None:
    parameters = {"guidance_scale": 7.5, "image_guidance_scale": 1.25, "seed": 2**63 - 1, "num_inference_steps": 33}
    parameters |= {"scheduler": scheduler} if scheduler else {}
    done = exported({"edit": {**EDIT, "parameters": parameters}})
    graph = json.loads(done.graph)
    assert faults(graph) == [] and not done.left_out
    by_class = {node["class_type"]: node["inputs"] for node in graph.values() if node["class_type"] != "CLIPTextEncode"}
    guider, seen = by_class["DualCFGGuider"], by_class["InstructPixToPixConditioning"]
    assert (guider["cfg_conds"], guider["cfg_cond2_negative"], guider["style"]) == (7.5, 1.25, "regular")
    texts = {slot: graph[guider[slot][0]]["inputs"].get("text") for slot in ("cond1", "cond2", "negative")}
    assert texts == {"cond1": None, "cond2": None, "negative": ""}, "neither photo nor words at the bottom"
    assert (guider["cond1"][1], guider["cond2"][1]) == (0, 1), "photo and words, then the photo alone"
    assert graph[seen["positive"][0]]["inputs"]["text"] == "make it old"
    assert graph[seen["negative"][0]]["inputs"]["text"] == ""
    assert by_class["RandomNoise"]["noise_seed"] == 2**63 - 1 and by_class["BasicScheduler"]["steps"] == 33
    assert by_class["SaveImage"]["filename_prefix"] == "mine-edit"
    assert any("No graph was run in ComfyUI" in note for note in done.notes)
    assert any("edit_cli.py" in note for note in done.notes) == (scheduler is None)


def test_a_chain_loads_once_and_saves_what_nothing_takes_further() -> None:
    done = exported(
        {
            "grey": EDIT,
            "cut": {"operation": "crop", "inputs": {"image": "grey.image"}, "parameters": {"width": 64, "height": 48}},
            "small": {
                "operation": "resize",
                "inputs": {"image": "cut.image"},
                "parameters": {"width": 32, "height": 24},
            },
            "smile": {**EDIT, "inputs": {"image": "grey.image", "text": "make it smile"}, "parameters": {"seed": 1}},
            "changed": {"operation": "change", "inputs": {"before": "scene", "after": "smile.image"}},
        }
    )
    graph = json.loads(done.graph)
    assert faults(graph) == []
    classes = [node["class_type"] for node in graph.values()]
    for name in classes:
        warned = any(f"{name}, and call it deprecated" in note for note in done.notes)
        assert warned == KNOWN[name].get("deprecated", False), name
    assert classes.count("CheckpointLoaderSimple") == classes.count("LoadImage") == 1
    saved = {node["inputs"]["filename_prefix"] for node in graph.values() if node["class_type"] == "SaveImage"}
    assert saved == {"mine-small", "mine-smile"}, "the mask is left out, so what it was made from is kept"
    assert [*done.left_out] == ["changed"] and "`change`" in done.left_out["changed"]


@pytest.mark.parametrize(
    ("steps", "model", "why"),
    [
        ({"edit": {**EDIT, "parameters": {"adapter": "mine"}}}, MODEL, "adapter"),
        ({"edit": {**EDIT, "parameters": {"scheduler": "PNDMScheduler"}}}, MODEL, "PNDMScheduler"),
        ({"edit": EDIT}, MODEL.model_copy(update={"weights": None, "folder": "catalog/weights/x"}), "from one file"),
        (
            {"small": {"operation": "resize", "inputs": {"image": "scene"},
                       "parameters": {"width": 9, "height": 9, "resample": "HAMMING"}}},
            MODEL,
            "HAMMING",
        ),
    ],
)  # fmt: skip
def test_what_comfyui_cannot_say_is_refused_with_the_reason(steps: Mapping[str, Any], model: Model, why: str) -> None:
    done = exported(steps, model)
    assert done.graph == "" and why in next(iter(done.left_out.values()))


def test_what_depends_on_a_step_that_is_left_out_is_left_out() -> None:
    done = exported(
        {
            "edit": {**EDIT, "parameters": {"adapter": "mine"}},
            "small": {
                "operation": "resize",
                "inputs": {"image": "edit.image"},
                "parameters": {"width": 9, "height": 9},
            },
        }
    )
    assert done.graph == "" and "`edit`" in done.left_out["small"]


def test_the_check_itself_refuses_what_comfyui_would() -> None:
    graph = json.loads(exported({"edit": EDIT}).graph)
    (guider,) = (node for node in graph.values() if node["class_type"] == "DualCFGGuider")
    (loader,) = (name for name, node in graph.items() if node["class_type"] == "CheckpointLoaderSimple")
    for change in (
        {"cond1": [loader, 2]},
        {"cfg_conds": 101.0},
        {"style": "other"},
        {"extra": 1},
        {"cond1": ["99", 0]},
    ):
        kept = dict(guider["inputs"])
        guider["inputs"] |= change
        assert faults(graph), change
        guider["inputs"] = kept
    assert faults(graph) == []
