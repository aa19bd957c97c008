"""Parameters of a step: a union that is discriminated by the kind of model or operation that the step runs.

A recipe does not spell the kind out, as its model says it. Whoever validates one hands the kinds over,
`context={KINDS: {model id: kind}}`, and they are noted on the parameters before they are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from seamline.catalog.entries.base import Parameters
from seamline.plugins import OPERATIONS, RUNNERS

KINDS = "kinds"
"""Key of the validation context."""

UNKNOWN = "unknown"


class UnknownParameters(Parameters):
    """Parameters of a model that nothing here runs; `check` refuses the step and says why."""

    model_config = ConfigDict(extra="allow")


class _Tagged(dict[str, Any]):
    """Parameters as they were read, with the kind that they are of."""

    kind: str = UNKNOWN


class ByKind:
    """Annotation of a field that holds the parameters of any kind."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A union of all kinds' parameters, told apart by the kind that `tagged` noted."""
        choices = {name: handler.generate_schema(kind) for name, kind in parameters_by_kind().items()}
        return core_schema.tagged_union_schema(choices, discriminator=_kind_of)


def parameters_by_kind() -> Mapping[str, type[Parameters]]:
    """Classes of parameters by the kind of model or operation that they are of."""
    return {
        **{name: plugin.parameters for registry in (RUNNERS, OPERATIONS) for name, plugin in registry.all.items()},
        UNKNOWN: UnknownParameters,
    }


def tagged(data: Any, context: Mapping[str, Any] | None) -> Any:
    """A sample as it was read, with the kind of each step noted on its parameters."""
    if not isinstance(data, Mapping):
        return data
    kinds: Mapping[str, str] = (context or {}).get(KINDS, {})
    steps = data.get("steps")
    if isinstance(steps, Mapping):
        typed = {name: _with_kind(step, kinds) for name, step in steps.items()}
        return {**data, "steps": typed}
    return _with_kind(data, kinds)


def _with_kind(step: Any, kinds: Mapping[str, str]) -> Any:
    if not isinstance(step, Mapping):
        return step
    given = step.get("parameters", {})
    if not isinstance(given, Mapping):
        return step
    parameters = _Tagged(given)
    operation, model = step.get("operation"), step.get("model")
    named = str(operation) if operation in OPERATIONS.all else kinds.get(str(model), UNKNOWN)
    parameters.kind = UNKNOWN if operation and model else named
    return {**step, "parameters": parameters}


def _kind_of(value: Any) -> str:
    if isinstance(value, Parameters):
        return next((name for name, kind in parameters_by_kind().items() if type(value) is kind), UNKNOWN)
    return getattr(value, "kind", UNKNOWN)
