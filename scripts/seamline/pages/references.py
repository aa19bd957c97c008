"""The references of the whole site, with their downloads."""

from __future__ import annotations

from seamline.catalog.bibliography import bibtex, csl_json
from seamline.catalog.sources import Source, paper_name, paper_url
from seamline.pages import site_map
from seamline.pages.citations import reference
from seamline.pages.layout import fill
from seamline.pages.markup import element
from seamline.pages.project import Project


def pages(project: Project) -> dict[str, str]:
    """Every source of every question on one page, and as BibTeX and CSL-JSON."""
    papers = project.catalog.papers
    sources = dict(project.uses.given) | {
        key: Source(key, "paper", paper_name(paper), paper_url(paper), paper)
        for key, paper in papers.items()
        if key not in project.uses.given
    }
    entries = [
        element(
            "li", {"id": f"ref-{key}"}, *reference(source, site_map.REFERENCES), " ", element("code", {}, f"@{key}")
        )
        for key, source in sorted(sources.items())
    ]
    page = fill(
        "references",
        title="References",
        description="Every source an answer here may cite, with BibTeX and CSL-JSON to download.",
        references=element("ul", {"class": "sl-references"}, *entries),
    )
    return {
        site_map.REFERENCES: page,
        "references.bib": "\n\n".join(bibtex(key, paper).strip() for key, paper in papers.items()) + "\n",
        "references.json": csl_json(papers),
    }
