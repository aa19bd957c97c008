"""Threads over a batch's rows: on a CPU, each core computes rows of its own instead of sharing every operation.

A small model's operations are too short to be shared: cores wait for one another at the
end of each, and wait long where something else keeps one of them busy. With rows of their own they
meet once a step. Threads suffice, as torch releases the interpreter's lock while it computes.
A core takes its rows a few at a time: what lies between two layers then stays in its caches.

Rows of their own are no use where there are at most half as many rows as cores: an edit by itself, without guidance,
is one row. There the cores share every operation after all, as torch has them do, since most of them would only rest.
That happens in the thread that calls: a team of another thread would be one more than the cores have room for, which
OpenMP answers with slow waiting (measured: no faster than one core).
On a GPU there is one thread, and nothing here happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from typing import TypeAlias

import torch
from torch import Tensor

MOST = 16
"""More threads than this would queue for the interpreter; further cores join the threads there are."""

PIECE = 4
"""Rows that a core predicts at a time. More of them fetch memory anew at each layer (measured: 7 % more CPU time
with all rows at once), fewer waste time between layers."""

Rowwise: TypeAlias = Callable[[slice], Tensor]
"""What one thread does: some of the rows -> (rows,…)."""
RowThreads: TypeAlias = Callable[[Rowwise, int, int], Tensor]
"""`threads(work, rows, piece)`: what `work` makes of all rows, (rows,…), on a CPU up to `piece` of them at a time."""


@contextmanager
def row_threads(device: torch.device) -> Iterator[RowThreads]:
    """Threads over the CPU's cores; one on any other device.

    Meanwhile what this thread does itself uses one core: operations between two steps are shorter still.
    """
    if device.type != "cpu":
        yield lambda work, rows, piece: work(slice(0, rows))
        return
    cores = torch.get_num_threads()
    if cores == 1:
        yield lambda work, rows, piece: _piecewise(work, slice(0, rows), piece)
        return
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(min(cores, MOST), "rows") as pool:
            yield partial(_on_all_cores, pool, cores)
    finally:
        torch.set_num_threads(cores)


def shares(rows: int, count: int) -> list[slice]:
    """`rows` in at most `count` shares, whose sizes differ by one at most."""
    count = max(1, min(count, rows))
    ends = [place * rows // count for place in range(count + 1)]
    return [slice(start, stop) for start, stop in pairwise(ends)]


def _piecewise(work: Rowwise, part: slice, piece: int) -> Tensor:
    rows = part.stop - part.start
    pieces = shares(rows, -(-rows // piece))
    return torch.cat([work(slice(part.start + some.start, part.start + some.stop)) for some in pieces])


def _on_all_cores(pool: ThreadPoolExecutor, cores: int, work: Rowwise, rows: int, piece: int) -> Tensor:
    return _together(cores, work, rows) if 2 * rows <= cores else _side_by_side(pool, cores, work, rows, piece)


def _together(cores: int, work: Rowwise, rows: int) -> Tensor:
    """All rows at once, in this thread, each operation shared by all cores."""
    torch.set_num_threads(cores)
    try:
        return work(slice(0, rows))
    finally:
        torch.set_num_threads(1)


def _side_by_side(pool: ThreadPoolExecutor, cores: int, work: Rowwise, rows: int, piece: int) -> Tensor:
    """Each core its share of the rows."""
    parts = shares(rows, min(cores, MOST))
    threads = max(1, cores // len(parts))

    def one(part: slice) -> Tensor:
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        with torch.inference_mode():
            return _piecewise(work, part, piece)

    return torch.cat(list(pool.map(one, parts)))
