"""A drawing of a workflow under construction: parts drawn so far, and where each port came to lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from seamline.workflow import cards
from seamline.workflow.cards import Content, DataCard, ModelBox
from seamline.workflow.graph import Edge, End, Node, Port, Workflow
from seamline.workflow.style import LABEL
from seamline.workflow.svg import text_lines, wrap
from seamline.workflow.task import carried

Side = Literal["takes", "gives"]
Point = tuple[float, float]


class Sheet:
    """What both layouts share. A layout draws cards and boxes and places their ports; wires follow from that.

    Attributes:
        contents: what flows through each input and output node, by node id; those not named show their type only.
        links: address of each model's page, by model id.
        prefix: begins every id of the drawing.
    """

    def __init__(
        self, workflow: Workflow, contents: Mapping[str, Content], links: Mapping[str, str], prefix: str
    ) -> None:
        self.workflow, self.contents, self.links, self.prefix = workflow, contents, links, prefix
        self.parts: list[str] = []
        self._dots: list[str] = []
        self._places: dict[tuple[End, Side], Point] = {}

    def body(self, wires: list[str]) -> list[str]:
        """Everything drawn: wires lie under boxes, ports on top."""
        return [*wires, *self.parts, *self._dots]

    def place(self, node: Node, port: Port, side: Side, x: float, y: float) -> None:
        """Put a port's dot, for wires to find."""
        self._places[End(node.id, port.name), side] = (x, y)
        self._dots.append(cards.port(port.type, x, y))

    def ends(self, edge: Edge) -> tuple[Point, Point]:
        """Where an edge leaves and arrives."""
        return self._places[edge.source, "gives"], self._places[edge.target, "takes"]

    def caption(self, text: str, x: float, y: float, room: float, anchor: str | None = None) -> None:
        """A port's name beside it."""
        self.parts.append(text_lines(wrap(text, room, LABEL, most=1), x, y, LABEL, "t-label", anchor))

    def card(self, node: Node, width: float) -> DataCard:
        """The card of an input or output node, not yet drawn."""
        label = carried(self.workflow, node)
        kind = (node.gives or node.takes)[0].type
        clip = f"{self.prefix}-clip{self.workflow.nodes.index(node)}"
        return DataCard(label[:1].upper() + label[1:], kind, self.contents.get(node.id), width, clip)

    def box(self, model: Node, width: float, rows: int) -> ModelBox:
        """The box of a model node, not yet drawn."""
        assert model.block is not None
        origin = model.origin or model.block.model
        return ModelBox(
            model.label, model.block.signature, origin, model.block.hub, width, rows, self.links.get(model.id)
        )

    def inputs_of(self, model: Node) -> list[Node]:
        """Input nodes drawn beside this model: those that no earlier model takes from."""
        return self._beside("input")[model.id]

    def outputs_of(self, model: Node) -> list[Node]:
        """Output nodes that this model feeds."""
        return self._beside("output")[model.id]

    def _beside(self, kind: str) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {model.id: [] for model in self.workflow.models}
        placed: set[str] = set()
        for model in self.workflow.models:
            edges = self.workflow.into(model) if kind == "input" else self.workflow.out_of(model)
            for edge in edges:
                other = self.workflow.by_id[edge.source.node if kind == "input" else edge.target.node]
                if other.kind == kind and other.id not in placed:
                    placed.add(other.id)
                    found[model.id].append(other)
        return found

    def chained(self, model: Node, side: Side) -> dict[str, list[Edge]]:
        """A model's ports, by name, that another model feeds (`takes`) or takes from (`gives`)."""
        found: dict[str, list[Edge]] = {}
        for edge in self.workflow.into(model) if side == "takes" else self.workflow.out_of(model):
            here, there = (edge.target, edge.source) if side == "takes" else (edge.source, edge.target)
            if self.workflow.by_id[there.node].kind == "model":
                found.setdefault(here.port, []).append(edge)
        return found
