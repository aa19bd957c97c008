"""From `[@brooks2023, §3.2.1]` to a small numbered marker, and a list of references below.

A marker is a link to its entry in the list; on hover or keyboard focus a style sheet shows
the reference beside it, with no script. Entries link back to every place that cites them.
Anchors are made from citation keys, so they stay when sentences move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from markupsafe import Markup

from seamline.catalog.bibliography import authors_short
from seamline.catalog.citations.checks import unread_in
from seamline.catalog.citations.grammar import Citation, find, unescaped
from seamline.catalog.entries import Paper
from seamline.catalog.person_names import display_name
from seamline.catalog.sources import Source, paper_name
from seamline.errors import CatalogError
from seamline.pages import urls
from seamline.pages.html import element, markdown, relative_url
from seamline.pages.prose.claim_words import claim_around, spoken


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that cites a source.

    Attributes:
        anchor: id of the marker on the page.
        sentence: the sentence as plain text, without its markers.
    """

    key: str
    locator: str
    anchor: str
    sentence: str


@dataclass
class Ledger:
    """The citations of one page, numbered in the order in which sources first occur.

    Attributes:
        sources: what the page may cite, by key.
        page: the page, for links.
        where: file that the text was written in, for errors.
        first_line: line of that file on which the text begins.
        html: whether tags in the text are HTML.
        lists_uncited: whether the list of references also has the sources that the page does not cite.
        own_marks: attributes of markers and of the list, which say their language where the text around is in another.
    """

    sources: Mapping[str, Source]
    page: str
    where: str = ""
    first_line: int = 1
    html: bool = False
    lists_uncited: bool = True
    own_marks: Mapping[str, str] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)

    def number(self, key: str) -> int:
        """Number of a source on this page; sources that are never cited come after the others."""
        return self._order().index(key) + 1

    def cite(self, text: str) -> str:
        """`text` with every citation as a marker.

        Raises:
            CatalogError: a key is not among the page's sources, or something looks like a citation and is none.
        """
        for fault in unread_in(text, self.sources, self.html):
            raise CatalogError(fault.what, where=self._place(fault.line), hint=fault.hint)
        text = unescaped(text)
        pieces, at = [], 0
        found = find(text, self.html)
        for (start, end), together in groupby(found, key=lambda citation: (citation.start, citation.end)):
            group = list(together)
            sentence = claim_around(text, start, end, self._names)
            marker = self._marker(group, sentence)
            before = text[at:start].rstrip(" ")
            if group[0].in_text:
                before = f"{text[at:start]}{markdown(self._names(group[0].key))}"
            pieces += [before, marker]
            at = end
        return "".join([*pieces, text[at:]])

    def references(self) -> Markup:
        """The sources of the page as a numbered list with links there and back."""
        cited = {claim.key for claim in self.claims}
        order = [key for key in self._order() if self.lists_uncited or key in cited]
        entries = [self._reference(key, number) for number, key in enumerate(order, start=1)]
        return element("ol", {"class": "sl-references", **self.own_marks}, *entries) if entries else Markup("")

    def _order(self) -> list[str]:
        return list(dict.fromkeys([*(claim.key for claim in self.claims), *self.sources]))

    def _marker(self, group: Iterable[Citation], sentence: str) -> str:
        links = [self._link(citation, sentence) for citation in group]
        return element("sup", {"class": "sl-cites", **self.own_marks}, Markup("<span>,</span>").join(links))

    def _link(self, citation: Citation, sentence: str) -> str:
        source = self.sources.get(citation.key)
        if source is None:
            raise CatalogError(
                f"cites {citation.key!r}, which is not among the sources of this page",
                where=self._place(citation.line),
                hint=f"it may cite {', '.join(self.sources) or 'nothing'}",
            )
        nth = sum(claim.key == citation.key for claim in self.claims) + 1
        anchor = f"cite-{citation.key}-{nth}"
        self.claims.append(Claim(citation.key, citation.locator.replace("`", ""), anchor, sentence))
        number = self.number(citation.key)
        where = f", {citation.locator.replace('`', '')}" if citation.locator else ""
        before = f"{spoken(citation.prefix)} " if citation.prefix else ""
        attributes = {
            "class": "sl-cite",
            "id": anchor,
            "href": f"#ref-{citation.key}",
            "aria-label": f"Reference {number}: {before}{byline(source)}{where}",
            "data-note": f"{before}{describe(source)}{where}",
        }
        place = element("span", {"class": "sl-locator"}, f" {citation.locator.replace('`', '')}") if where else ""
        return element("a", attributes, str(number), place)

    def _names(self, key: str) -> str:
        """What a sentence calls a source: `Brooks et al.`, or the name of a repository."""
        source = self.sources.get(key)
        return (authors_short(source.paper) if source.paper else source.title) if source else key

    def _place(self, line: int) -> str:
        return f"{self.where or self.page}:{self.first_line + line - 1}"

    def _reference(self, key: str, number: int) -> Markup:
        source = self.sources[key]
        anchors = [claim.anchor for claim in self.claims if claim.key == key]
        back = [
            element(
                "a", {"href": f"#{anchor}", "aria-label": f"Back to citation {nth} of reference {number}"}, f"↩{nth}"
            )
            for nth, anchor in enumerate(anchors, start=1)
        ]
        parts = [element("span", {"class": "sl-reference"}, *reference(source, self.page))]
        if back:
            parts.append(_ways_back(back))
        return element("li", {"id": f"ref-{key}"}, *_spaced(parts))


