"""What the making of a page reads of the data that it is made from, noted while it reads.

Whoever makes a page need declare nothing: the data themselves note what was asked for, that something was not there
included. A page whose reads give what they gave before comes out as it did before.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass, field
from typing import TypeVar

Result = TypeVar("Result")
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

Read = tuple[str, Hashable]
"""The name of a table, and the key that was looked up in it."""
WHOLE = None
"""In place of a key: all keys of a table in their order, and what stands under each."""


@dataclass(slots=True)
class ReadLog:
    """Notes reads for the pieces of work that are under way; one piece may ask for another."""

    _open: list[set[Read]] = field(default_factory=list)

    def note(self, *reads: Read) -> None:
        """Something was read, by the innermost piece of work; by nobody, if none is under way."""
        if self._open:
            self._open[-1].update(reads)

    def noted(self, work: Callable[[], Result]) -> tuple[Result, frozenset[Read]]:
        """What `work` gives, and what it read. Whoever asked for it has read the same."""
        self._open.append(set())
        try:
            result = work()
        finally:
            reads = frozenset(self._open.pop())
            self.note(*reads)
        return result, reads


class Watched(Mapping[Key, Value]):
    """A mapping that notes what is looked up in it."""

    __slots__ = ("_data", "_log", "_table")

    def __init__(self, table: str, data: Mapping[Key, Value], log: ReadLog) -> None:
        self._table, self._data, self._log = table, data, log

    def __getitem__(self, key: Key) -> Value:
        """The value of a key, which is noted whether there is one or not."""
        self._log.note((self._table, key))
        return self._data[key]

    def __contains__(self, key: object) -> bool:
        """Whether there is such a key; noted as if its value had been read."""
        if isinstance(key, Hashable):
            self._log.note((self._table, key))
        return key in self._data

    def __iter__(self) -> Iterator[Key]:
        """The keys; noted as if the whole had been read."""
        self._log.note((self._table, WHOLE))
        return iter(self._data)

    def __len__(self) -> int:
        """How many there are; noted as if the whole had been read."""
        self._log.note((self._table, WHOLE))
        return len(self._data)

    def keys(self) -> KeysView[Key]:
        """As of a dictionary; the whole is noted."""
        self._log.note((self._table, WHOLE))
        return self._data.keys()

    def values(self) -> ValuesView[Value]:
        """As of a dictionary; the whole is noted, and not each value."""
        self._log.note((self._table, WHOLE))
        return self._data.values()

    def items(self) -> ItemsView[Key, Value]:
        """As of a dictionary; the whole is noted, and not each value."""
        self._log.note((self._table, WHOLE))
        return self._data.items()
