"""What is wrong with the citations of a text: keys that it may not cite, and what only looks like a citation."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from seamline.catalog.citations.grammar import find, unread
from seamline.catalog.closed_catalog import Catalog
from seamline.catalog.reading.validation import suggestion
from seamline.catalog.sources import sources_for
from seamline.errors import Problem

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


class CitationFault(NamedTuple):
    """One citation that cannot stand; `line` is the 1-based line within the text."""

    line: int
    what: str
    hint: str


def unread_in(markdown: str, sources: Collection[str], html: bool = False) -> Iterator[CitationFault]:
    """What looks like a citation and is none, in order of lines.

    Args:
        sources: keys that the text may cite; inside words and links only these make an at sign suspicious.
        html: whether tags in the text are HTML.
    """
    for one in unread(markdown, html):
        if one.likely or one.key in sources:
            yield CitationFault(one.line, f"`@{one.key}` {one.what}" if one.key else one.what, one.hint)


def faults_in(
    markdown: str, sources: Collection[str], papers: Collection[str], html: bool = False
) -> Iterator[CitationFault]:
    """Everything wrong with the citations of a text, keys first.

    Args:
        sources: keys that the text may cite.
        papers: ids of all papers of the catalog, so that the message can say that a key exists elsewhere.
        html: whether tags in the text are HTML.
    """
    for citation in find(markdown, html):
        key = citation.key
        if not key:
            yield CitationFault(citation.line, "a citation names no source", "write `[@key]` or `[@key, §2]`")
        elif key not in sources:
            what = "is not among this question's own sources" if key.removesuffix("-code") in papers else "is no source"
            yield CitationFault(citation.line, f"`@{key}` {what}", suggestion(key, sources))
    yield from unread_in(markdown, sources, html)


def problems_in_docs(catalog: Catalog) -> Iterator[Problem]:
    """Citation faults of the hand-written pages in `docs/`, which may cite what any question was given.

    A page that is not UTF-8 is left to the renderer, which refuses it.
    """
    sources = {key for question in catalog.questions for key in sources_for(catalog, question)}
    for path in sorted((catalog.root / "docs").rglob("*.md")):
        if path.name.startswith(".") or not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
        head = match[0] if (match := _FRONT_MATTER.match(text)) else ""
        for fault in faults_in(text[len(head) :], sources, catalog.papers, html=True):
            file = path.relative_to(catalog.root).as_posix()
            yield Problem(file, fault.line + head.count("\n"), "", fault.what, fault.hint)
