"""Runs that belong to no sample any more, because it was renamed or taken out; and how to be rid of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seamline.errors import FilesError
from seamline.files import remove
from seamline.locking import ENGINE, MOMENT, locked
from seamline.runs.store.run_folder import FAILURE, MEASURES, PARTIAL, RECORD, RUNS

if TYPE_CHECKING:
    from seamline.catalog import Catalog

_RECORDS = (RECORD, FAILURE, PARTIAL, MEASURES)
_PICTURE = re.compile(r"[a-z0-9.-]+-[0-9a-f]{8}\.(?:webp|png|txt)|\..+\.partial")


@dataclass(frozen=True, slots=True)
class Orphan:
    """A folder of `generated/runs/` that belongs to no sample.

    Attributes:
        files: what runs leave behind, and pruning removes.
        foreign: whatever else lies there, which stays.
    """

    id: str
    folder: Path
    files: tuple[Path, ...]
    foreign: tuple[Path, ...]


def orphans(catalog: Catalog) -> tuple[Orphan, ...]:
    """The folders that hold a run, or the note of a failed one, of no sample in the catalog, by name."""
    runs = catalog.root / RUNS
    if not runs.is_dir():
        return ()
    found = (_orphan(folder) for folder in sorted(runs.iterdir()) if folder.name not in catalog.samples)
    return tuple(one for one in found if one is not None)


def prune(catalog: Catalog) -> tuple[Orphan, ...]:
    """Remove what orphans' runs left behind, and their folders where nothing else lies in them.

    Raises:
        LockedError: another process is at work in this project.
        FilesError: the file system refused.
    """
    with locked(catalog.root, "pruning runs", job=ENGINE), locked(catalog.root, "pruning runs", wait=MOMENT):
        found = orphans(catalog)
        for orphan in found:
            for file in orphan.files:
                remove(file)
            for folder in (*(file.parent for file in orphan.files), orphan.folder):
                _drop_if_empty(folder)
    return found


def _orphan(folder: Path) -> Orphan | None:
    if folder.is_symlink() or not folder.is_dir():
        return None
    ours: list[Path] = []
    foreign: list[Path] = []
    for path in sorted(_below(folder)):
        depth = len(path.relative_to(folder).parts)
        known = path.name in _RECORDS or _PICTURE.fullmatch(path.name)
        (ours if known and depth == 2 and not path.is_symlink() else foreign).append(path)
    is_run = any(path.name in (RECORD, FAILURE) for path in ours)
    return Orphan(folder.name, folder, tuple(ours), tuple(foreign)) if is_run else None


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            yield from _below(path)
        else:
            yield path


def _drop_if_empty(folder: Path) -> None:
    try:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    except OSError as error:
        raise FilesError(f"cannot be removed: {error.strerror}", where=str(folder), hint="remove it") from error
