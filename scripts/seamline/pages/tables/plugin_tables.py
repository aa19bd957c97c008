"""What can run: model kinds and operations, as the reference lists them from what is installed."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from seamline.blocks.names import parse_block
from seamline.blocks.tasks import task_of
from seamline.pages.html import code, table, with_code
from seamline.plugins import OPERATIONS, RUNNERS


def model_kinds() -> Markup:
    """Every model kind that a sample can run: its signature, the classes that it loads, its parameters."""
    rows = [
        (
            code(name),
            code(runner.signature),
            task_of(parse_block(f"{runner.signature}-Hub-owner-{name}")).name,
            Markup(", ").join(code(one) for one in sorted(runner.pipelines)),
            Markup(", ").join(code(one) for one in runner.parameters.model_fields) or "none",
            _provider(RUNNERS.provider(name)),
        )
        for name, runner in RUNNERS.all.items()
    ]
    head = ("Kind", "Signature", "Task", "Classes", "Parameters", "Provided by")
    return Markup(f"\n\n{table(head, rows)}\n\n")


def operations() -> Markup:
    """Every operation that a step can name: what it takes and gives, and where its algorithm is published."""
    rows = [
        (
            code(name),
            with_code(operation.summary),
            _ports(operation.inputs),
            _ports(operation.outputs),
            Markup(", ").join(code(one) for one in operation.parameters.model_fields) or "none",
            operation.source or "common knowledge",
            _provider(OPERATIONS.provider(name)),
        )
        for name, operation in OPERATIONS.all.items()
    ]
    head = ("Operation", "What it does", "Takes", "Gives", "Parameters", "Source", "Provided by")
    return Markup(f"\n\n{table(head, rows)}\n\n")


def _ports(ports: Mapping[str, str]) -> str:
    return ", ".join(f"{name} ({kind})" for name, kind in ports.items())


def _provider(distribution: str) -> str:
    return "Seamline" if distribution == "seamline" else distribution
