"""Rendering in parts: each process reads the project, makes some of the units of pages, and writes them at once.

What must be made is decided by the process that asks, which then notes what the others read and wrote, so that the next
rendering knows as much as after one in a single process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from seamline.files import write_if_changed
from seamline.pages import SiteData
from seamline.pages.rendering import units
from seamline.pages.watching.watched_data import watched
from seamline.site.keeping.garbage import seldom_collected
from seamline.site.keeping.kept_pages import WrittenUnit
from seamline.site.sharding.pools import Pool

ReadSite = Callable[[Path], SiteData]
_AT_LEAST = 200
"""Units below which a process of its own costs more than it saves: it reads the whole catalog first."""
_ROUNDS = 4
"""Parts that each process is given in turn: some kinds of pages take longer than others."""


@dataclass(frozen=True, slots=True)
class _Part:
    root: Path
    folder: Path
    names: tuple[str, ...]
    read: ReadSite


def write_in_parts(root: Path, folder: Path, names: Sequence[str], read: ReadSite, pool: Pool) -> Sequence[WrittenUnit]:
    """Make the units of these names, each in one process of the pool, and write their files into `folder`.

    Args:
        root: project folder, at this path wherever a process of the pool runs.
        read: function of a module that gives the data of the project.

    Raises:
        CatalogError, WorkflowError, RecordError: as rendering all in one process does.
        FilesError: the file system refused. What was written until then is whole.
        EngineError: a process ended without saying why.
    """
    size = max(_AT_LEAST, -(-len(names) // (pool.workers * _ROUNDS)))
    parts = [_Part(root, folder, tuple(names[at : at + size]), read) for at in range(0, len(names), size)]
    return [unit for some in pool.map(_write_part, parts) for unit in some]


@seldom_collected()
def _write_part(part: _Part) -> list[WrittenUnit]:
    site, wanted = watched(part.read(part.root)), frozenset(part.names)
    made = []
    for unit in units(site):
        if unit.name in wanted:
            files, reads = site.log.noted(unit.make)
            written = tuple(path for path, content in files.items() if write_if_changed(part.folder / path, content))
            made.append(WrittenUnit(unit.name, reads, tuple(files), written))
    return made
