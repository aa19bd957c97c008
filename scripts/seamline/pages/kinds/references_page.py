"""The references of the whole site, with their downloads."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from markupsafe import Markup

from seamline.catalog.bibliography import bibtex, csl_json
from seamline.catalog.sources import Source, paper_name, paper_url
from seamline.pages import urls
from seamline.pages.cards import page_links
from seamline.pages.html import element, source_link
from seamline.pages.layout import fill
from seamline.pages.prose.citation_marks import reference
from seamline.pages.site_data import SiteData

PER_PAGE = 75
"""Sources on one page."""
BIBTEX, CSL = "references.bib", "references.json"


def pages(site: SiteData) -> dict[str, str]:
    """Every source of every question, page by page, and as BibTeX and CSL-JSON."""
    papers = site.catalog.papers
    sources = dict(site.uses.given) | {
        key: Source(key, "paper", paper_name(paper), paper_url(paper), paper)
        for key, paper in papers.items()
        if key not in site.uses.given
    }
    listed = sorted(sources.items())
    parts = [listed[start : start + PER_PAGE] for start in range(0, len(listed), PER_PAGE)] or [[]]
    tree = {_path(number): _page(_path(number), part, number, len(parts)) for number, part in enumerate(parts, 1)}
    return {
        **tree,
        BIBTEX: "\n\n".join(bibtex(key, paper).strip() for key, paper in papers.items()) + "\n",
        CSL: csl_json(papers),
    }


def _page(page: str, part: Sequence[tuple[str, Source]], number: int, count: int) -> str:
    entries = [
        element("li", {"id": f"ref-{key}"}, *reference(source, page), " ", element("code", {}, f"@{key}"))
        for key, source in part
    ]
    return fill(
        "references",
        title="References" if number == 1 else f"References, page {number}",
        description="Every source an answer here may cite, with BibTeX and CSL-JSON to download.",
        references=element("ul", {"class": "sl-references"}, *entries),
        bibtex=Markup(source_link(page, BIBTEX)),
        csl=Markup(source_link(page, CSL)),
        more=page_links(page, posixpath.dirname(urls.REFERENCES), number, count),
    )


def _path(number: int) -> str:
    return urls.page_of_list(posixpath.dirname(urls.REFERENCES), number)
