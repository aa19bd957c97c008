"""The task of a whole workflow: what enters it from outside, what leaves it, and the work between."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from seamline.blocks.tasks import Task, named_task, task_of, with_articles
from seamline.workflow.graph import Node, Workflow


def infer(workflow: Workflow) -> Task:
    """The task of a whole workflow: what enters it from outside, what leaves it, and the work between.

    Alternatives that do the same work share its name; different works are joined by `then` where they chain
    and by `and` where they stand side by side.
    """
    tasks = {node.id: named_task(node.block, node.task) for node in workflow.models if node.block}
    operations = len(workflow.steps) - len(workflow.models)
    if not operations and len({(task.name, task.inputs, task.outputs) for task in tasks.values()}) == 1:
        return next(iter(tasks.values()))
    names = ""
    previous: Node | None = None
    for node in workflow.models:
        joint = "" if previous is None else ", then " if _chained(workflow, previous, node) else ", and "
        names += joint + tasks[node.id].name
        previous = node
    inputs = tuple(dict.fromkeys(carried(workflow, node) for node in workflow.inputs))
    outputs = tuple(dict.fromkeys(carried(workflow, node) for node in workflow.outputs))
    count = len(workflow.steps)
    noun = "steps" if operations else "models"
    counted = _COUNTED.get(count, str(count))
    one = count == 1 or _is_one_chain(workflow)
    who = "A step" if count == 1 else f"A chain of {counted.lower()} {noun}" if one else f"{counted} {noun}"
    who += " takes" if one else " take"
    what = (
        f"{with_articles(inputs)} and give{'s' if one else ''}" if inputs else f"nothing and give{'s' if one else ''}"
    )
    return Task(names or "plain computation", inputs, outputs, f"{who} {what} {with_articles(outputs)}.")


def carried(workflow: Workflow, node: Node) -> str:
    """What an input or output node stands for, in the words of the task beside it: `edit instruction`."""
    if node.kind == "input":
        ends = [edge.target for edge in workflow.out_of(node)]
    else:
        ends = [edge.source for edge in workflow.into(node)]
    for end in ends:
        if workflow.by_id[end.node].block:
            return noun_at(workflow.by_id[end.node], "takes" if node.kind == "input" else "gives", end.port)
    return node.label.lower()


def noun_at(step: Node, side: Literal["takes", "gives"], port: str) -> str:
    """What stands at a port of a step: in the words of the model's task, or else of the port's type."""
    ports = {one.name: one.type for one in (step.takes if side == "takes" else step.gives)}
    if step.block is None:
        return ports[port].noun
    task = task_of(step.block)
    return (task.inputs if side == "takes" else task.outputs)[list(ports).index(port)]


_COUNTED = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six", 7: "Seven", 8: "Eight", 9: "Nine", 10: "Ten"}


def _is_one_chain(workflow: Workflow) -> bool:
    """Whether each step takes something that the one before it gives."""
    fed = {(edge.source.node, edge.target.node) for edge in workflow.edges}
    return all((first.id, second.id) in fed for first, second in pairwise(workflow.steps))


def _chained(workflow: Workflow, first: Node, second: Node) -> bool:
    """Whether what the first gives reaches the second, be it through others."""
    waiting, seen = [second], set[str]()
    while waiting:
        for edge in workflow.into(waiting.pop()):
            if edge.source.node == first.id:
                return True
            if edge.source.node not in seen:
                seen.add(edge.source.node)
                waiting.append(workflow.by_id[edge.source.node])
    return False
