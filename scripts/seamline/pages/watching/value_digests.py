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


class Digests:
    """Digests of values, shortened to 24 hexadecimal digits of a sha256. A model that is part of many is read once."""

    def __init__(self) -> None:
        self._models: dict[int, tuple[BaseModel, str]] = {}  # with the model itself, so that its id stays its own

    def of(self, value: Any) -> str:
        """Digest of a value.

        Raises:
            TypeError: the value, or a part of it, is of a type that is not known here.
        """
        pieces: list[str] = []
        self._add(value, pieces.append)
        return self.of_texts(pieces)

    def of_texts(self, texts: Iterable[str]) -> str:
        """Digest of texts; where one ends and the next begins counts."""
        joined = "".join([f"{len(text)}:{text}" for text in texts])
        return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:24]

    def _add(self, value: Any, add: Callable[[str], None]) -> None:
        kind = type(value)
        if kind is str:
            add(f"'{value}")  # no other piece begins like this
        elif isinstance(value, Enum) or not isinstance(value, _PLAIN):
            add(f"<{kind.__name__}")
            self._add_parts(value, add)
            add(">")
        else:
            add(f"{kind.__name__} {value!r}")

    def _add_parts(self, value: Any, add: Callable[[str], None]) -> None:
        if isinstance(value, Mapping):
            for key, part in value.items():
                self._add(key, add)
                self._add(part, add)
        elif isinstance(value, list | tuple):
            for part in value:
                self._add(part, add)
        elif isinstance(value, set | frozenset):
            for digest in sorted(map(self.of, value)):
                add(digest)
        elif isinstance(value, bytes):
            add(hashlib.sha256(value).hexdigest())
        elif isinstance(value, Enum):
            add(value.name)
        elif isinstance(value, BaseModel):
            add(self._of_model(value))
        elif is_dataclass(value) and not isinstance(value, type):
            for name in _field_names(type(value)):
                self._add(getattr(value, name), add)
        else:
            raise TypeError(f"no digest is known for a {type(value).__module__}.{type(value).__qualname__}")

    def _of_model(self, model: BaseModel) -> str:
        known = self._models.get(id(model))
        if known is None:
            pieces: list[str] = []
            for name in _model_fields(type(model)):
                self._add(getattr(model, name), pieces.append)
            # What was left out is not written into files to download.
            self._add((model.model_fields_set, model.model_extra, model.__pydantic_private__), pieces.append)
            known = self._models[id(model)] = model, self.of_texts(pieces)
        return known[1]


@cache
def _model_fields(kind: type[BaseModel]) -> tuple[str, ...]:
    return tuple(kind.model_fields)


@cache
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))
