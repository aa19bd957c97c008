"""Where everything of a workflow stands on a canvas: rows of cards and steps from top to bottom, wires between them.

A step stands below the cards of what it takes and above those of what it gives. A wire runs straight down where its
card stands right above the step; what is taken further down goes there by a lane at the left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from seamline.blocks.ports import PortType
from seamline.diagrams.shapes import Content
from seamline.workflow.graph import STEPS, End, Node, Port, Workflow
from seamline.workflow.task import carried, noun_at


@dataclass(frozen=True)
class Card:
    """One artifact.

    Attributes:
        place: the port that gives it.
        feeds: name of the port right below that takes it; empty where none does.
        lane: number of the lane that carries it further down, from 0 at the left; None if it ends here.
        made: whether a step gives it, as opposed to what enters from outside.
    """

    place: End
    label: str
    kind: PortType
    content: Content
    feeds: str
    lane: int | None
    made: bool


@dataclass(frozen=True)
class Strand:
    """The part of a lane that runs beside a row.

    Attributes:
        place: what it carries.
        tap: name of the port that takes from it here; empty where it only passes.
        ends: whether it goes no further down.
    """

    place: End
    lane: int
    kind: PortType
    tap: str = ""
    ends: bool = False


@dataclass
class Row:
    """The cards above a step, and the step.

    Attributes:
        step: None below the last step.
        above: lanes that pass the cards.
        beside: lanes that pass the step, or end at it.
    """

    cards: list[Card]
    step: Node | None
    above: list[Strand] = field(default_factory=list)
    beside: list[Strand] = field(default_factory=list)


def rows_of(workflow: Workflow, contents: Mapping[End, Content]) -> tuple[list[Row], int]:
    """The rows of a canvas from top to bottom, and how many lanes run at their left.

    Args:
        contents: what is known to have flown out of a port.
    """
    steps = workflow.steps
    above = [[*_given(workflow, steps, at), *_entering(workflow, steps, at)] for at in range(len(steps) + 1)]
    takers = {place: _takers(workflow, steps, place) for places in above for place, _ in places}
    lanes = _lanes(above, takers)
    rows = [
        Row(
            [
                _card(workflow, place, port, contents.get(place), takers[place].get(at, ""), lanes.get(place))
                for place, port in places
            ],
            steps[at] if at < len(steps) else None,
        )
        for at, places in enumerate(above)
    ]
    for at, places in enumerate(above):
        for place, port in places:
            if place in lanes:
                _run(rows, at, Strand(place, lanes[place], port.type), takers[place])
    return rows, max(lanes.values(), default=-1) + 1


def _given(workflow: Workflow, steps: tuple[Node, ...], at: int) -> list[tuple[End, Port]]:
    """What the step above row `at` gives."""
    return [(End(steps[at - 1].id, port.name), port) for port in steps[at - 1].gives] if at else []


def _entering(workflow: Workflow, steps: tuple[Node, ...], at: int) -> list[tuple[End, Port]]:
    """What enters from outside and is taken by the step of row `at`, and by none above."""
    if at == len(steps):
        return []
    earlier = {edge.source for step in steps[:at] for edge in workflow.into(step)}
    own = dict.fromkeys(edge.source for edge in workflow.into(steps[at]) if edge.source not in earlier)
    nodes = {place: workflow.by_id[place.node] for place in own}
    return [
        (place, next(port for port in node.gives if port.name == place.port))
        for place, node in nodes.items()
        if node.kind == "input"
    ]


def _takers(workflow: Workflow, steps: tuple[Node, ...], place: End) -> dict[int, str]:
    """Names of the ports that take from `place`, by the row of their step."""
    row = {step.id: at for at, step in enumerate(steps)}
    found: dict[int, str] = {}
    for edge in workflow.edges:
        if edge.source == place and edge.target.node in row:
            at = row[edge.target.node]
            found[at] = f"{found[at]}, {edge.target.port}" if at in found else edge.target.port
    return found


def _lanes(above: list[list[tuple[End, Port]]], takers: Mapping[End, Mapping[int, str]]) -> dict[End, int]:
    """Lanes of what is taken further down than right below; two share one where they do not meet."""
    lanes: dict[End, int] = {}
    free_from: list[int] = []
    for at, places in enumerate(above):
        for place, _ in places:
            last = max(takers[place], default=at)
            if last <= at:
                continue
            lane = next((one for one, free in enumerate(free_from) if free <= at), len(free_from))
            free_from[lane : lane + 1] = [last + 1]
            lanes[place] = lane
    return lanes


def _run(rows: list[Row], start: int, strand: Strand, takers: Mapping[int, str]) -> None:
    last = max(takers)
    for at in range(start, last + 1):
        if at > start:
            rows[at].above.append(strand)
        tap = takers.get(at, "") if at > start else ""
        rows[at].beside.append(replace(strand, tap=tap, ends=at == last))


def _card(workflow: Workflow, place: End, port: Port, content: Content, feeds: str, lane: int | None) -> Card:
    node = workflow.by_id[place.node]
    label = noun_at(node, "gives", place.port) if node.kind in STEPS else carried(workflow, node)
    return Card(place, label[:1].upper() + label[1:], port.type, content, feeds, lane, node.kind in STEPS)
