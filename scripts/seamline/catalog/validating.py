"""Data with lines -> one typed entry, or problems that say where, what, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from seamline.catalog.entries import Entry
from seamline.catalog.patterns import PATTERNS
from seamline.catalog.reading import Loc, Located
from seamline.errors import Problem

AnyEntry = TypeVar("AnyEntry", bound=Entry)


def validate(kind: type[AnyEntry], located: Located, file: str) -> tuple[AnyEntry | None, tuple[Problem, ...]]:
    """The entry of class `kind` that `located` describes, or `None` and everything wrong with it."""
    try:
        return kind.model_validate(located.value), ()
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
    line, field = located.line(loc), ".".join(map(str, loc))
    described = list(_described(kind, loc))
    parent = _model_at(kind, loc[:-1])
    if details["type"] == "extra_forbidden":
        names = parent.model_fields if parent else ()
        return Problem(file, line, field, "no such field", suggestion(str(loc[-1]), names))
    if details["type"] == "missing":
        return Problem(file, line, field, "is missing", described[-1] if described else "add it")
    found = _short(details["input"])
    wanted = _wanted(details)
    hint = details.get("ctx", {}).get("hint") or (described[-1] if described else "")
    expected = details.get("ctx", {}).get("expected", "")
    if expected and isinstance(details["input"], str):
        close = nearest(details["input"], re.findall(r"'([^']+)'", expected))
        hint = f"did you mean `{close}`?" if close else hint
    return Problem(file, line, field, f"found {found}, {wanted}", hint)


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


def _short(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "`name: value` lines"
    text = str(value)
    return repr(text if len(text) <= 60 else f"{text[:57]}…")


def _described(kind: type[BaseModel], loc: Loc) -> Iterator[str]:
    """Descriptions of the fields along `loc`."""
    for end, name in enumerate(loc):
        parent = _model_at(kind, loc[:end])
        if parent and name in parent.model_fields and (text := parent.model_fields[str(name)].description):
            yield text


def _model_at(kind: type[BaseModel], loc: Loc) -> type[BaseModel] | None:
    """The class of the entry at `loc`; `None` where a plain value stands."""
    current: type[BaseModel] | None = kind
    for name in loc:
        if isinstance(name, int):
            continue
        if current is None or name not in current.model_fields:
            return None
        current = next(entry_classes(current.model_fields[name].annotation), None)
    return current


def entry_classes(annotation: Any) -> Iterator[type[BaseModel]]:
    """Classes of entries inside a field's annotation, `tuple[Notion, ...]` or `Truth | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from entry_classes(inner)
