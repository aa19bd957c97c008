"""What a built page tells Pagefind: which part of it to index, how it is filed, and how much it weighs.

Source: pagefind.app, "Configuring what content is indexed", "Setting up filters", "Configuring metadata".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from markupsafe import Markup

from seamline.catalog.entries.question_topics import topics_of
from seamline.catalog.person_names import display_name
from seamline.catalog.sources import paper_name
from seamline.pages import SiteData
from seamline.site.sharing.page_facts import Kind, PageFacts

NOT_SEARCHED: frozenset[Kind] = frozenset({"workflow", "index"})
"""Kinds of pages that no search finds: they say again what the pages that they lead to say."""

KINDS: Mapping[Kind, str] = {
    "question": "Question",
    "draft": "Question",
    "model": "Model",
    "paper": "Paper",
    "sample": "Sample",
    "reference": "Reference",
    "page": "Page",
    "home": "Page",
}
WEIGHTS: Mapping[Kind, float] = {"draft": 0.7, "sample": 0.5, "home": 0.5, "reference": 0.2}
"""How much a word on a page of a kind counts, of 10; 1 where nothing is said."""
LISTINGS: frozenset[Kind] = frozenset({"sample"})
"""Kinds of pages whose tables and code say again, parameter by parameter and file by file, what their text says.

A page that lists `guidance-grid-t1.5-i0.webp` thirty times would come before the one that explains guidance.
"""
WITHOUT_LISTINGS = "data-sl-without-listings"
"""Attribute of an article of which tables and code are not indexed."""

_ARTICLE = re.compile(rb"<article\b")
_MARKED = b"<article data-pagefind-body"


def marks(facts: PageFacts, site: SiteData) -> Iterator[Markup]:
    """Elements for the page's head: filters, and what is known of the page beside its words."""
    if facts.kind in NOT_SEARCHED:
        return
    yield _meta("filter", "kind", KINDS[facts.kind])
    if facts.question and facts.kind in ("question", "draft"):
        entry = facts.question.entry
        yield _meta("filter", "status", "Draft" if facts.kind == "draft" else "Written")
        for topic in topics_of(entry, site.catalog.models):
            yield _meta("filter", "topic", topic)
        if entry.answered:
            yield _meta("filter", "year", str(entry.answered.year))
    if facts.kind == "paper":
        paper = site.catalog.papers[facts.entry]
        if paper.year:
            yield _meta("filter", "year", str(paper.year))
        known = {
            "paper": paper_name(paper),
            "identifier": " ".join(filter(None, [f"arXiv {paper.arxiv}" if paper.arxiv else "", paper.doi])),
            "authors": ", ".join(map(display_name, paper.authors)),
            "venue": paper.venue,
        }
        yield from (_meta("meta", name, value) for name, value in known.items() if value)


def with_body(page: bytes, facts: PageFacts) -> bytes:
    """The page with its article marked as what is indexed."""
    if facts.kind in NOT_SEARCHED or _MARKED in page:
        return page
    weight = WEIGHTS.get(facts.kind)
    attributes = b" data-pagefind-body" + (f' data-pagefind-weight="{weight:g}"'.encode() if weight else b"")
    attributes += f" {WITHOUT_LISTINGS}".encode() if facts.kind in LISTINGS else b""
    return _ARTICLE.sub(lambda opening: opening[0] + attributes, page, count=1)


def _meta(what: str, name: str, value: str) -> Markup:
    return Markup('<meta data-pagefind-{}="{}[content]" content="{}">').format(what, name, " ".join(value.split()))
