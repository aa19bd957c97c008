"""The layout for narrow pages: a model's inputs above it, its outputs below, the next model further down."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from seamline.diagrams import shapes
from seamline.diagrams.placement import Point, Sheet, Side
from seamline.workflow.graph import Edge, End, Node, Port

WIDTH = 344.0
_MARGIN, _BETWEEN, _WIRE = 14.0, 12.0, 50.0
_NARROWEST_CARD = 92.0


@dataclass(frozen=True)
class _Column:
    """A port and the card above or below it; without a node, a lane for the wire of a chain."""

    port: Port
    node: Node | None
    x: float
    width: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def width_for(sheet: Sheet) -> float:
    """Width of the drawing: that of a phone, or more where a model has more ports than fit beside each other."""
    most = max(max(len(model.takes), len(model.gives)) for model in sheet.workflow.steps)
    return max(WIDTH, 2 * _MARGIN + most * (_NARROWEST_CARD + _BETWEEN) - _BETWEEN)


def lay(sheet: Sheet) -> tuple[float, list[Markup]]:
    """Lay a workflow out; gives the height and everything drawn."""
    inner = width_for(sheet) - 2 * _MARGIN
    lanes: dict[Edge, list[Point]] = {}
    senders: list[tuple[Node, _Column, float]] = []
    y = _MARGIN
    for place, model in enumerate(sheet.workflow.steps):
        if place:
            y += _WIRE if sheet.chained(model, "takes") else 28
        above, below = _columns(sheet, model, "takes", inner), _columns(sheet, model, "gives", inner)
        y = _lay_cards(sheet, model, above, "takes", y, lanes)
        box = sheet.box(model, inner, 0)
        sheet.parts.append(box.draw(_MARGIN, y))
        for column in above:
            sheet.place(model, column.port, "takes", column.middle, y)
            if column.node:
                sheet.caption(column.port.name, column.middle + 14, y - 18, column.width / 2 - 8)
        y += box.height
        for column in below:
            sheet.place(model, column.port, "gives", column.middle, y)
            senders.append((model, column, y + 24))
        y = _lay_cards(sheet, model, below, "gives", y, lanes)
    for model, column, name_y in senders:
        _name_sender(sheet, model, column, name_y, lanes)
    wires = [_wire(sheet, edge, lanes) for edge in sheet.workflow.edges]
    return y + _MARGIN, sheet.body(wires)


def _columns(sheet: Sheet, model: Node, side: Side, inner: float) -> list[_Column]:
    ports = model.takes if side == "takes" else model.gives
    beside = sheet.inputs_of(model) if side == "takes" else sheet.outputs_of(model)
    nodes = [_node_at(sheet, model, port, side, beside) for port in ports]
    lonely = not any(nodes)
    handed = sheet.passed_on(model, inner) if side == "gives" else {}
    shares = [
        _share(sheet, node, lonely) if node or port.name not in handed else 1.0
        for port, node in zip(ports, nodes, strict=True)
    ]
    unit = (inner - _BETWEEN * (len(ports) - 1)) / sum(shares) if ports else 0
    columns, x = [], _MARGIN
    for port, node, share in zip(ports, nodes, shares, strict=True):
        columns.append(_Column(port, node, x, share * unit))
        x += share * unit + _BETWEEN
    return columns


def _share(sheet: Sheet, node: Node | None, lonely: bool) -> float:
    if node is None:
        return 1.0 if lonely else 0.45
    return 1.15 if isinstance(sheet.content_of(node), str) else 1.0


def _node_at(sheet: Sheet, model: Node, port: Port, side: Side, beside: list[Node]) -> Node | None:
    if side == "takes":
        ids = {e.source.node for e in sheet.workflow.into(model) if e.target.port == port.name}
    else:
        ids = {e.target.node for e in sheet.workflow.out_of(model) if e.source.port == port.name}
    return next((node for node in beside if node.id in ids), None)


def _lay_cards(
    sheet: Sheet, model: Node, columns: list[_Column], side: Side, y: float, lanes: dict[Edge, list[Point]]
) -> float:
    """Draw a row of cards, all of one height, and let chained wires through; gives where what follows begins."""
    cards_at = [(column, column.node, sheet.card(column.node, column.width)) for column in columns if column.node]
    handed = [(column, sheet.passed_on(model, column.width).get(column.port.name)) for column in columns]
    passed_on = [(column, card) for column, card in handed if card and side == "gives" and not column.node]
    if not cards_at and not passed_on:
        return y
    height = max(card.height for card in (*(card for _, _, card in cards_at), *(card for _, card in passed_on)))
    top = y if side == "takes" else y + _WIRE
    for column, node, card in cards_at:
        sheet.parts.append(card.draw(column.x, top, height))
        if side == "takes":
            sheet.place(node, node.gives[0], "gives", column.middle, top + height)
        else:
            sheet.place(node, node.takes[0], "takes", column.middle, top)
    for column, card in passed_on:
        sheet.parts.append(card.draw(column.x, top, height))
        ends = ((column.middle, top), (column.middle, top + height))
        sheet.cards_on_wires[End(model.id, column.port.name)] = ends
    chained = sheet.chained(model, side)
    for column in columns:
        for edge in chained.get(column.port.name, ()):
            if side == "gives" and edge.source in sheet.cards_on_wires:
                continue
            lanes.setdefault(edge, []).extend([(column.middle, top), (column.middle, top + height)])
    return top + height + (_WIRE if side == "takes" else 0)


def _name_sender(sheet: Sheet, model: Node, column: _Column, y: float, lanes: dict[Edge, list[Point]]) -> None:
    """Name a port that gives, on the side that its wire does not bend to."""
    edges = sheet.chained(model, "gives").get(column.port.name, [])
    turns = [[*lanes.get(edge, []), sheet.ends(edge)[1]][0][0] for edge in edges]
    bends_right = any(x > column.middle for x in turns)
    x, anchor = (column.middle - 14, "end") if bends_right else (column.middle + 14, None)
    sheet.caption(column.port.name, x, y, column.width / 2 - 8, anchor)


def _wire(sheet: Sheet, edge: Edge, lanes: dict[Edge, list[Point]]) -> Markup:
    start, end = sheet.ends(edge)
    source = sheet.workflow.by_id[edge.source.node]
    kind = next(port.type for port in source.gives if port.name == edge.source.port)
    to_card, start = sheet.past_card(edge, start)
    through = sorted(lanes.get(edge, []), key=lambda point: point[1])
    if _passes_others_by(sheet, edge):
        x = _MARGIN / 2 if source.kind == "input" else width_for(sheet) - _MARGIN / 2
        last = (through or [end])[0][1]
        through = [(x, start[1] + _WIRE - 6), (x, last - _WIRE + 6), *through]
    return shapes.wire(to_card + shapes.down(start, *through, end), kind)


def _passes_others_by(sheet: Sheet, edge: Edge) -> bool:
    """Whether a wire leads further down than to the step below its source."""
    rows = {step.id: row for row, step in enumerate(sheet.workflow.steps)}
    if edge.target.node not in rows:
        return False
    if edge.source.node in rows:
        return rows[edge.target.node] > rows[edge.source.node] + 1
    return edge.source.node not in {node.id for node in sheet.inputs_of(sheet.workflow.by_id[edge.target.node])}
