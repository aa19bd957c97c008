"""One search index for a built site, by Pagefind, whichever builder built it.

A reader's page asks for nothing before somebody searches, and then for the parts of the index that hold the words.
Without Pagefind the theme's own search stays, which loads one index of all pages.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

from seamline.errors import SiteError
from seamline.pages import SiteData
from seamline.site.searching import page_marks
from seamline.site.searching.settled_index import settle
from seamline.site.sharing.page_facts import Facts
from seamline.site.sharing.page_head import with_head
from seamline.site.sharing.page_notes import PageNotes

FOLDER = "pagefind"
MORE = "more.json"
"""In there, the names of the folders that hold further indexes; a list of none for most sites."""
PAGES_AN_INDEX = 10_000
"""Pagefind takes 1.5 GiB of memory for 9,000 pages of made-up questions."""
HINT = "pip install 'seamline[search]'"
_LISTINGS = ", ".join(f"[{page_marks.WITHOUT_LISTINGS}] {part}" for part in ("table", "pre"))
_LEFT_OUT = f".headerlink, .sl-source, .sl-live, svg, template, .sl-cite-this, .sl-cv-settings, {_LISTINGS}"
_NOT_NEEDED = ("pagefind-*ui.*", "pagefind-highlight.js")
"""Pagefind's own boxes for a page, which ours takes the place of."""
_INDEXES = ("search", "search.json")
"""What the builders made for the theme's search: it grows with the site, and nobody loads it any more."""
_SCRIPT = b'\n<script src="%sassets/search.js" defer></script>'
_BOX = b'<div class="md-search" data-md-component="search"'
_DIV = re.compile(rb"<(/?)div\b")
_OPENER = re.compile(rb'<label class="md-header__button md-icon" for="__search"[^>]*>.*?</label>', re.DOTALL)


def is_installed() -> bool:
    """Whether Pagefind is here, with its program."""
    return all(importlib.util.find_spec(name) for name in ("pagefind", "pagefind_bin"))


def mark(folder: Path, site: SiteData, notes: PageNotes) -> None:
    """Tell Pagefind what the pages in `folder` are, and put a search over its index in place of the theme's.

    Args:
        notes: of these pages, to which what is read here is added.

    Raises:
        SiteError: the theme's search box is in a form that is not known.
        OSError: the file system refused.
    """
    facts = Facts(site)
    for path in sorted(folder.rglob("*.html")):
        page, name = path.read_bytes(), path.relative_to(folder).as_posix()
        if name in notes:
            page, reads = site.log.noted(partial(_marked, page, name, facts))
            notes[name] = replace(notes[name], reads=notes[name].reads | reads)
        path.write_bytes(with_box(page, "../" * name.count("/")))
    for name in _INDEXES:
        place = folder / name
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)


def _marked(page: bytes, path: str, facts: Facts) -> bytes:
    known = facts.of(path)
    with_marks = with_head(page, "\n".join(page_marks.marks(known, facts.site)), "searched")
    return page_marks.with_body(with_marks, known)


def index(folder: Path, to: Path) -> None:
    """Index the pages of the built site in `folder`, into the folder `to`, which must lie in a site for it to work.

    The same pages give the same files. Pagefind holds all words of what it indexes in memory, so that a large site gets
    several indexes, which the search in a page takes as one; each holds every so many pages, as a word must weigh the
    same in all of them.

    Raises:
        SiteError: Pagefind refused.
        OSError: the file system refused.
    """
    pages = sorted(path for path in folder.rglob("*.html"))
    count = max(1, -(-len(pages) // PAGES_AN_INDEX))
    if count == 1:
        _index(folder, to)
    else:
        with tempfile.TemporaryDirectory(prefix=".pagefind-", dir=folder.parent) as apart:
            for number in range(count):
                some = Path(apart, str(number))
                for page in pages[number::count]:
                    place = some / page.relative_to(folder)
                    place.parent.mkdir(parents=True, exist_ok=True)
                    _link(page, place)
                _index(some, to / str(number + 1) if number else to)
                shutil.rmtree(some)
    names = [str(number + 1) for number in range(1, count)]
    (to / MORE).write_text(json.dumps(names), encoding="utf-8")


def _link(file: Path, place: Path) -> None:
    """The same file under another name, or a copy where the file system has no second names."""
    try:
        os.link(file, place)
    except OSError:
        shutil.copyfile(file, place)


def _index(folder: Path, to: Path) -> None:
    command = [sys.executable, "-m", "pagefind", "--site", str(folder), "--output-path", str(to), "--silent"]
    done = subprocess.run(
        [*command, "--exclude-selectors", _LEFT_OUT],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not (to / "pagefind.js").is_file():
        said = (done.stderr or done.stdout).strip()
        raise SiteError(f"pagefind made no index: {said}", hint=f"{HINT}, or uninstall it: the theme has a search")
    for pattern in _NOT_NEEDED:
        for file in to.glob(pattern):
            file.unlink()
    settle(to)


def with_box(page: bytes, to_root: str) -> bytes:
    """The page with our search in place of the theme's; unchanged where it has none.

    Args:
        to_root: the relative address of the site's root, seen from the page.

    Raises:
        SiteError: the theme's search box does not end.
    """
    start = page.find(_BOX)
    if start < 0:
        return page
    depth = 0
    for tag in _DIV.finditer(page, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            end = page.index(b">", tag.end()) + 1
            return _OPENER.sub(b"", page[:start]) + _box() + _SCRIPT % to_root.encode() + page[end:]
    raise SiteError("the theme's search box is in a form that is not known", hint=f"see `with_box` in {__name__}")


@cache
def _box() -> bytes:
    """The search in a page's header: a button, and the dialog that it opens."""
    return (files("seamline.site.searching") / "search_box.html").read_bytes().strip()
