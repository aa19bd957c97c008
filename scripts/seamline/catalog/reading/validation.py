"""Data with lines -> one typed entry, or problems that say where, what, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from seamline.catalog.entries import Entry, Parameters
from seamline.catalog.entries.exhibit_declarations import Exhibits, exhibit_fields
from seamline.catalog.entries.parameters import parameters_by_kind
from seamline.catalog.reading.found_values import found_value
from seamline.catalog.reading.patterns import PATTERNS
from seamline.catalog.reading.yaml_reader import Loc, Located
from seamline.errors import Problem

AnyEntry = TypeVar("AnyEntry", bound=Entry)


def validate(
    kind: type[AnyEntry], located: Located, file: str, context: Mapping[str, Any] | None = None
) -> tuple[AnyEntry | None, tuple[Problem, ...]]:
    """The entry of class `kind` that `located` describes, or `None` and everything wrong with it.

    Args:
        context: what the entry's validators look up, `{KINDS: …}` for a sample.
    """
    try:
        return kind.model_validate(located.value, context=context), ()
    except ValidationError as error:
        return None, tuple(_problem(kind, located, file, details) for details in error.errors(include_url=False))


def nearest(name: str, names: Iterable[str]) -> str:
    """The name in `names` that `name` was probably meant to be; empty when none is close."""
    known = {candidate.lower(): candidate for candidate in names}
    close = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return known[close[0]] if close else ""


def suggestion(name: str, names: Iterable[str]) -> str:
    """What to write instead of `name`: the nearest of `names`, else a list of them."""
    choices = sorted(names)
    if close := nearest(name, choices):
        return f"did you mean `{close}`?"
    shown = ", ".join(f"`{choice}`" for choice in choices[:12])
    return f"known here: {shown}{', …' if len(choices) > 12 else ''}" if choices else "none is known here yet"


def _problem(kind: type[Entry], located: Located, file: str, details: ErrorDetails) -> Problem:
    loc = tuple(part for part in details["loc"] if part != "[key]")
    place = _without_kinds(loc)
    line, field = located.line(place), ".".join(map(str, place))
    described = list(_described(kind, loc))
    parent = _model_at(kind, loc[:-1])
    if details["type"] == "extra_forbidden":
        names = parent.model_fields if parent else ()
        renamed = parent.renamed.get(str(loc[-1]), "") if parent and issubclass(parent, Entry) else ""
        home = _belongs_under(kind, str(loc[-1])) if len(loc) == 1 else ""
        hint = f"it is now called `{renamed}`" if renamed else suggestion(str(loc[-1]), names)
        hint = f"it belongs under `{home}`: indent it" if home and not nearest(str(loc[-1]), names) else hint
        return Problem(file, line, field, "no such field", hint)
    if details["type"] == "missing":
        return Problem(file, line, field, "is missing", described[-1] if described else "add it")
    found = found_value(details["input"])
    wanted = _wanted(details)
    hint = details.get("ctx", {}).get("hint") or (described[-1] if described else "")
    expected = details.get("ctx", {}).get("expected", "")
    if expected and isinstance(details["input"], str):
        close = nearest(details["input"], re.findall(r"'([^']+)'", expected))
        hint = f"did you mean `{close}`?" if close else hint
    # What is wrong with fields taken together is said whole: that there are fields is no news.
    together = details["type"] == "value_error" and isinstance(details["input"], Mapping)
    return Problem(file, line, field, wanted if together else f"found {found}, {wanted}", hint)


def _belongs_under(kind: type[BaseModel], name: str) -> str:
    """The field of `kind` that holds one of that name, at whatever depth; empty where none does."""
    inside = [(field, one) for field, info in kind.model_fields.items() for one in entry_classes(info.annotation)]
    nearby = next((field for field, one in inside if name in one.model_fields), "")
    return nearby or next((f"{field}.{deeper}" for field, one in inside if (deeper := _belongs_under(one, name))), "")


def _wanted(details: ErrorDetails) -> str:
    if details["type"] == "value_error":
        return details["msg"].removeprefix("Value error, ")
    if details["type"] == "block_name":
        return details["msg"]
    if details["type"] == "string_pattern_mismatch":
        pattern = details["ctx"]["pattern"]
        return f"should be {PATTERNS.get(pattern, f'text like {pattern}')}"
    if details["type"] in ("model_type", "dict_type"):
        return "should be `name: value` lines"
    if details["type"] == "tuple_type":
        return "should be a list"
    message = details["msg"].removeprefix("Input ").removeprefix("Tuple ").removeprefix("String ")
    return message[0].lower() + message[1:]


def _described(kind: type[BaseModel], loc: Loc) -> Iterator[str]:
    """Descriptions of the fields along `loc`."""
    for end, name in enumerate(loc):
        parent = _model_at(kind, loc[:end])
        if parent and name in parent.model_fields and (text := parent.model_fields[str(name)].description):
            yield text


def _model_at(kind: type[BaseModel], loc: Loc) -> type[BaseModel] | None:
    """The class of the entry at `loc`; `None` where a plain value stands."""
    current: type[BaseModel] | None = kind
    is_key = False
    for name in loc:
        if isinstance(name, int) or is_key:
            is_key = False
        elif current is Parameters:
            current = parameters_by_kind().get(name)
        elif current is None or name not in current.model_fields:
            return None
        else:
            annotation = current.model_fields[name].annotation
            current, is_key = next(entry_classes(annotation), None), get_origin(annotation) is dict
    return current


def _without_kinds(loc: Loc) -> Loc:
    """A location in the file: the kind that parameters were validated as is not written there."""
    at = 3 if loc[:1] == ("steps",) else 1
    return loc[:at] + loc[at + 1 :] if loc[at - 1 : at] == ("parameters",) else loc


def entry_classes(annotation: Any) -> Iterator[type[BaseModel]]:
    """Classes of entries inside a field's annotation, `tuple[KeyConcept, ...]` or `Truth | None`."""
    if annotation is Exhibits:
        yield exhibit_fields()
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from entry_classes(inner)
