"""A graph in ComfyUI's API format: what its server takes at `/prompt`, and its editor opens.

    {"1": {"class_type": "LoadImage", "inputs": {"image": "photo.png"}, "_meta": {"title": "Photo"}}, …}

An input holds a value, or `[id, slot]` for what another node gives. Source of the format: `zComfyApiWorkflow` in
`workflowSchema.ts` of Comfy-Org/ComfyUI_frontend, and "Workflow API format" on docs.comfy.org.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Link: TypeAlias = "tuple[str, int]"
"""Id of a node, and which of its outputs."""

Value: TypeAlias = "str | int | float | bool | Link"


@dataclass(frozen=True)
class Expressed:
    """A step that nodes of ComfyUI's core do.

    Attributes:
        outputs: what gives each output port.
        notes: where ComfyUI's way differs, one sentence each.
    """

    outputs: Mapping[str, Link]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotExpressed:
    """A step that they cannot do, and why, as the end of a sentence."""

    why: str


@dataclass
class ComfyGraph:
    """A graph that grows. Equal calls in equal order give equal text."""

    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    _shared: dict[str, str] = field(default_factory=dict)

    def add(self, class_type: str, title: str, inputs: Mapping[str, Value]) -> str:
        """Add a node; gives its id.

        Args:
            class_type: as ComfyUI registers the node.
            title: what its editor shows above the node.
        """
        name = str(len(self.nodes) + 1)
        written = {key: list(value) if isinstance(value, tuple) else value for key, value in inputs.items()}
        self.nodes[name] = {"class_type": class_type, "inputs": written, "_meta": {"title": title}}
        return name

    def share(self, class_type: str, title: str, inputs: Mapping[str, Value]) -> str:
        """As `add`, but one node for all calls with the same class and inputs."""
        key = json.dumps([class_type, inputs], sort_keys=True)
        if key not in self._shared:
            self._shared[key] = self.add(class_type, title, inputs)
        return self._shared[key]

    def to_json(self) -> str:
        """The graph as an indented JSON document that ends in a newline."""
        return json.dumps(self.nodes, indent=2, ensure_ascii=False) + "\n"
