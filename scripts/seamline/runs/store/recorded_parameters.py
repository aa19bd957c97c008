"""The parameters that a step really ran with, as its record holds them."""

from __future__ import annotations

from pydantic import ValidationError

from seamline.catalog.entries.base import Parameters
from seamline.runners.base import Setting
from seamline.runners.registry import runners
from seamline.runs.store.records import StepRecord


def parameters_of(step: StepRecord) -> Parameters | None:
    """Parameters of a step that a model ran; None where its runner is not here or has other parameters by now."""
    runner = runners().get(step.runner)
    if runner is None:
        return None
    kind: type[Parameters] = runner.parameters
    try:
        return kind.model_validate(
            {name: step.key_fields[name] for name in kind.model_fields if name in step.key_fields}
        )
    except ValidationError:
        return None


def settings_of(step: StepRecord) -> tuple[Setting, ...]:
    """The same as pages show them; empty where they are not known."""
    parameters = parameters_of(step)
    return runners()[step.runner].describe(parameters) if parameters else ()
