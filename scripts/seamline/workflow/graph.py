"""The typed graph of a workflow: inputs -> models and operations -> outputs.

A `Workflow` that exists is sound: building an ill-typed, cyclic or incomplete one raises.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, Literal

from seamline.blocks.names import Block, parse_block
from seamline.blocks.ports import PortType
from seamline.catalog.origins import hub_id, model_title
from seamline.errors import WorkflowError
from seamline.workflow.chaining import lay_lanes

if TYPE_CHECKING:
    from seamline.catalog.entries import Model

Kind = Literal["input", "model", "operation", "output"]
STEPS = ("model", "operation")


@dataclass(frozen=True)
class Port:
    """A named, typed place where an edge may end. A required port that takes data must be fed."""

    name: str
    type: PortType
    required: bool = True


@dataclass(frozen=True)
class Node:
    """One box of the graph.

    Attributes:
        id: unique in its workflow: the step's name in a sample's, the model's catalog id in a question's.
        label: what a reader sees.
        takes, gives: ports, in drawn order; an input node takes nothing, an output node gives nothing.
        block: the parsed block name of a model node.
        origin: `owner/name` of a model node on its hub; empty where nothing settles where the owner ends.
        model: catalog id of a model node.
        operation: name of what an operation node computes.
        parameters: of a step, as JSON data, without those that hold their default.
        truth: what a step's instruction means, as JSON data; empty where nothing is known.
        given: what an input node of a sample gives, as JSON data: `{"scene": {"seed": 7}}`, `{"photo": {…}}` or
            `{"text": "…"}`; empty in a question's workflow.
        task: what a curator calls the work of a model node, where its ports say too little; "" by default.
    """

    id: str
    kind: Kind
    label: str
    takes: tuple[Port, ...] = ()
    gives: tuple[Port, ...] = ()
    block: Block | None = None
    origin: str = ""
    model: str = ""
    operation: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    truth: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    task: str = ""


@dataclass(frozen=True)
class End:
    """One end of an edge: a port of a node."""

    node: str
    port: str

    def __str__(self) -> str:
        return f"{self.node}.{self.port}"


@dataclass(frozen=True)
class Edge:
    """Data flowing from a port that gives to a port that takes."""

    source: End
    target: End


@dataclass(frozen=True)
class Workflow:
    """An immutable, checked graph.

    Attributes:
        nodes: in drawn order; models of a chain follow each other.
        edges: connections, each between two ports of the same type.
        notes: in words, why models chain or do not. Plain text that may hold catalog text: escape it.
        sample: what the graph does not say of the sample that it runs, as JSON data: `id`, `title`,
            `exhibits`, and whether it is spelled as one step; empty in a question's workflow.

    Raises:
        WorkflowError: an edge ends nowhere or joins two types, a port is fed twice or not at all, or there is a cycle.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    notes: tuple[str, ...] = ()
    sample: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._check_ids()
        for edge in self.edges:
            self._check_edge(edge)
        self._check_fed()
        self._check_cycles()

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """Nodes by their id."""
        return {node.id: node for node in self.nodes}

    @property
    def inputs(self) -> tuple[Node, ...]:
        """Input nodes, in drawn order."""
        return self._of_kind("input")

    @property
    def models(self) -> tuple[Node, ...]:
        """Model nodes, in drawn order."""
        return self._of_kind("model")

    @property
    def steps(self) -> tuple[Node, ...]:
        """Nodes of models and operations, in drawn order."""
        return tuple(node for node in self.nodes if node.kind in STEPS)

    @property
    def outputs(self) -> tuple[Node, ...]:
        """Output nodes, in drawn order."""
        return self._of_kind("output")

    def into(self, node: Node) -> tuple[Edge, ...]:
        """Edges that feed a node, in the order of its ports."""
        order = {port.name: place for place, port in enumerate(node.takes)}
        return tuple(sorted((e for e in self.edges if e.target.node == node.id), key=lambda e: order[e.target.port]))

    def out_of(self, node: Node) -> tuple[Edge, ...]:
        """Edges that leave a node, in the order of its ports."""
        order = {port.name: place for place, port in enumerate(node.gives)}
        return tuple(sorted((e for e in self.edges if e.source.node == node.id), key=lambda e: order[e.source.port]))

    def _of_kind(self, kind: Kind) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.kind == kind)

    def _check_ids(self) -> None:
        for node in self.nodes:
            _check_kind(node)
            for names, what in ((node.takes, "takes"), (node.gives, "gives")):
                _refuse_double((port.name for port in names), f"{what} two ports named", where=node.id)
        _refuse_double((node.id for node in self.nodes), "two nodes are named", where="workflow")

    def _check_edge(self, edge: Edge) -> None:
        source, target = self._port(edge.source, "gives"), self._port(edge.target, "takes")
        if source.type != target.type:
            raise WorkflowError(
                f"`{edge.source}` gives {source.type.phrase}, but `{edge.target}` takes {target.type.phrase}",
                where=f"{edge.source} -> {edge.target}",
                hint=f"connect a port that gives {target.type.phrase}, or put a model between that makes one from "
                f"{source.type.phrase}",
            )

    def _port(self, end: End, side: Literal["takes", "gives"]) -> Port:
        node = self.by_id.get(end.node)
        if node is None:
            raise WorkflowError(f"there is no node `{end.node}`", where=str(end), hint=_nearest(end.node, self.by_id))
        ports = {port.name: port for port in (node.takes if side == "takes" else node.gives)}
        if end.port not in ports:
            raise WorkflowError(f"`{end.node}` {side} no `{end.port}`", where=str(end), hint=_nearest(end.port, ports))
        return ports[end.port]

    def _check_fed(self) -> None:
        fed = Counter(edge.target for edge in self.edges)
        for node in self.nodes:
            for port in node.takes:
                end = End(node.id, port.name)
                if port.required and not fed[end]:
                    raise WorkflowError(
                        f"nothing feeds `{end}`", where=node.id, hint=f"connect a port that gives {port.type.phrase}"
                    )
                if fed[end] > 1:
                    raise WorkflowError(f"{fed[end]} edges feed `{end}`", where=node.id, hint="keep one of them")

    def _check_cycles(self) -> None:
        sorter: TopologicalSorter[str] = TopologicalSorter()
        for edge in self.edges:
            sorter.add(edge.target.node, edge.source.node)
        try:
            sorter.prepare()
        except CycleError as error:
            ring = " -> ".join(reversed(error.args[1]))
            raise WorkflowError(f"the workflow runs in a circle: {ring}", hint="remove one of its edges") from None


