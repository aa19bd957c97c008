"""The graph of a sample: the very steps that a run takes, with the typed wires between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seamline.blocks.names import parse_block
from seamline.blocks.ports import port_type
from seamline.catalog.documents.workflow_document import NOT_IN_THE_GRAPH, sample_fields
from seamline.catalog.entries import KINDS, Model, Sample
from seamline.catalog.io.writing import entry_fields
from seamline.catalog.origins import hub_id, model_title
from seamline.catalog.recipe import SCENE_VIEWS, Output, Photo, Recipe, ResolvedStep, Scene, SceneViews, Text
from seamline.catalog.recipe_reading import recipe_of
from seamline.catalog.runnable import kinds_of
from seamline.workflow.export import document_of
from seamline.workflow.graph import Edge, End, Node, Port, Workflow
from seamline.workflow.task import noun_at


def workflow_of_sample(sample_id: str, sample: Sample, models: Mapping[str, Model]) -> Workflow:
    """The workflow that a run of a sample takes. Ids of its nodes are the steps' names.

    Args:
        models: the catalog's, by id.

    Raises:
        WorkflowError: the steps do not fit together, or nothing here runs one of the models.
    """
    recipe = recipe_of(sample, models)
    fields = entry_fields(sample)
    nodes: list[Node] = [*_own_image(sample, recipe, fields)]
    edges: list[Edge] = []
    for step in recipe.steps:
        node = _step_node(step, fields["steps"][step.name] if sample.steps else fields, models)
        for port, source in step.inputs.items():
            if isinstance(source, Text):
                start = End(f"in:{step.name}:{port}", "text")
                given = {"text": source.text}
                label = noun_at(node, "takes", port).capitalize()
                nodes.append(Node(start.node, "input", label, gives=_ports({"text": "Txt"}), given=given))
            elif isinstance(source, Output):
                start = End(source.step, source.port)
            elif isinstance(source, SceneViews):
                start = End(SCENE_VIEWS, "views")
            else:
                start = End(str(source), "image")
            edges.append(Edge(start, End(step.name, port)))
        nodes.append(node)
    taken = {edge.source for edge in edges}
    for node in [one for one in nodes if one.kind != "input"]:
        for output in node.gives:
            if (start := End(node.id, output.name)) not in taken:
                end = End(f"out:{node.id}:{output.name}", output.type.name)
                label = _output_label(node, output.name, alone=len(recipe.steps) == 1)
                nodes.append(Node(end.node, "output", label, takes=(Port(output.type.name, output.type),)))
                edges.append(Edge(start, end))
    about = {"id": sample_id, **{name: fields[name] for name in NOT_IN_THE_GRAPH if name in fields}}
    if not sample.steps:
        about["one_step"] = True
    return Workflow(tuple(nodes), tuple(edges), sample=about)


def sample_from_workflow(workflow: Workflow, models: Mapping[str, Model]) -> Sample:
    """The sample that `workflow_of_sample` made a workflow of; equal to it, but without its alternative text.

    Args:
        models: the catalog's, by id.

    Raises:
        WorkflowError: the workflow is not that of a sample.
        pydantic.ValidationError: a field holds what it must not.
    """
    return Sample.model_validate(sample_fields(document_of(workflow)), context={KINDS: kinds_of(models)})


def _own_image(sample: Sample, recipe: Recipe, fields: Mapping[str, Mapping[str, object]]) -> Iterator[Node]:
    """The node of the sample's scene or photo, if a step takes it."""
    used = {type(source) for step in recipe.steps for source in step.inputs.values()}
    for kind, name in ((Scene, "scene"), (Photo, "photo")):
        if kind in used:
            given = {name: fields["input"][name]}
            yield Node(name, "input", "Input image", gives=_ports({"image": "Img"}), given=given)
    if SceneViews in used:
        given = {"scene": fields["input"]["scene"]}
        label = "The scene from a row of cameras"
        yield Node(SCENE_VIEWS, "input", label, gives=_ports({"views": "Views"}), given=given)


def _step_node(step: ResolvedStep, written: Mapping[str, Mapping[str, object]], models: Mapping[str, Model]) -> Node:
    takes, gives = _ports(step.takes), _ports(step.gives)
    parameters, truth = dict(written.get("parameters", {})), dict(written.get("truth", {}))
    if step.operation:
        label = step.name.replace("_", " ").capitalize()
        return Node(
            step.name,
            "operation",
            label,
            takes,
            gives,
            operation=step.operation,
            parameters=parameters,
            truth=truth,
        )
    model = models[step.model]
    return Node(
        step.name,
        "model",
        model_title(model),
        takes,
        gives,
        parse_block(model.block),
        hub_id(model),
        model=step.model,
        task=model.task,
        parameters=parameters,
        truth=truth,
    )


def _output_label(step: Node, port: str, alone: bool) -> str:
    """An operation's step names what it gives; of a model the task does, after the step's name in a chain."""
    noun, name = noun_at(step, "gives", port), step.id.replace("_", " ")
    label = f"{name} {noun}" if step.kind == "operation" else noun if alone else f"{name}: {noun}"
    return label[0].upper() + label[1:]


def _ports(kinds: Mapping[str, str]) -> tuple[Port, ...]:
    return tuple(Port(name, port_type(code)) for name, code in kinds.items())
