"""Which pages of the built site need not be built again, as a full build would give them as they lie there.

A page in HTML follows from its text in generated/, from what finishing it read of the project's data, and from what is
the same for all: settings, theme, navigation, style sheets, code, and which files there are. `.cache/site.json` holds
all three, and how the site's files lay when it was complete. Where what is for all has changed, where somebody touched
the site, and where a builder, a plug-in or an extension of Markdown may put more into a page than its own text, nothing
is kept.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from seamline.errors import SeamlineError
from seamline.files import remove, write_if_changed
from seamline.hashing import Hashes
from seamline.pages import SiteData
from seamline.pages.watching.value_digests import Digests
from seamline.pages.watching.watched_data import ReadDigests, Watching
from seamline.site.keeping.code_digest import code_digest, sources
from seamline.site.keeping.kept_pages import HASHES
from seamline.site.keeping.read_digests import KnownReads, ReadTable
from seamline.site.settings import INHERITED, SETTINGS
from seamline.site.sharing.finishing import has_feed
from seamline.site.sharing.page_notes import PageNote, PageNotes
from seamline.site.sharing.page_words import PageWords
from seamline.site.sharing.publication import publication_of

CACHE = ".cache/site.json"
_FORM = 2
"""To be raised when what the cache holds means something else."""
_ENVIRONMENT = re.compile(r"!ENV\s*\[?\s*([\w, ]+)")
_INHERITS = re.compile(r"(?m)^INHERIT:\s*(\S+)")
_PAGE, _BUILT, _NOT_FOUND = "index.md", "index.html", "404.html"


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What of a site must be built again.

    Attributes:
        wanted: files of generated/, by path: pages whose HTML may differ, and other files that have changed.
        notes: of the pages that stay as they are.
        cards: paths of the social cards in the present site.
        searched: whether the search index in the site is one of the pages in it.
    """

    wanted: tuple[str, ...]
    notes: PageNotes
    cards: frozenset[str]
    searched: bool


