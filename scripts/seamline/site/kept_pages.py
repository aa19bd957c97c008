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
import sys
from collections.abc import Hashable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seamline.errors import SeamlineError
from seamline.files import write_if_changed
from seamline.fingerprints import PACKAGE
from seamline.hashing import Hashes
from seamline.pages import SiteData
from seamline.pages.page_unit import PageUnit
from seamline.pages.read_log import WHOLE, Read
from seamline.pages.rendering import Tree, tree_of, units
from seamline.pages.value_digests import Digests
from seamline.pages.watched_data import ReadDigests, watched
from seamline.plugins import REGISTRIES, is_offered

CACHE = ".cache/pages.json"
HASHES = "page-hashes.json"
_FORM = 1
"""To be raised when what the cache holds means something else."""
_MEASURES = "seamline.measures"


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

    def render(self, site: SiteData) -> Rendered:
        """Make what is not known to lie in the folder as it would be made.

        Raises:
            CatalogError, WorkflowError: as rendering all does.
        """
        self._shared = self._shared_digest(site)
        known = _read(self._file, self._shared) if self._shared else {}
        digests, noting = ReadDigests(site), watched(site)
        made: list[tuple[str, Mapping[str, str | bytes]]] = []
        for unit in units(noting):
            kept = known.get(unit.name)
            if kept and _digest(kept.reads, digests) == kept.digest and self._holds(kept.files):
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
        reads = _without_needless(noted)
        self._made[unit.name] = reads, _digest(reads, digests), frozenset(files)
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

    def _shared_digest(self, site: SiteData) -> str:
        """Digest of what any page may depend on; "" where that cannot be told, so that nothing may be kept."""
        if any(is_offered(registry.group) for registry in REGISTRIES) or is_offered(_MEASURES):
            return ""  # the code of another distribution may be edited in its place
        try:
            code = {path: self._hashes.sha256(PACKAGE / path) for path in _sources(PACKAGE)}
            return Digests().of((_FORM, sys.version, code, _distributions(), site.evaluation, site.live))
        except (OSError, SeamlineError, TypeError):
            return ""


def _sources(package: Path) -> list[str]:
    return sorted(
        path.relative_to(package).as_posix()
        for path in package.rglob("*")
        if "__pycache__" not in path.parts and path.is_file()
    )


def _distributions() -> list[str]:
    """Names and versions of what is installed, as its folders have them."""
    found: set[str] = set()
    for place in sys.path:
        with suppress(OSError):
            found.update(one.name for one in Path(place).iterdir() if one.suffix in (".dist-info", ".egg-info"))
    return sorted(found)


def _without_needless(reads: Iterable[Read]) -> tuple[Read, ...]:
    """Reads in order, without those of a table of which the whole was read."""
    noted = set(reads)
    whole = {table for table, key in noted if key is WHOLE}
    needed = (read for read in noted if read[1] is WHOLE or read[0] not in whole)
    return tuple(sorted(needed, key=repr))


def _digest(reads: Iterable[Read], digests: ReadDigests) -> str:
    """One digest over what all these reads give now; "" where one of them has none, which is equal to none."""
    try:
        return Digests().of_texts(map(digests.of, reads))
    except TypeError:
        return ""


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
    return _Kept(tuple((str(table), _key(key)) for table, key in reads), digest, dict(files))


def _key(key: Any) -> Hashable:
    return tuple(key) if isinstance(key, list) else key
