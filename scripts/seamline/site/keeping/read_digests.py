"""What pages read, as a cache keeps it: each read once, with the digest of what it gave."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from seamline.pages.watching.watched_data import ReadDigests
from seamline.read_log import WHOLE, Read


class ReadTable:
    """Reads with what they give now, to be kept; whoever read something refers to it by a number.

    Args:
        digests: of the data that are read.
    """

    def __init__(self, digests: ReadDigests) -> None:
        self._digests = digests
        self._numbers: dict[Read, int] = {}

    def numbers(self, reads: Iterable[Read]) -> list[int]:
        """Numbers of these reads, without those of a table of which the whole was read."""
        noted = set(reads)
        whole = {table for table, key in noted if key is WHOLE}
        needed = [read for read in noted if read[1] is WHOLE or read[0] not in whole] if whole else noted
        # In order, so that the numbers do not depend on the hash seed.
        for read in sorted((read for read in needed if read not in self._numbers), key=repr):
            self._numbers[read] = len(self._numbers)
        return sorted([self._numbers[read] for read in needed])

    def as_json(self) -> list[tuple[str, Hashable, str]]:
        """Table, key and digest of each read, in the order of the numbers."""
        return [(*read, _digest_of(read, self._digests)) for read in self._numbers]


class KnownReads:
    """Reads that were kept, compared with what they give now, each once.

    Args:
        kept: what `ReadTable.as_json` gave.
        digests: of the data as they are now.

    Raises:
        ValueError, TypeError: it is not what was kept.
    """

    def __init__(self, kept: Iterable[Sequence[Any]], digests: ReadDigests) -> None:
        self._reads: list[Read] = []
        self._same: list[bool] = []
        for table, key, digest in kept:
            read = (str(table), tuple(key) if isinstance(key, list) else key)
            self._reads.append(read)
            self._same.append(digest == _digest_of(read, digests) != "")

    def are_same(self, numbers: Iterable[int]) -> bool:
        """Whether all of them give what they gave.

        Raises:
            IndexError, TypeError: there is no such read.
        """
        return all(map(self._same.__getitem__, numbers))

    def of(self, numbers: Iterable[int]) -> frozenset[Read]:
        """The reads of these numbers.

        Raises:
            IndexError, TypeError: there is no such read.
        """
        return frozenset([self._reads[number] for number in numbers])


def _digest_of(read: Read, digests: ReadDigests) -> str:
    """Digest of what a read gives now; "" where it has none, which is to equal nothing."""
    try:
        return digests.of(read)
    except TypeError:
        return ""