class KeptSite:
    """What is known of the built site from the last time that it was built.

    Args:
        root: project folder.
        pages: folder of the pages in Markdown, below it.
        elsewhere: folders in there that hold no pages and are published as they are.
        orphans: folders in there that are not published.
    """

    def __init__(self, root: Path, pages: str, elsewhere: tuple[str, ...], orphans: tuple[str, ...]) -> None:
        self._root, self._pages, self._elsewhere, self._orphans = root, root / pages, elsewhere, orphans
        self._hashes = Hashes(root, HASHES)
        self._files: dict[str, str] = {}
        self._context = ""
        self._frame: Any = None

    def look(self, site: SiteData) -> None:
        """Take in how everything is now that the pages are rendered, before they are built."""
        with suppress(OSError, SeamlineError):
            folder = f"{self._pages}{os.sep}"
            self._files = {path: self._hashes.sha256(folder + path) for path in _files(self._pages, self._elsewhere)}
            self._context = self._context_of(site)
            self._hashes.save()

    def rebuild(self, built: Path, digests: ReadDigests) -> Rebuild | None:
        """What must be built again; None for everything. Tells nothing before `look`."""
        known = _read(self._root / CACHE) if self._context else None
        changed: list[str] = []
        notes: PageNotes = {}
        try:
            if known is None or known["context"] != self._context or known["lie"] != lie(built):
                return None
            reads = KnownReads(known["reads"], digests)
            for path, (digest, words, card, numbers) in known["pages"].items():
                source = f"{path.removesuffix(_BUILT)}{_PAGE}"
                if digest == self._files[source] and reads.are_same(numbers):
                    notes[path] = PageNote(PageWords(*words), card, reads.of(numbers))
                else:
                    changed.append(source)
            others = [path for path, sha in known["others"].items() if self._files[path] != sha]
            cards = frozenset(card for _, _, card, _ in known["pages"].values()) - {""}
            self._frame = known["frame"]
        except (OSError, ValueError, TypeError, LookupError, AttributeError):
            return None
        return Rebuild(tuple(sorted(changed + others)), notes, cards, bool(known["searched"]))

    def fits(self, part: Path, site: SiteData, report: Path) -> bool:
        """Whether what was built of a site goes with what `rebuild` found: name, address, feed, navigation."""
        return bool(self._frame == _frame(part, site, report))

    def forget(self) -> None:
        """Know nothing any more: the site is about to change."""
        remove(self._root / CACHE)

    def save(self, built: Path, watching: Watching, notes: PageNotes, report: Path, *, searched: bool) -> None:
        """Keep what is known of the complete site in `built`. Where that cannot be done, all is built next time.

        Args:
            report: what MkDocs told of it.
            searched: whether the search index is one of these pages.
        """
        with suppress(OSError, ValueError, KeyError, SeamlineError):
            frame = _frame(built, watching.site, report)
            if not self._context or frame["others"] or not self._has_all_pages(notes, built):
                return
            table = ReadTable(watching.digests)
            pages = {path: self._as_json(path, note, table) for path, note in notes.items()}
            others = {path: sha for path, sha in self._files.items() if not path.endswith(".md")}
            data = {"form": _FORM, "context": self._context, "frame": frame, "lie": lie(built), "searched": searched}
            written = {**data, "pages": pages, "others": others, "reads": table.as_json()}
            write_if_changed(self._root / CACHE, json.dumps(written, separators=(",", ":")))

    def _as_json(self, path: str, note: PageNote, table: ReadTable) -> list[Any]:
        source = self._files[f"{path.removesuffix(_BUILT)}{_PAGE}"]
        words = [note.words.title, note.words.description, note.words.in_short]
        return [source, words, note.card, table.numbers(note.reads)]

    def _has_all_pages(self, notes: PageNotes, built: Path) -> bool:
        """Whether each page is made from one text, and each text is a page."""
        texts = {path for path in self._files if path.endswith(".md")}
        found = {path for path in _files(built) if path.endswith(".html")} - {_NOT_FOUND}
        made = {f"{path.removesuffix(_BUILT)}{_PAGE}" for path in notes if path.endswith(_BUILT)}
        return texts == made and found == notes.keys()

    def _context_of(self, site: SiteData) -> str:
        """Digest of what is the same for all pages; "" where a page may depend on more than is known."""
        code = code_digest(site, self._hashes)
        if not code or site.live is not None or any(path.endswith(".html") for path in self._files):
            return ""
        settings = (self._root / SETTINGS).read_text("utf-8-sig")
        if not {*_INHERITS.findall(settings)} <= {INHERITED}:
            return ""
        theme = (self._root / INHERITED).parent
        # Without what Python compiles there: it comes with the first build, and says nothing that the hook does not.
        frame = {path: (theme / path).read_bytes() for path in sources(theme)}
        both = settings + (self._root / INHERITED).read_text("utf-8")
        variables = sorted({name for names in _ENVIRONMENT.findall(both) for name in re.findall(r"\w+", names)})
        sheets = {path: sha for path, sha in self._files.items() if path.endswith(".css")}
        others = [lie(self._pages / folder) for folder in self._elsewhere]
        given = {name: os.environ.get(name) for name in variables}
        parts = (_FORM, code, settings, frame, given, sheets, sorted(self._files), others, self._orphans)
        return Digests().of(parts)


def _files(folder: Path, but: Collection[str] = ()) -> Iterator[str]:
    """Paths of the files in a folder, but those in some folders right in it."""
    for place, folders, names in os.walk(folder):
        here = place[len(str(folder)) :].strip(os.sep).replace(os.sep, "/")
        if not here:
            folders[:] = [name for name in folders if name not in but]
        yield from (f"{here}/{name}" if here else name for name in names)


def lie(folder: Path) -> str:
    """Digest of the paths, sizes and times of all files in a folder."""
    found: list[str] = []
    waiting = [str(folder)]
    while waiting:
        with suppress(FileNotFoundError), os.scandir(waiting.pop()) as inside:
            for one in inside:
                if one.is_dir(follow_symlinks=False):
                    waiting.append(one.path)
                else:
                    status = one.stat(follow_symlinks=False)
                    found.append(f"{one.path} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}")
    return Digests().of_texts(one[len(str(folder)) :] for one in sorted(found))


def _frame(built: Path, site: SiteData, report: Path) -> Mapping[str, Any]:
    """What a page has of the site as a whole, as the builder tells it: JSON data."""
    publication = publication_of(built)
    told = json.loads(report.read_text("utf-8"))
    whole = {"publication": list(astuple(publication)), "feed": has_feed(site, publication)}
    return {**whole, "others": told["others"], "nav": told["nav"]}


def _read(file: Path) -> dict[str, Any] | None:
    try:
        data: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return data if data["form"] == _FORM else None
    except (OSError, ValueError, TypeError, KeyError):
        return None
