"""What a step's runner is asked for: the plain request, and those that the sample's exhibits add."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seamline.catalog.entries import Sample
from seamline.plugins import EXHIBITS, RUNNERS
from seamline.runners.base import PlannedRequest


def planned(sample: Sample, request: Any, runner_name: str) -> tuple[PlannedRequest[Any], ...]:
    """Everything to ask the runner of a step for; the plain request comes first.

    Exhibits of other runners ask for nothing.

    Args:
        request: the step's plain request.

    Raises:
        RunError: an exhibit asks for what the model would silently ignore.
    """
    return tuple(_planned(sample, request, runner_name))


def _planned(sample: Sample, plain: Any, runner_name: str) -> Iterator[PlannedRequest[Any]]:
    declared = [
        (exhibit, sample.exhibits[name])
        for name in sample.exhibits.declared
        if (exhibit := EXHIBITS.all[name]).runner == runner_name
    ]
    kept = plain
    for exhibit, declaration in declared:
        kept = exhibit.augment(declaration, kept)
    role = next(iter(RUNNERS.all[runner_name].roles.values()))
    yield PlannedRequest(role, role, kept)
    for exhibit, declaration in sorted(declared, key=lambda one: one[0].request_order):
        yield from exhibit.requests(declaration, plain)
