"""A sample as a graph for ComfyUI, with what such a graph cannot say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seamline.catalog.entries import Model
from seamline.catalog.recipe import Output, Recipe, ResolvedStep, Text
from seamline.pages.downloads.comfy_operations import add_operation
from seamline.runners.base import Call
from seamline.runners.registry import runner_named
from seamline.workflow.comfy_graph import ComfyGraph, Expressed, Link, NotExpressed


@dataclass(frozen=True)
class ComfyDownload:
    """What came of a sample.

    Attributes:
        graph: the JSON document; empty if none of the steps can be expressed.
        notes: what a reader must know to use it, one sentence each.
        left_out: why a step is not in it, by its name.
    """

    graph: str
    notes: tuple[str, ...]
    left_out: Mapping[str, str]


def comfy_download(sample_id: str, recipe: Recipe, models: Mapping[str, Model], input_file: str) -> ComfyDownload:
    """Express a recipe with nodes of ComfyUI's core, as far as that goes.

    Args:
        models: the catalog's, by id.
        input_file: name of the input image as a run keeps it; a name to be replaced where none did.
    """
    graph, left_out = ComfyGraph(), dict[str, str]()
    given: dict[tuple[str, str], Link] = {}
    notes: dict[str, None] = {}
    for step in recipe.steps:
        done = _express(graph, step, models, given, left_out, input_file)
        if isinstance(done, NotExpressed):
            left_out[step.name] = done.why
            continue
        notes |= dict.fromkeys(done.notes)
        given |= {(step.name, port): link for port, link in done.outputs.items()}
    for (name, port), link in given.items():
        if recipe.by_name[name].gives[port] == "Img" and _ends(recipe, name, left_out):
            graph.add("SaveImage", f"Save: {name}", {"images": link, "filename_prefix": f"{sample_id}-{name}"})
    if not given:
        return ComfyDownload("", (), left_out)
    opening = [f"Put the input image, {input_file}, into ComfyUI's folder input."] if _loads(graph) else []
    untested = "No graph was run in ComfyUI by us: nothing says that it gives the picture shown here."
    return ComfyDownload(graph.to_json(), (*opening, *notes, untested), left_out)


def _express(
    graph: ComfyGraph,
    step: ResolvedStep,
    models: Mapping[str, Model],
    given: Mapping[tuple[str, str], Link],
    left_out: Mapping[str, str],
    input_file: str,
) -> Expressed | NotExpressed:
    missing = next((name for name in step.upstream if name in left_out), None)
    if missing:
        return NotExpressed(f"it takes what `{missing}` gives, which is left out")
    links: dict[str, Link] = {}
    texts: dict[str, str] = {}
    for port, source in step.inputs.items():
        if isinstance(source, Text):
            texts[port] = source.text
        elif isinstance(source, Output):
            links[port] = given[source.step, source.port]
        else:
            links[port] = (graph.share("LoadImage", "Input image", {"image": input_file}), 0)
    if step.operation:
        return add_operation(graph, step.operation, step.parameters, name=step.name, inputs=links)
    model = models[step.model]
    call = Call(model.weights.repo if model.weights else "", "", texts, step.name)
    return runner_named(step.runner).as_comfyui(graph, step.parameters, call, links)


def _ends(recipe: Recipe, name: str, left_out: Mapping[str, str]) -> bool:
    """Whether all steps that take from a step are left out."""
    return all(step.name in left_out for step in recipe.steps if name in step.upstream)


def _loads(graph: ComfyGraph) -> bool:
    return any(node["class_type"] == "LoadImage" for node in graph.nodes.values())
