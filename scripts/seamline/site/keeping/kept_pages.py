"""Pages that need not be rendered again: nothing that they were made from has changed since they were written.

`.cache/pages.json` holds, for each unit of pages, what it read of the project's data, and the digest of each file that
it made; and for each thing that was read, the digest of what it was. A unit is made again when one of its reads gives
something else now, when a file of it is not as it was written, and when anything changed that pages may depend on
without asking the data: the code of Seamline, installed distributions, what is read by no name. A cache that is lost,
torn or from another release means that all is rendered. Checks never look at it: `tree.differences` renders everything.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from seamline.errors import SeamlineError
from seamline.files import write_if_changed
from seamline.hashing import Hashes
from seamline.pages import SiteData
from seamline.pages.rendering import Tree, tree_of, units
from seamline.pages.watching.page_unit import PageUnit
from seamline.pages.watching.watched_data import ReadDigests, Watching
from seamline.read_log import Read
from seamline.site.keeping.code_digest import code_digest
from seamline.site.keeping.read_digests import KnownReads, ReadTable

CACHE = ".cache/pages.json"
HASHES = "page-hashes.json"
_FORM = 2
"""To be raised when what the cache holds means something else."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A unit as it was made: what it read, and sha256 by path of what it made."""

    reads: frozenset[Read]
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a rendering made.

    Attributes:
        made: files that were made anew, by path.
        kept: paths of files that lie in the folder as they would be made.
        units: what was made anew, by name.
        written: those of `kept` that were made anew and written by others, as they differed.
    """

    made: Tree
    kept: frozenset[str]
    units: tuple[str, ...]
    written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenUnit:
    """A unit that was made and written into the folder.

    Attributes:
        name: of the unit.
        reads: what it read of the project's data.
        files: paths of what it made.
        written: those of them that had to be written, as they differed.
    """

    name: str
    reads: frozenset[Read]
    files: tuple[str, ...]
    written: tuple[str, ...]


WriteUnits = Callable[[Sequence[str]], Iterable[WrittenUnit]]
"""Makes the units of these names and writes their files."""


class KeptPages:
    """What is known of the pages in a folder from the last time that they were rendered.

    Args:
        root: project folder.
        folder: where the pages lie, below it.
    """

    def __init__(self, root: Path, folder: str) -> None:
        self._root, self._folder, self._file = root, root / folder, root / CACHE
        self._hashes = Hashes(root, HASHES)
        self._made: dict[str, tuple[frozenset[Read], frozenset[str]]] = {}
        self._still: dict[str, _Kept] = {}
        self._shared = ""

    def render(self, watching: Watching, write: WriteUnits | None = None) -> Rendered:
        """Make what is not known to lie in the folder as it would be made.

        Args:
            write: makes units and writes them; they are made here, and not yet written, by default.

        Raises:
            CatalogError, WorkflowError: as rendering all does.
        """
        due = self._due(watching)
        if write is None:
            noting = watching.noting
            return self._rendered([(unit.name, self._make(unit, noting)) for unit in due])
        written = list(write([unit.name for unit in due]))
        self._made |= {one.name: (one.reads, frozenset(one.files)) for one in written}
        rendered = self._rendered([(one.name, dict.fromkeys(one.files, "")) for one in written])
        kept = rendered.kept.union(rendered.made)
        return Rendered({}, kept, rendered.units, tuple(path for one in written for path in one.written))

    def _due(self, watching: Watching) -> list[PageUnit]:
        """The units that must be made; what lies in the folder as the others would make it is noted."""
        self._shared = code_digest(watching.site, self._hashes)
        known = _read(self._file, self._shared, watching.digests) if self._shared else {}
        due: list[PageUnit] = []
        for unit in units(watching.noting):
            kept = known.get(unit.name)
            if kept and self._holds(kept.files):
                self._still[unit.name] = kept
            else:
                due.append(unit)
        return due

    def _rendered(self, made: Sequence[tuple[str, Mapping[str, str | bytes]]]) -> Rendered:
        unchanged = ((path for path in one.files) for one in self._still.values())
        tree = tree_of([*(files for _, files in made), *(dict.fromkeys(paths, "") for paths in unchanged)])
        names = frozenset(path for one in self._still.values() for path in one.files)
        fresh = {path: content for path, content in tree.items() if path not in names}
        return Rendered(fresh, names, tuple(name for name, _ in made))

    def save(self, digests: ReadDigests) -> None:
        """Keep what is known now that the pages are written. Where that cannot be done, all is rendered next time.

        Args:
            digests: of the data that they were rendered from.
        """
        with suppress(OSError, SeamlineError):
            self._file.unlink(missing_ok=True)
            self._hashes.save()
            if self._shared:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                write_if_changed(self._file, self._as_json(digests))

    def _make(self, unit: PageUnit, site: SiteData) -> Mapping[str, str | bytes]:
        files, reads = site.log.noted(unit.make)
        self._made[unit.name] = reads, frozenset(files)
        # As bytes: a text with one curly quotation mark takes twice as much, and all pages wait to be written.
        return {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}

    def _holds(self, files: Mapping[str, str]) -> bool:
        try:
            return all(self._hashes.sha256(f"{self._folder}{os.sep}{path}") == sha for path, sha in files.items())
        except (OSError, SeamlineError):
            return False

    def _as_json(self, digests: ReadDigests) -> str:
        kept = dict(self._still)
        for name, (reads, paths) in self._made.items():
            # Taken from the folder, as that is what will be looked at.
            files = {path: self._hashes.sha256(f"{self._folder}{os.sep}{path}") for path in sorted(paths)}
            kept[name] = _Kept(reads, files)
        self._hashes.save()
        table = ReadTable(digests)
        written = {name: [table.numbers(one.reads), one.files] for name, one in kept.items()}
        data = {"form": _FORM, "shared": self._shared, "reads": table.as_json(), "units": written}
        return json.dumps(data, separators=(",", ":"))


def _read(file: Path, shared: str, digests: ReadDigests) -> dict[str, _Kept]:
    """The units that were kept and read what they would read now.

    Nothing where the cache does not belong to `shared`, or is not what was written.
    """
    try:
        data = json.loads(file.read_text("utf-8"))
        if data["form"] != _FORM or data["shared"] != shared:
            return {}
        known = KnownReads(data["reads"], digests)
        return {
            name: _kept(known, numbers, files)
            for name, (numbers, files) in data["units"].items()
            if known.are_same(numbers)
        }
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return {}


def _kept(known: KnownReads, numbers: Iterable[int], files: Mapping[str, str]) -> _Kept:
    if not all(isinstance(one, str) for one in files.values()):
        raise ValueError("not what was written")
    return _Kept(known.of(numbers), files)
