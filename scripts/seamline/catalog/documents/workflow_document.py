"""A sample's workflow as a JSON document, `seamline.workflow.export` says how: -> the fields of the sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamline.errors import WorkflowError

SCHEMA = "seamline-workflow/2"
SCHEMA_1 = "seamline-workflow/1"
"""The version before operations and samples."""

NOT_IN_THE_GRAPH = ("title", "exhibits")
"""Fields of a sample that say nothing of its steps, and that a document holds beside them. Its alternative text is left
out: it describes a picture of one run."""

_HINT = f"import a {SCHEMA} document of a sample, as a sample's page offers it"


def sample_fields(document: Any) -> dict[str, Any]:
    """The fields of the sample that a document is the workflow of, as JSON data; whether they fit is not looked at.

    Args:
        document: the document as JSON data.

    Raises:
        WorkflowError: it is none, or not that of a sample.
    """
    if not isinstance(document, dict) or document.get("schema") not in (SCHEMA, SCHEMA_1):
        raise WorkflowError(f"is not a {SCHEMA} document", hint=_HINT)
    if not document.get("sample"):
        raise WorkflowError("is the workflow of no sample: it says what fits, and runs nothing", hint=_HINT)
    try:
        fields: dict[str, Any] = _spelled(_fields(document))
    except RecursionError:
        raise WorkflowError(f"is not a sound {SCHEMA} document: nested too deeply", hint=_HINT) from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"is not a sound {SCHEMA} document ({type(error).__name__}: {error})"
        raise WorkflowError(what, hint=_HINT) from error
    return fields


def _spelled(value: Any) -> Any:
    """JSON data with truth values as a sample's file spells them: Python's own would pass for numbers."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return {name: _spelled(one) for name, one in value.items()}
    return [_spelled(one) for one in value] if isinstance(value, list) else value


def _fields(document: Mapping[str, Any]) -> dict[str, Any]:
    about = {name: value for name, value in document["sample"].items() if name in NOT_IN_THE_GRAPH}
    nodes = {node["id"]: node for node in document["nodes"]}
    if len(nodes) < len(document["nodes"]):
        raise ValueError("two nodes have the same id")
    steps = {name: _step(node) for name, node in nodes.items() if node["kind"] in ("model", "operation")}
    given: dict[str, Any] = {}
    for edge in document["edges"]:
        source, target = edge["from"], edge["to"]
        if target["node"] not in nodes:
            raise ValueError(f"an edge leads to {target['node']!r}, and there is no such node")
        if target["node"] in steps:
            written = _written(nodes[source["node"]], source["port"], given)
            if target["port"] in steps[target["node"]]["inputs"]:
                raise ValueError(f"two edges feed {target['node']}.{target['port']}")
            steps[target["node"]]["inputs"][target["port"]] = written
    fields: dict[str, Any] = {**about, **({"input": given} if given else {})}
    if document["sample"].get("one_step"):
        (step,) = steps.values()
        inputs = step.pop("inputs")
        texts = [value for port, value in inputs.items() if port == "text"]
        return {**fields, **step, **({"instruction": texts[0]} if texts else {})}
    return {**fields, "steps": steps}


def _step(node: Mapping[str, Any]) -> dict[str, Any]:
    """A step without its inputs."""
    runs = node[node["kind"]]
    if not isinstance(runs, str):
        raise TypeError(f"{node['kind']} {runs!r} of {node['id']}")
    return {
        node["kind"]: runs,
        "inputs": {},
        **{name: node[name] for name in ("parameters", "truth") if node.get(name)},
    }


def _written(node: Mapping[str, Any], port: str, given: dict[str, Any]) -> str:
    """What a sample writes for an output of a node; a scene or a photo is noted in `given`."""
    if node["kind"] != "input":
        return f"{node['id']}.{port}"
    ((kind, value),) = node["given"].items()
    if kind == "text":
        if not isinstance(value, str):
            raise TypeError(f"the text of {node['id']!r} is {value!r}")
        return value
    if kind not in ("scene", "photo"):
        raise ValueError(f"an input is a scene, a photo or a text, and not a {kind}")
    if given.setdefault(kind, value) != value:
        raise ValueError(f"its inputs are of two {kind}s, and a sample has one")
    return f"{kind}.views" if kind == "scene" and port == "views" else str(kind)