def workflow_of(models: Mapping[str, Model]) -> Workflow:
    """The workflow that a question's models form, in the order given.

    A model chains onto the one before it when that gives something it takes; where only another order fits all of them
    into one chain, that order is used. Models with equal types are alternatives. What does not chain stands beside.

    Args:
        models: catalog entries by id, in the question's order.

    Raises:
        WorkflowError: a block name cannot be read, or there is no model.
    """
    if not models:
        raise WorkflowError("a workflow needs a model", where="models", hint="recommend at least one model")
    blocks = {key: parse_block(model.block) for key, model in models.items()}
    titles = {key: model_title(model) for key, model in models.items()}
    origins = {key: hub_id(model) for key, model in models.items()}
    tasks = {key: model.task for key, model in models.items()}
    lanes, notes = lay_lanes(blocks, titles)
    parts = [_connect(lane, blocks, titles, origins, tasks) for lane in lanes]
    nodes = tuple(node for part, _ in parts for node in part)
    return Workflow(nodes, tuple(edge for _, part in parts for edge in part), notes)


def _connect(
    lane: Sequence[str],
    blocks: Mapping[str, Block],
    titles: Mapping[str, str],
    origins: Mapping[str, str],
    tasks: Mapping[str, str],
) -> tuple[list[Node], list[Edge]]:
    """Nodes and edges of one chain; every port that no neighbour meets gets a node of its own."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    passed_on: list[tuple[PortType, End]] = []
    for key, following in zip(lane, [*lane[1:], None], strict=True):
        takes, gives = _ports(blocks[key].inputs), _ports(blocks[key].outputs)
        for port in takes:
            given = next((item for item in passed_on if item[0] == port.type), None)
            if given:
                passed_on.remove(given)
                edges.append(Edge(given[1], End(key, port.name)))
                continue
            source = End(f"in:{key}:{port.name}", port.type.noun)
            nodes.append(Node(source.node, "input", _capitalised(port.name), gives=(Port(source.port, port.type),)))
            edges.append(Edge(source, End(key, port.name)))
        nodes.append(
            Node(key, "model", titles[key], takes, gives, blocks[key], origins[key], model=key, task=tasks[key])
        )
        wanted = Counter(blocks[following].inputs if following else ())
        for port in gives:
            if wanted[port.type]:
                wanted[port.type] -= 1
                passed_on.append((port.type, End(key, port.name)))
                continue
            target = End(f"out:{key}:{port.name}", port.type.noun)
            nodes.append(Node(target.node, "output", _capitalised(port.name), takes=(Port(target.port, port.type),)))
            edges.append(Edge(End(key, port.name), target))
    return nodes, edges


def _check_kind(node: Node) -> None:
    if node.kind == "model" and node.block is None:
        raise WorkflowError("a model without a block name", where=node.id, hint="give the block it runs")
    if node.kind == "operation" and not node.operation:
        raise WorkflowError("an operation without a name", where=node.id, hint="say which operation it is")
    if (node.kind == "input" and node.takes) or (node.kind == "output" and node.gives):
        raise WorkflowError(f"an {node.kind} with ports on both sides", where=node.id, hint="make it a model")


def _ports(kinds: Iterable[PortType]) -> tuple[Port, ...]:
    """`(image, image, text)` -> ports named `image`, `image 2`, `text`."""
    seen: Counter[PortType] = Counter()
    ports = []
    for kind in kinds:
        seen[kind] += 1
        ports.append(Port(kind.noun if seen[kind] == 1 else f"{kind.noun} {seen[kind]}", kind))
    return tuple(ports)


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]


def _nearest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean `{close[0]}`?" if close else f"there are: {', '.join(names) or 'none'}"


def _refuse_double(names: Iterable[str], what: str, where: str) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise WorkflowError(f"{what} `{name}`", where=where, hint="give each its own name")
