"""A drawing of a workflow under construction: parts drawn so far, and where each port came to lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from markupsafe import Markup

from seamline.diagrams import shapes
from seamline.diagrams.palette_css import LABEL
from seamline.diagrams.shapes import Content, DataCard, StepBox
from seamline.diagrams.typesetting import text_lines, wrap
from seamline.workflow.graph import STEPS, Edge, End, Node, Port, Workflow
from seamline.workflow.task import carried, noun_at

Side = Literal["takes", "gives"]
Point = tuple[float, float]


class Sheet:
    """What both layouts share. A layout draws cards and boxes and places their ports; wires follow from that.

    Attributes:
        contents: what flows out of a port; where it is not known, a card shows its type only.
        links: address of each model's page, by model id.
        prefix: begins every id of the drawing.
        cards_on_wires: where the wires of a port end at the card of what they carry, and where they go on below it.
    """

    def __init__(
        self, workflow: Workflow, contents: Mapping[End, Content], links: Mapping[str, str], prefix: str
    ) -> None:
        self.workflow, self.contents, self.links, self.prefix = workflow, contents, links, prefix
        self.parts: list[Markup] = []
        self.cards_on_wires: dict[End, tuple[Point, Point]] = {}
        self._dots: list[Markup] = []
        self._places: dict[tuple[End, Side], Point] = {}

    def body(self, wires: list[Markup]) -> list[Markup]:
        """Everything drawn: wires lie under boxes, ports on top."""
        return [*wires, *self.parts, *self._dots]

    def place(self, node: Node, port: Port, side: Side, x: float, y: float) -> None:
        """Put a port's dot, for wires to find."""
        self._places[End(node.id, port.name), side] = (x, y)
        self._dots.append(shapes.port(port.type, x, y))

    def ends(self, edge: Edge) -> tuple[Point, Point]:
        """Where an edge leaves and arrives."""
        return self._places[edge.source, "gives"], self._places[edge.target, "takes"]

    def past_card(self, edge: Edge, start: Point) -> tuple[str, Point]:
        """The part of an edge's wire down to the card on it, and where the rest begins; nothing and `start` without."""
        if edge.source not in self.cards_on_wires:
            return "", start
        top, bottom = self.cards_on_wires[edge.source]
        return f"{shapes.down(start, top)} ", bottom

    def caption(self, text: str, x: float, y: float, room: float, anchor: str | None = None) -> None:
        """A port's name beside it."""
        self.parts.append(text_lines(wrap(text, room, LABEL, most=1), x, y, LABEL, "t-label", anchor))

    def card(self, node: Node, width: float) -> DataCard:
        """The card of an input or output node, not yet drawn."""
        label = carried(self.workflow, node)
        kind = (node.gives or node.takes)[0].type
        clip = f"{self.prefix}-clip{self.workflow.nodes.index(node)}"
        return DataCard(label[:1].upper() + label[1:], kind, self.content_of(node), width, clip)

    def content_of(self, node: Node) -> Content:
        """What flows through an input or output node."""
        return self.contents.get(shown_at(self.workflow, node))

    def passed_on(self, step: Node, width: float) -> dict[str, DataCard]:
        """Cards of what a step hands to other steps, by port, not yet drawn; only of what is known."""
        place = self.workflow.nodes.index(step)
        cards = {}
        for number, port in enumerate(step.gives):
            content = self.contents.get(End(step.id, port.name))
            if content and port.name in self.chained(step, "gives"):
                clip = f"{self.prefix}-clip{place}-{number}"
                cards[port.name] = DataCard(
                    noun_at(step, "gives", port.name).capitalize(), port.type, content, width, clip
                )
        return cards

    def box(self, step: Node, width: float, rows: int) -> StepBox:
        """The box of a model or an operation, not yet drawn."""
        if step.block is None:
            signature = "2".join("".join(port.type.code for port in side) for side in (step.takes, step.gives))
            return StepBox(step.label, signature, step.operation, "computed, no model", width, rows, None, "operation")
        origin = step.origin or step.block.model
        link = self.links.get(step.model or step.id)
        return StepBox(step.label, step.block.signature, origin, f"on {step.block.hub}", width, rows, link)

    def inputs_of(self, step: Node) -> list[Node]:
        """Input nodes drawn beside this step: those that no earlier step takes from."""
        return self._beside("input")[step.id]

    def outputs_of(self, step: Node) -> list[Node]:
        """Output nodes that this step feeds."""
        return self._beside("output")[step.id]

    def _beside(self, kind: str) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {step.id: [] for step in self.workflow.steps}
        placed: set[str] = set()
        for model in self.workflow.steps:
            edges = self.workflow.into(model) if kind == "input" else self.workflow.out_of(model)
            for edge in edges:
                other = self.workflow.by_id[edge.source.node if kind == "input" else edge.target.node]
                if other.kind == kind and other.id not in placed:
                    placed.add(other.id)
                    found[model.id].append(other)
        return found

    def chained(self, model: Node, side: Side) -> dict[str, list[Edge]]:
        """A step's ports, by name, that another step feeds (`takes`) or takes from (`gives`)."""
        found: dict[str, list[Edge]] = {}
        for edge in self.workflow.into(model) if side == "takes" else self.workflow.out_of(model):
            here, there = (edge.target, edge.source) if side == "takes" else (edge.source, edge.target)
            if self.workflow.by_id[there.node].kind in STEPS:
                found.setdefault(here.port, []).append(edge)
        return found


def shown_at(workflow: Workflow, node: Node) -> End:
    """The port that gives what flows through an input or output node."""
    return End(node.id, node.gives[0].name) if node.gives else workflow.into(node)[0].source
