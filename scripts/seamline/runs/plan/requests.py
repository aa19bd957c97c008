"""A step -> the requests that it and the exhibits of its sample need."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from seamline.catalog.entries import Sample
from seamline.catalog.recipe import Output, ResolvedStep, SceneViews, Text
from seamline.plugins import EXHIBITS
from seamline.runners.base import PlannedRequest
from seamline.runners.registry import runner_named
from seamline.runners.request_planning import planned
from seamline.scenes.variants import SceneVariant


def value_name(sample: str, source: object) -> str:
    """The name under which an engine is given what a source stands for."""
    if isinstance(source, SceneViews):
        return f"{sample}/views"
    return f"{sample}/{source.step}.{source.port}" if isinstance(source, Output) else f"{sample}/input"


def requests_of(
    name: str, sample: Sample, step: ResolvedStep, texts: Mapping[Output, str]
) -> tuple[PlannedRequest[Any], ...]:
    """Everything a model must generate for a step; its plain output comes first.

    Args:
        name: the sample's id.
        texts: what earlier steps wrote, for text inputs that are not spelled out.

    Raises:
        RunError: parameters or inputs that the model would silently ignore.
    """
    runner = runner_named(step.runner)
    inputs: dict[str, str] = {}
    for port, source in step.inputs.items():
        if isinstance(source, Text):
            inputs[port] = source.text
        elif isinstance(source, Output) and source in texts:
            inputs[port] = texts[source]
        else:
            inputs[port] = value_name(name, source)
    plain = runner.request(step.parameters, inputs)
    return planned(sample, plain, step.runner)


def auxiliary_of(sample: Sample) -> Collection[str]:
    """Pictures that exhibits of the sample need of its scene, besides those that no exhibit needs to ask for."""
    return {role for name in sample.exhibits.declared for role in EXHIBITS.all[name].auxiliary}


def variants_of(sample: Sample) -> tuple[SceneVariant, ...]:
    """Variants of its scene that exhibits of the sample need, each once."""
    declared = sample.exhibits
    return tuple(
        dict.fromkeys(one for name in declared.declared for one in EXHIBITS.all[name].variants(declared[name], sample))
    )
