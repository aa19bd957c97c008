"""The references of the whole site, with their downloads."""

from __future__ import annotations

from seamline.catalog.bibliography import bibtex, csl_json
from seamline.catalog.sources import Source, paper_name, paper_url
from seamline.pages import urls
from seamline.pages.html import element
from seamline.pages.layout import fill
from seamline.pages.prose.citation_marks import reference
from seamline.pages.site_data import SiteData


def pages(site: SiteData) -> dict[str, str]:
    """Every source of every question on one page, and as BibTeX and CSL-JSON."""
    papers = site.catalog.papers
    sources = dict(site.uses.given) | {
        key: Source(key, "paper", paper_name(paper), paper_url(paper), paper)
        for key, paper in papers.items()
        if key not in site.uses.given
    }
    entries = [
        element("li", {"id": f"ref-{key}"}, *reference(source, urls.REFERENCES), " ", element("code", {}, f"@{key}"))
        for key, source in sorted(sources.items())
    ]
    page = fill(
        "references",
        title="References",
        description="Every source an answer here may cite, with BibTeX and CSL-JSON to download.",
        references=element("ul", {"class": "sl-references"}, *entries),
    )
    return {
        urls.REFERENCES: page,
        "references.bib": "\n\n".join(bibtex(key, paper).strip() for key, paper in papers.items()) + "\n",
        "references.json": csl_json(papers),
    }
