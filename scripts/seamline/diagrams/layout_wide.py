"""The layout for wide pages: inputs at the left, models in the middle, outputs at the right.

Each model has a row; a chain runs down the middle, from the bottom of one model to the top of the next.
"""

from __future__ import annotations

from itertools import zip_longest

from markupsafe import Markup

from seamline.diagrams import shapes
from seamline.diagrams.palette_css import LABEL, SMALL
from seamline.diagrams.placement import Sheet
from seamline.diagrams.shapes import PORT_ROW, DataCard, StepBox
from seamline.diagrams.typesetting import text_lines, width_of
from seamline.workflow.graph import STEPS, Edge, End, Node, Port

WIDTH = 720.0
_MARGIN, _SIDE, _MIDDLE = 20.0, 186.0, 204.0
_MODEL_X, _RIGHT_X = (WIDTH - _MIDDLE) / 2, WIDTH - _MARGIN - _SIDE
_BETWEEN_CARDS, _BETWEEN_ROWS, _CHAIN = 16.0, 28.0, 56.0
_ABOVE_CARD, _NARROWEST_CARD = 36.0, 80.0


def lay(sheet: Sheet) -> tuple[float, list[Markup]]:
    """Lay a workflow out; gives the height and everything drawn."""
    middle = "Model" if len(sheet.workflow.models) == len(sheet.workflow.steps) else "Step"
    for head, x in (("Input", _MARGIN), (middle, _MODEL_X), ("Output", _RIGHT_X)):
        sheet.parts.append(text_lines([head], x, 32, SMALL, "t-head"))
    y = 48.0
    bottom: float | None = None
    for model in sheet.workflow.steps:
        if bottom is not None:
            y += _BETWEEN_ROWS
            if sheet.chained(model, "takes"):
                y = max(y, bottom + _CHAIN - _offset(sheet, model))
        y, bottom = _lay_row(sheet, model, y)
    wires = [_wire(sheet, edge) for edge in sheet.workflow.edges]
    return y + _MARGIN, sheet.body(wires)


def _offset(sheet: Sheet, model: Node) -> float:
    """Distance from the top of a model's row to its box: what stands beside it may reach higher."""
    return max(_tallest(sheet, model) / 2 - _axis(sheet.box(model, _MIDDLE, _rows(sheet, model))), 0)


def _tallest(sheet: Sheet, model: Node) -> float:
    beside = (sheet.inputs_of(model), sheet.outputs_of(model))
    return max(_stacked([sheet.card(node, _SIDE) for node in nodes]) for nodes in beside)


def _axis(box: StepBox) -> float:
    """Height inside a box at which wires run on either side: the middle of its ports."""
    return box.first_row + (box.rows - 1) * PORT_ROW / 2 if box.rows else box.height / 2


def _lay_row(sheet: Sheet, model: Node, y: float) -> tuple[float, float]:
    """Draw a model and what stands beside it; gives the bottoms of the row and of the model's box."""
    box, offset = sheet.box(model, _MIDDLE, _rows(sheet, model)), _offset(sheet, model)
    top, axis = y + offset, y + offset + _axis(box)
    _lay_column(sheet, sheet.inputs_of(model), _MARGIN, axis)
    _lay_column(sheet, sheet.outputs_of(model), _RIGHT_X, axis)
    sheet.parts.append(box.draw(_MODEL_X, top))
    above, below = sheet.chained(model, "takes"), sheet.chained(model, "gives")
    at_left = [port for port in model.takes if port.name not in above]
    at_right = [port for port in model.gives if port.name not in below]
    for row, (left, right) in enumerate(zip_longest(at_left, at_right)):
        port_y = top + box.first_row + row * PORT_ROW
        if left:
            sheet.place(model, left, "takes", _MODEL_X, port_y)
            sheet.caption(left.name, _MODEL_X + 18, port_y + 4.5, _room_beside(right))
        if right:
            sheet.place(model, right, "gives", _MODEL_X + _MIDDLE, port_y)
            sheet.caption(right.name, _MODEL_X + _MIDDLE - 18, port_y + 4.5, _room_beside(left), "end")
    for place, port in enumerate(port for port in model.takes if port.name in above):
        sheet.place(model, port, "takes", _MODEL_X + _MIDDLE * (place + 1) / (len(above) + 1), top)
    for place, port in enumerate(port for port in model.gives if port.name in below):
        x = _MODEL_X + _MIDDLE * (place + 1) / (len(below) + 1)
        sheet.place(model, port, "gives", x, top + box.height)
        sheet.caption(port.name, x + 16, top + box.height + 24, _MIDDLE / (len(below) + 1) - 20)
    bottom = _lay_passed_on(sheet, model, list(below), top + box.height)
    return max(bottom, axis + _tallest(sheet, model) / 2), bottom


