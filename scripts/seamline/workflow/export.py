"""A workflow as data that other programs read: JSON, there and back, and Mermaid text.

The JSON document:

    {
      "schema": "seamline-workflow/2",
      "nodes": [{
        "id": "edit",                        unique: a step's name in a sample's workflow
        "kind": "model",                     input | model | operation | output
        "label": "InstructPix2Pix",          for readers
        "block": "ImgTxt2Img-…",             models only
        "origin": "owner/name",              models whose owner is known only
        "task": "text summarization",        models whose work a curator named only
        "model": "instruct-pix2pix",         models only: id in the catalog
        "operation": "over",                 operations only
        "parameters": {"seed": 3},           steps of a sample: those that do not hold their default
        "truth": {…},                        steps of a sample whose truth is known
        "given": {"scene": {"seed": 7}},     inputs of a sample: a scene, a photo or a text
        "takes": [{"name": "image", "type": "Img", "required": true}, …],
        "gives": [{"name": "image", "type": "Img", "required": true}]
      }, …],
      "edges": [{"from": {"node": "in:instruct-pix2pix:image", "port": "image"},
                 "to": {"node": "instruct-pix2pix", "port": "image"}}, …],
      "notes": ["why models chain or do not", …],
      "sample": {"id": "a-wave", "title": "A wave", …}   a sample's workflow only; what its steps do not say
    }

A sample's document holds all that the sample says, but the alternative text of its picture: `seamline import` writes
the sample of it again, and it can be run.
Version 1 had neither operations nor what samples say, and the id of a model's node was its id in the catalog. It is
still read. Fields are added under the same version; one that changes its meaning or goes away raises it.
"""

from __future__ import annotations

import json
from typing import Any

from seamline.blocks.names import parse_block
from seamline.blocks.ports import port_type
from seamline.catalog.documents.workflow_document import SCHEMA, SCHEMA_1
from seamline.errors import WorkflowError
from seamline.workflow.graph import Edge, End, Node, Port, Workflow

_SHAPES = {"input": ("([", "])"), "model": ("[", "]"), "operation": ("[[", "]]"), "output": ("([", "])")}
_OF_SAMPLES = ("model", "operation", "parameters", "truth", "given")


def to_json(workflow: Workflow) -> str:
    """The workflow as an indented JSON document that ends in a newline; equal workflows give equal bytes."""
    return json.dumps(document_of(workflow), indent=2, ensure_ascii=False) + "\n"


def document_of(workflow: Workflow) -> dict[str, Any]:
    """The document as JSON data."""
    document = {
        "schema": SCHEMA,
        "nodes": [_node_data(node) for node in workflow.nodes],
        "edges": [{"from": _end_data(edge.source), "to": _end_data(edge.target)} for edge in workflow.edges],
        "notes": list(workflow.notes),
    }
    return document | ({"sample": dict(workflow.sample)} if workflow.sample else {})


def from_json(text: str) -> Workflow:
    """Read what `to_json` wrote, or what someone wrote by hand in its form.

    Raises:
        WorkflowError: not such a document, or a graph that is not sound.
    """
    try:
        document = json.loads(text)
        schema = document["schema"]
        if schema not in (SCHEMA, SCHEMA_1):
            hint = f"this version reads {SCHEMA!r} and {SCHEMA_1!r}"
            raise WorkflowError(f"unknown schema {schema!r}", where="schema", hint=hint)
        nodes = tuple(_node_from(data) for data in document["nodes"])
        edges = tuple(Edge(_end_from(data["from"]), _end_from(data["to"])) for data in document["edges"])
        notes = tuple(_text(note) for note in document.get("notes", ()))
        sample = _mapping(document.get("sample", {}))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WorkflowError(
            f"not a workflow document ({type(error).__name__}: {error})",
            where="workflow JSON",
            hint=f"write it in the form of {SCHEMA!r}, as documented in seamline.workflow.export",
        ) from error
    return Workflow(nodes, edges, notes, sample)


def to_mermaid(workflow: Workflow) -> str:
    """The workflow as Mermaid flowchart text; wires carry the name of their type.

    Labels keep letters, digits and spaces and write all else as Mermaid's `#code;` entities, so that no label can end
    its string, open a tag or start a directive.
    """
    names = {node.id: f"n{place}" for place, node in enumerate(workflow.nodes)}
    lines = ["flowchart LR"]
    for node in workflow.nodes:
        opening, closing = _SHAPES[node.kind]
        lines.append(f'  {names[node.id]}{opening}"{_mermaid_text(node.label)}"{closing}')
    for edge in workflow.edges:
        kind = next(port.type for port in workflow.by_id[edge.source.node].gives if port.name == edge.source.port)
        lines.append(f'  {names[edge.source.node]} -- "{_mermaid_text(kind.noun)}" --> {names[edge.target.node]}')
    return "\n".join(lines) + "\n"


def _node_data(node: Node) -> dict[str, Any]:
    data: dict[str, Any] = {"id": node.id, "kind": node.kind, "label": node.label}
    if node.block:
        data["block"] = node.block.name
    if node.origin:
        data["origin"] = node.origin
    if node.task:
        data["task"] = node.task
    for name in _OF_SAMPLES:
        if value := getattr(node, name):
            data[name] = value
    return data | {
        "takes": [_port_data(port) for port in node.takes],
        "gives": [_port_data(port) for port in node.gives],
    }


def _port_data(port: Port) -> dict[str, Any]:
    return {"name": port.name, "type": port.type.code, "required": port.required}


def _end_data(end: End) -> dict[str, str]:
    return {"node": end.node, "port": end.port}


def _node_from(data: Any) -> Node:
    kind = data["kind"]
    if kind not in _SHAPES:
        raise WorkflowError(f"unknown kind {kind!r}", where=str(data.get("id")), hint=f"one of {', '.join(_SHAPES)}")
    block = parse_block(_text(data["block"])) if "block" in data else None
    takes = tuple(_port_from(port) for port in data["takes"])
    gives = tuple(_port_from(port) for port in data["gives"])
    origin = _text(data.get("origin", ""))
    node_id = _text(data["id"])
    model = _text(data.get("model", node_id if kind == "model" else ""))
    operation = _text(data.get("operation", ""))
    parameters, truth, given = (_mapping(data.get(name, {})) for name in ("parameters", "truth", "given"))
    facts = (origin, model, operation, parameters, truth, given, _text(data.get("task", "")))
    return Node(node_id, kind, _text(data["label"]), takes, gives, block, *facts)


def _port_from(data: Any) -> Port:
    return Port(_text(data["name"]), port_type(_text(data["type"])), bool(data.get("required", True)))


def _end_from(data: Any) -> End:
    return End(_text(data["node"]), _text(data["port"]))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, found {value!r}")
    return value


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"expected a mapping, found {value!r}")
    return value


def _mermaid_text(text: str) -> str:
    spaced = " ".join(text.split())
    return "".join(c if c == " " or (c.isascii() and c.isalnum()) else f"#{ord(c)};" for c in spaced) or " "
