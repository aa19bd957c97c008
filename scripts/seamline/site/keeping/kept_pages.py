"""Pages that need not be rendered again: nothing that they were made from has changed since they were written.

`.cache/pages.json` holds, for each unit of pages, what it read of the project's data, one digest over all that it read,
and the digest of each file that it made. A unit is made again when one of its reads gives something else now, when a
file of it is not as it was written, and when anything changed that pages may depend on without asking the data: the
code of Seamline, installed distributions, what is read by no name. A cache that is lost, torn or from another release
means that all is rendered. Checks never look at it: `tree.differences` renders everything.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seamline.errors import SeamlineError
from seamline.files import write_if_changed
from seamline.hashing import Hashes
from seamline.pages import SiteData
from seamline.pages.rendering import Tree, tree_of, units
from seamline.pages.watching.page_unit import PageUnit
from seamline.pages.watching.watched_data import ReadDigests, Watching
from seamline.read_log import Read
from seamline.site.keeping.code_digest import code_digest
from seamline.site.keeping.read_digests import digest_of, key_of, needed

CACHE = ".cache/pages.json"
HASHES = "page-hashes.json"
_FORM = 1
"""To be raised when what the cache holds means something else."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A unit as it was made: what it read, the digest over that, and sha256 by path of what it made."""

    reads: tuple[Read, ...]
    digest: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a rendering made.

    Attributes:
        made: files that were made anew, by path.
        kept: paths of files that lie in the folder as they would be made.
        units: what was made anew, by name.
    """

    made: Tree
    kept: frozenset[str]
    units: tuple[str, ...]


class KeptPages:
    """What is known of the pages in a folder from the last time that they were rendered.

    Args:
        root: project folder.
        folder: where the pages lie, below it.
    """

    def __init__(self, root: Path, folder: str) -> None:
        self._root, self._folder, self._file = root, root / folder, root / CACHE
        self._hashes = Hashes(root, HASHES)
        self._made: dict[str, tuple[tuple[Read, ...], str, frozenset[str]]] = {}
        self._still: dict[str, _Kept] = {}
        self._shared = ""

    def render(self, watching: Watching) -> Rendered:
        """Make what is not known to lie in the folder as it would be made.

        Raises:
            CatalogError, WorkflowError: as rendering all does.
        """
        self._shared = code_digest(watching.site, self._hashes)
        known = _read(self._file, self._shared) if self._shared else {}
        digests, noting = watching.digests, watching.noting
        made: list[tuple[str, Mapping[str, str | bytes]]] = []
        for unit in units(noting):
            kept = known.get(unit.name)
            if kept and digest_of(kept.reads, digests) == kept.digest and self._holds(kept.files):
                self._still[unit.name] = kept
            else:
                made.append((unit.name, self._make(unit, noting, digests)))
        unchanged = ((path for path in one.files) for one in self._still.values())
        tree = tree_of([*(files for _, files in made), *(dict.fromkeys(paths, "") for paths in unchanged)])
        names = frozenset(path for one in self._still.values() for path in one.files)
        fresh = {path: content for path, content in tree.items() if path not in names}
        return Rendered(fresh, names, tuple(name for name, _ in made))

    def save(self) -> None:
        """Keep what is known now that the pages are written. Where that cannot be done, all is rendered next time."""
        with suppress(OSError, SeamlineError):
            self._file.unlink(missing_ok=True)
            self._hashes.save()
            if self._shared:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                write_if_changed(self._file, self._as_json())

    def _make(self, unit: PageUnit, site: SiteData, digests: ReadDigests) -> Mapping[str, str | bytes]:
        files, noted = site.log.noted(unit.make)
        reads = needed(noted)
        self._made[unit.name] = reads, digest_of(reads, digests), frozenset(files)
        return files

    def _holds(self, files: Mapping[str, str]) -> bool:
        try:
            return all(self._hashes.sha256(f"{self._folder}{os.sep}{path}") == sha for path, sha in files.items())
        except (OSError, SeamlineError):
            return False

    def _as_json(self) -> str:
        kept = dict(self._still)
        for name, (reads, digest, paths) in self._made.items():
            # Taken from the folder, as that is what will be looked at.
            files = {path: self._hashes.sha256(f"{self._folder}{os.sep}{path}") for path in sorted(paths)}
            kept[name] = _Kept(reads, digest, files)
        self._hashes.save()
        written = {name: [list(map(list, one.reads)), one.digest, one.files] for name, one in kept.items()}
        return json.dumps({"form": _FORM, "shared": self._shared, "units": written}, separators=(",", ":"))


def _read(file: Path, shared: str) -> dict[str, _Kept]:
    """What was kept; nothing where it does not belong to `shared`, or is not what was written."""
    try:
        data = json.loads(file.read_text("utf-8"))
        if data["form"] != _FORM or data["shared"] != shared:
            return {}
        return {name: _kept(*one) for name, one in data["units"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _kept(reads: Iterable[tuple[str, Any]], digest: str, files: Mapping[str, str]) -> _Kept:
    if not (digest and isinstance(digest, str)) or not all(isinstance(one, str) for one in files.values()):
        raise ValueError("not what was written")
    return _Kept(tuple((str(table), key_of(key)) for table, key in reads), digest, dict(files))
