"""A workflow drawn as a canvas of cards and wires, with an actual sample flowing through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seamline.blocks.ports import IMAGE, TEXT, PortType
from seamline.errors import WorkflowError
from seamline.workflow import cards, narrow, wide
from seamline.workflow.cards import Content, Picture
from seamline.workflow.graph import Node, Workflow
from seamline.workflow.sheet import Sheet
from seamline.workflow.style import stylesheet
from seamline.workflow.task import carried, infer

__all__ = ["Flow", "Picture", "draw"]


@dataclass(frozen=True)
class Flow:
    """The sample that flows through one model of a workflow.

    Attributes:
        input_image, edited_image: thumbnails, addressed from the page; None where there is none (yet).
        instruction: the edit instruction.
        model: id of the model node it flows through; the first one's when empty.
    """

    input_image: Picture | None
    instruction: str
    edited_image: Picture | None
    model: str = ""


def draw(
    workflow: Workflow,
    flow: Flow | None = None,
    *,
    links: Mapping[str, str] | None = None,
    prefix: str = "workflow",
    standalone: bool = False,
) -> str:
    """Draw a workflow as SVG.

    Args:
        workflow: what to draw.
        flow: a sample to show inside it.
        links: address of each model's page, by model id, as seen from the page that shows the drawing.
        prefix: begins every id, so that several drawings can share a page.
        standalone: one `<svg>` for a file of its own, instead of two that a page switches between by its width.

    Returns:
        Markup that is well-formed as XML and as HTML, without blank lines; equal arguments give equal text.

    Raises:
        WorkflowError: there is no model to draw, or an address is neither relative nor http(s).
    """
    if not workflow.models:
        raise WorkflowError("a workflow without a model cannot be drawn", hint="add a model between its ends")
    contents = _contents(workflow, flow) if flow else {}
    links = links or {}
    role = "group" if links else "img"  # What has the role of an image hides the links inside it.

    def sheet(variant: str) -> Sheet:
        return Sheet(workflow, contents, links, f"{prefix}-{variant}")

    def variant(name: str, width: float, laid: tuple[float, list[str]], *, styled: bool) -> str:
        height, body = laid
        return cards.drawing(
            name,
            width,
            height,
            [cards.canvas(width, height, f"{prefix}-{name}-grid"), *body],
            title=f"Workflow: {infer(workflow).name}",
            description=_description(workflow, contents),
            prefix=f"{prefix}-{name}",
            role=role,
            style=stylesheet(standalone=standalone) if styled else "",
            standalone=standalone,
        )

    drawn = variant("wide", wide.WIDTH, wide.lay(sheet("wide")), styled=True)
    if standalone:
        return f"{drawn}\n"
    small = sheet("narrow")
    return cards.both(drawn, variant("narrow", narrow.width_for(small), narrow.lay(small), styled=False))


def _contents(workflow: Workflow, flow: Flow) -> dict[str, Content]:
    """What the sample puts into each node beside its model."""
    model = workflow.by_id.get(flow.model) if flow.model else workflow.models[0]
    if model is None:
        names = ", ".join(node.id for node in workflow.models)
        raise WorkflowError(f"no model `{flow.model}` for the sample to flow through", hint=f"there are: {names}")
    before = [workflow.by_id[edge.source.node] for edge in workflow.into(model)]
    after = [workflow.by_id[edge.target.node] for edge in workflow.out_of(model)]
    found: dict[str, Content] = {}
    for nodes, kind, content in (
        (before, IMAGE, flow.input_image),
        (before, TEXT, flow.instruction),
        (after, IMAGE, flow.edited_image),
    ):
        node = next((node for node in nodes if node.kind != "model" and _kind(node) == kind), None)
        if node and content:
            found[node.id] = content
    return found


def _kind(node: Node) -> PortType:
    return (node.gives or node.takes)[0].type


def _description(workflow: Workflow, contents: Mapping[str, Content]) -> str:
    """The drawing in words."""
    sentences = []
    for model in workflow.models:
        taken = [_named(workflow, workflow.by_id[edge.source.node], contents) for edge in workflow.into(model)]
        given = [_named(workflow, workflow.by_id[edge.target.node], contents) for edge in workflow.out_of(model)]
        sentences.append(f"{model.label} takes {' and '.join(taken)}, and gives {' and '.join(given)}.")
    return " ".join([*sentences, *workflow.notes])


def _named(workflow: Workflow, node: Node, contents: Mapping[str, Content]) -> str:
    if node.kind == "model":
        return f"data shared with {node.label}"
    content = contents.get(node.id)
    shown = f" (“{content}”)" if isinstance(content, str) else f" ({content.alt})" if content else ""
    return f"the {carried(workflow, node)}{shown}"