def _lay_passed_on(sheet: Sheet, step: Node, ports: list[str], y: float) -> float:
    """Draw what a step hands on, on its wires below the box; gives the bottom of that, or of the box."""
    slot = _MIDDLE / max(len(ports), 1)
    width = slot - (_BETWEEN_CARDS if len(ports) > 1 else _MIDDLE - _SIDE)
    cards = sheet.passed_on(step, width) if width >= _NARROWEST_CARD else {}
    bottom = y
    for place, port in enumerate(port for port in step.gives if port.name in ports):
        if card := cards.get(port.name):
            x = _MODEL_X + _MIDDLE * (place + 1) / (len(ports) + 1)
            left, top = _MODEL_X + slot * place + (slot - width) / 2, y + _ABOVE_CARD
            sheet.parts.append(card.draw(left, top))
            sheet.cards_on_wires[End(step.id, port.name)] = ((x, top), (x, top + card.height))
            bottom = max(bottom, top + card.height)
    return bottom


def _room_beside(port: Port | None) -> float:
    """What a port's name leaves of its row for the name at the other side; each may have half."""
    taken = width_of(port.name, LABEL) + 8 if port else 0.0
    return _MIDDLE - 36 - min(taken, (_MIDDLE - 36) / 2)


def _rows(sheet: Sheet, model: Node) -> int:
    taken = len(model.takes) - len(sheet.chained(model, "takes"))
    return max(taken, len(model.gives) - len(sheet.chained(model, "gives")))


def _lay_column(sheet: Sheet, nodes: list[Node], x: float, axis: float) -> None:
    column = [sheet.card(node, _SIDE) for node in nodes]
    top = axis - _stacked(column) / 2
    for node, card in zip(nodes, column, strict=True):
        sheet.parts.append(card.draw(x, top))
        middle = top + card.height / 2
        if node.kind == "input":
            sheet.place(node, node.gives[0], "gives", x + _SIDE, middle)
        else:
            sheet.place(node, node.takes[0], "takes", x, middle)
        top += card.height + _BETWEEN_CARDS


def _stacked(column: list[DataCard]) -> float:
    return sum(card.height for card in column) + _BETWEEN_CARDS * max(len(column) - 1, 0)


def _wire(sheet: Sheet, edge: Edge) -> Markup:
    (x1, y1), (x2, y2) = sheet.ends(edge)
    source = sheet.workflow.by_id[edge.source.node]
    kind = next(port.type for port in source.gives if port.name == edge.source.port)
    if source.kind not in STEPS or sheet.workflow.by_id[edge.target.node].kind not in STEPS:
        return shapes.wire(shapes.across(x1, y1, x2, y2), kind)
    to_card, (x1, y1) = sheet.past_card(edge, (x1, y1))
    steps = [step.id for step in sheet.workflow.steps]
    if steps.index(edge.target.node) == steps.index(source.id) + 1:
        return shapes.wire(to_card + shapes.down((x1, y1), (x2, y2)), kind)
    aside = _MODEL_X + _MIDDLE + 26
    return shapes.wire(to_card + shapes.down((x1, y1), (aside, y1 + 50), (aside, y2 - 50), (x2, y2)), kind)
