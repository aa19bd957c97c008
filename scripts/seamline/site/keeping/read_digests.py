"""One digest over all that a piece of work read, and reads as JSON has them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from seamline.pages.watching.value_digests import Digests
from seamline.pages.watching.watched_data import ReadDigests
from seamline.read_log import WHOLE, Read


def needed(reads: Iterable[Read]) -> tuple[Read, ...]:
    """Reads in order, without those of a table of which the whole was read."""
    noted = set(reads)
    whole = {table for table, key in noted if key is WHOLE}
    return tuple(sorted((read for read in noted if read[1] is WHOLE or read[0] not in whole), key=repr))


def digest_of(reads: Iterable[Read], digests: ReadDigests) -> str:
    """One digest over what all these reads give now; "" where one of them has none, which is to equal nothing."""
    try:
        return Digests().of_texts(map(digests.of, reads))
    except TypeError:
        return ""


def key_of(key: Any) -> Hashable:
    """The key of a read, from JSON."""
    return tuple(key) if isinstance(key, list) else key