def _ways_back(links: Sequence[Markup]) -> Markup:
    """Links back to the citations; many of them wait behind one word."""
    shown = element("span", {"class": "sl-back"}, *_spaced(links))
    if len(links) <= _FEW:
        return shown
    folded = element("details", {}, element("summary", {}, f"cited {len(links)} times"), shown)
    return element("div", {"class": "sl-backs"}, folded)


_FEW = 8


def reference(source: Source, page: str) -> list[str]:
    """A reference in full, as pieces of HTML: authors, year, title, venue, and its link."""
    link = (
        element("a", {"href": source.url, "rel": "external"}, link_words(source)) if source.url else "No address given"
    )
    if source.paper is None:
        return [element("cite", {}, source.title), ". Code repository. ", link, "."]
    paper, paper_page = source.paper, relative_url(page, urls.paper(source.key))
    title = element("a", {"href": paper_page}, element("cite", {}, paper_name(paper)))
    venue = f" {paper.venue}." if paper.venue else ""
    return [f"{authors(paper)}{_year(paper)}. ", title, f".{venue} ", link, "."]


def describe(source: Source) -> str:
    """A reference in one line of plain text."""
    if source.paper is None:
        return f"{source.title}, code repository"
    title = f"{source.paper.title}. " if source.paper.title else ""
    return f"{authors(source.paper, 3)}{_year(source.paper)}. {title}{link_words(source)}".rstrip(". ")


def byline(source: Source) -> str:
    """Who and when, as one would say it aloud."""
    if source.paper is None:
        return f"{source.title}, code repository"
    return f"{authors(source.paper, 1)}{_year(source.paper)}"


def authors(paper: Paper, at_most: int = 0) -> str:
    """Authors by their names; beyond `at_most` (0: no limit) the rest are `and others`."""
    names = [display_name(author) for author in paper.authors]
    if not names:
        return "Authors not given"
    if at_most and len(names) > at_most:
        return ", ".join(names[:at_most]) + " and others"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def link_words(source: Source) -> str:
    """What a source's link says."""
    if source.paper is not None and source.paper.arxiv:
        return f"arXiv:{source.paper.arxiv}"
    return source.url.removeprefix("https://").removesuffix("/")


def _year(paper: Paper) -> str:
    return f" ({paper.year})" if paper.year else ""


def _spaced(parts: Iterable[Markup]) -> list[Markup]:
    return [Markup(part + " ") for part in parts]
