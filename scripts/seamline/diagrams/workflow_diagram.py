"""A workflow drawn as a canvas of cards and wires, with an actual sample flowing through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from seamline.blocks.ports import port_names
from seamline.diagrams import layout_narrow, layout_wide, shapes
from seamline.diagrams.palette_css import stylesheet
from seamline.diagrams.placement import Sheet, shown_at
from seamline.diagrams.shapes import Content, Picture
from seamline.errors import WorkflowError
from seamline.workflow.graph import STEPS, End, Node, Port, Workflow
from seamline.workflow.task import carried, infer

__all__ = ["Flow", "Picture", "draw"]


@dataclass(frozen=True)
class Flow:
    """What flows through a workflow: the recorded artifacts of a run.

    Attributes:
        artifacts: a thumbnail, addressed from the page, or a text, by id of the node and name of the port that give
            it: `("scene", "image")`, `("edit", "image")`. What is not named is drawn by its type alone.
    """

    artifacts: Mapping[tuple[str, str], Picture | str]

    @classmethod
    def through(
        cls, workflow: Workflow, node: str, taken: Mapping[str, Picture | str], given: Mapping[str, Picture | str]
    ) -> Flow:
        """What flows through a single step of a workflow.

        Args:
            node: id of the step.
            taken, given: what enters and leaves it, by port as samples name them, `image_2`.

        Raises:
            WorkflowError: the workflow has no such step.
        """
        step = next((one for one in workflow.steps if one.id == node), None)
        if step is None:
            names = ", ".join(one.id for one in workflow.steps)
            raise WorkflowError(f"no step `{node}` for the sample to flow through", hint=f"there are: {names}")
        artifacts: dict[tuple[str, str], Picture | str] = {}
        for port, content in _by_place(step.takes, taken):
            source = next((edge.source for edge in workflow.into(step) if edge.target.port == port), None)
            if source and workflow.by_id[source.node].kind == "input":
                artifacts[source.node, source.port] = content
        return cls(artifacts | {(node, port): content for port, content in _by_place(step.gives, given)})


def draw(
    workflow: Workflow,
    flow: Flow | None = None,
    *,
    links: Mapping[str, str] | None = None,
    prefix: str = "workflow",
    standalone: bool = False,
) -> Markup:
    """Draw a workflow as SVG.

    Args:
        workflow: what to draw.
        flow: what a run left on its wires.
        links: address of each model's page, by model id, as seen from the page that shows the drawing.
        prefix: begins every id, so that several drawings can share a page.
        standalone: one `<svg>` for a file of its own, instead of two that a page switches between by its width.

    Returns:
        Markup that is well-formed as XML and as HTML, without blank lines; equal arguments give equal text.

    Raises:
        WorkflowError: there is no step to draw, or an address is neither relative nor http(s).
    """
    if not workflow.steps:
        raise WorkflowError("a workflow without a step cannot be drawn", hint="add a model between its ends")
    contents = {End(*place): content for place, content in flow.artifacts.items() if content} if flow else {}
    links = links or {}
    role = "group" if links else "img"  # What has the role of an image hides the links inside it.

    def sheet(variant: str) -> Sheet:
        return Sheet(workflow, contents, links, f"{prefix}-{variant}")

    def variant(name: str, width: float, laid: tuple[float, list[Markup]], *, styled: bool) -> Markup:
        height, body = laid
        return shapes.drawing(
            name,
            width,
            height,
            [shapes.canvas(width, height, f"{prefix}-{name}-grid"), *body],
            title=f"Workflow: {infer(workflow).name}",
            description=_description(workflow, contents),
            prefix=f"{prefix}-{name}",
            role=role,
            style=stylesheet(standalone=standalone) if styled else "",
            standalone=standalone,
        )

    drawn = variant("wide", layout_wide.WIDTH, layout_wide.lay(sheet("wide")), styled=True)
    if standalone:
        return drawn + "\n"
    small = sheet("narrow")
    return shapes.both(drawn, variant("narrow", layout_narrow.width_for(small), layout_narrow.lay(small), styled=False))


def _by_place(ports: Sequence[Port], contents: Mapping[str, Picture | str]) -> Iterator[tuple[str, Picture | str]]:
    """Contents by the graph's own names of ports, which are in the same order as those of samples."""
    for port, name in zip(ports, port_names(port.type for port in ports), strict=True):
        if content := contents.get(name):
            yield port.name, content


def _description(workflow: Workflow, contents: Mapping[End, Content]) -> str:
    """The drawing in words."""
    sentences = []
    for step in workflow.steps:
        taken = [_named(workflow, workflow.by_id[edge.source.node], contents) for edge in workflow.into(step)]
        given = [_named(workflow, workflow.by_id[edge.target.node], contents) for edge in workflow.out_of(step)]
        passed_on = {edge.source for edge in workflow.out_of(step) if workflow.by_id[edge.target.node].kind in STEPS}
        shown = [_shown(contents.get(end)) for end in sorted(passed_on, key=str)]
        sentences.append(f"{step.label} takes {' and '.join(taken)}, and gives {' and '.join(given)}{''.join(shown)}.")
    return " ".join([*sentences, *workflow.notes])


def _named(workflow: Workflow, node: Node, contents: Mapping[End, Content]) -> str:
    if node.kind in STEPS:
        return f"data shared with {node.label}"
    return f"the {carried(workflow, node)}{_shown(contents.get(shown_at(workflow, node)))}"


def _shown(content: Content) -> str:
    return f" (“{content}”)" if isinstance(content, str) else f" ({content.alt})" if content else ""
