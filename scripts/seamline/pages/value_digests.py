"""Digests of the data that pages are made from: equal data have equal digests, whatever the hash seed.

Entries, records and states are models, dataclasses and plain containers. The order of a mapping counts, as pages print
it; the order of a set does not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel

_PLAIN = (str, int, float, bool, type(None), date, PurePath)


def digest_of_value(value: Any) -> str:
    """sha256 of the value, shortened to 24 hexadecimal digits.

    Raises:
        TypeError: the value, or a part of it, is of a type that is not known here.
    """
    pieces: list[str] = []
    _add(value, pieces.append)
    return digest_of_texts(pieces)


def digest_of_texts(texts: Iterable[str]) -> str:
    """sha256 of the texts, shortened to 24 hexadecimal digits; where one ends and the next begins counts."""
    joined = "".join([f"{len(text)}:{text}" for text in texts])
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _add(value: Any, add: Callable[[str], None]) -> None:
    kind = type(value)
    if kind is str:
        add(f"'{value}")  # no other piece begins like this
    elif isinstance(value, Enum) or not isinstance(value, _PLAIN):
        add(f"<{kind.__name__}")
        _add_parts(value, add)
        add(">")
    else:
        add(f"{kind.__name__} {value!r}")


def _add_parts(value: Any, add: Callable[[str], None]) -> None:
    if isinstance(value, Mapping):
        for key, part in value.items():
            _add(key, add)
            _add(part, add)
    elif isinstance(value, list | tuple):
        for part in value:
            _add(part, add)
    elif isinstance(value, set | frozenset):
        for digest in sorted(map(digest_of_value, value)):
            add(digest)
    elif isinstance(value, bytes):
        add(hashlib.sha256(value).hexdigest())
    elif isinstance(value, Enum):
        add(value.name)
    else:
        _add_fields(value, add)


def _add_fields(value: Any, add: Callable[[str], None]) -> None:
    if isinstance(value, BaseModel):
        for name in _model_fields(type(value)):
            _add(getattr(value, name), add)
        # What was left out is not written into files to download.
        _add((value.model_fields_set, value.model_extra, value.__pydantic_private__), add)
    elif is_dataclass(value) and not isinstance(value, type):
        for name in _field_names(type(value)):
            _add(getattr(value, name), add)
    else:
        raise TypeError(f"no digest is known for a {type(value).__module__}.{type(value).__qualname__}")


@cache
def _model_fields(kind: type[BaseModel]) -> tuple[str, ...]:
    return tuple(kind.model_fields)


@cache
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))
