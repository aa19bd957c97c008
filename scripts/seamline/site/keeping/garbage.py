"""Python's collector of garbage, kept from looking again and again through data that stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_ALLOCATIONS = 200_000
"""Objects that may be made before the collector looks for cycles among them; 700 by default."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Collect garbage seldom, and leave alone what is there already.

    A catalog of thousands of entries is a million objects, none of which is garbage before the end: to look through
    them each time that some more were made takes a fifth of the time that a build with one changed page takes.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
