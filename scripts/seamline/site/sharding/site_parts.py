"""Building in parts: each process lets MkDocs build some of the pages, and finishes them; then the parts become one.

MkDocs knows all files in each part, so that links are resolved as in the whole. What it builds in each part, the pages
of the navigation and what the theme brings, is the same in all; files that are no pages are copied by the first.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from seamline.errors import SiteError
from seamline.files import refusal
from seamline.pages import SiteData
from seamline.pages.watching.watched_data import watched
from seamline.site import builder
from seamline.site.keeping.garbage import seldom_collected
from seamline.site.searching import pagefind_index
from seamline.site.sharding.page_parts import ReadSite
from seamline.site.sharding.pools import Pool
from seamline.site.sharing.finishing import finish_pages
from seamline.site.sharing.page_notes import PageNotes, in_order

PARTS = ".cache/site-parts"
PAGES_A_PART = 10_000
"""MkDocs holds some 60 kB for each page that it builds, and 10,000 pages take it 700 MiB."""


@dataclass(frozen=True, slots=True)
class _Part:
    root: Path
    pages: Path
    number: int
    wanted: tuple[str, ...]
    read: ReadSite
    strict: bool

    @property
    def folder(self) -> Path:
        """Where it is built."""
        return self.root / PARTS / str(self.number)

    @property
    def told(self) -> Path:
        """What MkDocs tells of it."""
        return self.root / PARTS / f"{self.number}.json"


def parts_for(pages: int, workers: int) -> int:
    """Into how many parts a site of so many pages is built by so many processes."""
    return max(workers, -(-pages // PAGES_A_PART))


def build_in_parts(
    root: Path,
    pages: Path,
    files: Sequence[str],
    read: ReadSite,
    pool: Pool,
    *,
    to: Path,
    told: Path,
    strict: bool = False,
) -> PageNotes:
    """Build what is in `pages` into the folder `to`: finished pages, without what lists them all.

    Args:
        root: project folder, at this path wherever a process of the pool runs.
        files: paths of all files in `pages`.
        read: function of a module that gives the data of the project.
        told: file that is to hold what MkDocs tells of the site.

    Returns:
        What finishing each page told of it.

    Raises:
        SiteError: the builder refused, or Pagefind is not installed: the theme's search needs all pages at once.
        FilesError: the file system refused.
        EngineError: a process ended without saying why.
    """
    if not pagefind_index.is_installed():
        raise SiteError("a site is built in parts only with Pagefind, which indexes it", hint=pagefind_index.HINT)
    sources = [path for path in files if path.endswith(".md")]
    others = tuple(path for path in files if not path.endswith(".md"))
    count = parts_for(len(sources), pool.workers)
    size = max(1, -(-len(sources) // count))
    parts = [
        _Part(root, pages, number, (*sources[at : at + size], *(others if number == 1 else ())), read, strict)
        for number, at in enumerate(range(0, len(sources), size), start=1)
    ]
    shutil.rmtree(root / PARTS, ignore_errors=True)
    made = pool.map(_build_part, parts)
    try:
        shutil.rmtree(to, ignore_errors=True)
        merge([part.folder for part in parts], to)
        told.write_bytes(parts[0].told.read_bytes())
    except OSError as error:
        raise refusal(Path(error.filename or to), error) from error
    shutil.rmtree(root / PARTS, ignore_errors=True)
    notes = {path: note for some in reversed(made) for path, note in some.items()}
    return {path: notes[path] for path in in_order(notes)}


def merge(parts: Sequence[Path], to: Path) -> None:
    """Move the files of all parts into the folder `to`; of a file that several have, that of the first."""
    first, *others = parts
    to.parent.mkdir(parents=True, exist_ok=True)
    first.rename(to)
    for part in others:
        for file in sorted(path for path in part.rglob("*") if path.is_file()):
            place = to / file.relative_to(part)
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                file.rename(place)


@seldom_collected()
def _build_part(part: _Part) -> PageNotes:
    part.folder.parent.mkdir(parents=True, exist_ok=True)
    builder.build_part(part.root, part.folder, part.wanted, part.told, strict=part.strict)
    if not (part.folder / "index.html").is_file():
        raise SiteError("the site has no home page", where=str(part.root / "docs"), hint="write docs/index.md")
    notes: PageNotes = {}
    site: SiteData = watched(part.read(part.root))
    finish_pages(part.folder, site, notes, part.pages)
    pagefind_index.mark(part.folder, site, notes)
    builder.finish(part.folder)
    return notes
