"""Parameters of a step: a union that is discriminated by the kind of model or operation that the step runs.

A recipe does not spell the kind out, as its model says it. Whoever validates one hands the kinds over,
`context={KINDS: {model id: kind}}`, and they are noted on the parameters before they are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, SchemaValidator, core_schema

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
        """Validates with the kind that `tagged` noted; kinds that no sample names are neither imported nor built."""

        def validated(value: Any, info: core_schema.ValidationInfo) -> Any:
            if isinstance(value, Parameters):
                return value
            kind = _kind_of(value)
            return _validator(kind, _parameters_of(kind)).validate_python(value, context=info.context)

        return core_schema.with_info_plain_validator_function(validated)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """That of a union of all kinds."""
        return handler(_union(parameters_by_kind()))


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


def _parameters_of(kind: str) -> type[Parameters]:
    for registry in (RUNNERS, OPERATIONS):
        if kind in registry.all:
            parameters: type[Parameters] = registry.all[kind].parameters
            return parameters
    return UnknownParameters


@cache
def _validator(kind: str, parameters: type[Parameters]) -> SchemaValidator:
    """Validates parameters of one kind; the place of what is wrong begins with the kind, as in a union of all."""
    return SchemaValidator(_union({kind: parameters}))


def _union(kinds: Mapping[str, type[Parameters]]) -> CoreSchema:
    for kind in kinds.values():
        kind.model_rebuild()
    choices = {name: kind.__pydantic_core_schema__ for name, kind in kinds.items()}
    return core_schema.tagged_union_schema(choices, discriminator=_kind_of)


def _kind_of(value: Any) -> str:
    return getattr(value, "kind", UNKNOWN)
