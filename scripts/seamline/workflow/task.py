"""The task of a whole workflow: what enters it from outside, what leaves it, and the work between."""

from __future__ import annotations

from seamline.blocks.tasks import Task, task_of, with_articles
from seamline.workflow.graph import Node, Workflow


def infer(workflow: Workflow) -> Task:
    """The task of a whole workflow: what enters it from outside, what leaves it, and the work between.

    Alternatives that do the same work share its name; different works are joined by `then` where they chain
    and by `and` where they stand side by side.
    """
    tasks = {node.id: task_of(node.block) for node in workflow.models if node.block}
    if len({(task.name, task.inputs, task.outputs) for task in tasks.values()}) == 1:
        return next(iter(tasks.values()))
    names = ""
    previous: Node | None = None
    for node in workflow.models:
        joint = "" if previous is None else ", then " if _chained(workflow, previous, node) else ", and "
        names += joint + tasks[node.id].name
        previous = node
    inputs = tuple(dict.fromkeys(carried(workflow, node) for node in workflow.inputs))
    outputs = tuple(dict.fromkeys(carried(workflow, node) for node in workflow.outputs))
    count = len(workflow.models)
    sentence = (
        f"{_COUNTED.get(count, str(count))} models take {with_articles(inputs)} and give {with_articles(outputs)}."
    )
    return Task(names, inputs, outputs, sentence)


def carried(workflow: Workflow, node: Node) -> str:
    """What an input or output node stands for, in the words of the task beside it: `edit instruction`."""
    if node.kind == "input":
        edges = workflow.out_of(node)
        ends = [(edge.target, "takes") for edge in edges]
    else:
        ends = [(edge.source, "gives") for edge in workflow.into(node)]
    for end, side in ends:
        model = workflow.by_id[end.node]
        if model.block:
            ports = [port.name for port in getattr(model, side)]
            task = task_of(model.block)
            nouns = task.inputs if side == "takes" else task.outputs
            return nouns[ports.index(end.port)]
    return node.label.lower()


_COUNTED = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six", 7: "Seven", 8: "Eight", 9: "Nine", 10: "Ten"}


def _chained(workflow: Workflow, first: Node, second: Node) -> bool:
    return any(edge.source.node == first.id for edge in workflow.into(second))
