"""Papers as BibTeX and as CSL-JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from seamline.catalog.entries import Paper
from seamline.catalog.person_names import display_name, name_of
from seamline.catalog.sources import paper_name, paper_url

_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "$": r"\$", "#": r"\#",
    "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def bibtex(paper_id: str, paper: Paper) -> str:
    """The BibTeX entry of a paper, UTF-8, with `paper_id` as its key and the title's capitals kept."""
    container = {"inproceedings": "booktitle", "article": "journal", "misc": "howpublished"}[paper.bibtex_type]
    fields = {
        "author": " and ".join(bibtex_name(author) for author in paper.authors),
        "title": f"{{{tex(paper.title)}}}" if paper.title else "",
        container: tex(paper.venue),
        "year": str(paper.year or ""),
        "pages": paper.pages.replace("-", "--"),
        "doi": paper.doi,
        "eprint": paper.arxiv or "",
        "archiveprefix": "arXiv" if paper.arxiv else "",
        "url": paper_url(paper),
    }
    width = max(len(name) for name, value in fields.items() if value)
    lines = [f"  {name:<{width}} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{paper.bibtex_type}{{{paper_id},", *lines, "}"]) + "\n"


def csl_json(papers: Mapping[str, Paper]) -> str:
    """The CSL-JSON of papers, sorted by id: what Zotero, Pandoc and citeproc read."""
    items = [_csl(paper_id, paper) for paper_id, paper in sorted(papers.items())]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def authors_short(paper: Paper) -> str:
    """How a marker names a paper's authors: `Brooks et al.`, `Liu`, `Ho and Salimans`; else what `paper_name` says."""
    names = [name_of(author).family for author in paper.authors]
    if not names:
        return paper_name(paper)
    if len(names) == 2:
        return f"{names[0]} and {names[1]}"
    return names[0] if len(names) == 1 else f"{names[0]} et al."


def _csl(paper_id: str, paper: Paper) -> dict[str, Any]:
    kind = {"inproceedings": "paper-conference", "article": "article-journal", "misc": "article"}[paper.bibtex_type]
    item: dict[str, Any] = {"id": paper_id, "type": kind} | ({"title": paper.title} if paper.title else {})
    if paper.authors:
        item["author"] = [csl_name(author) for author in paper.authors]
    if paper.year:
        item["issued"] = {"date-parts": [[paper.year]]}
    if paper.venue:
        item["container-title"] = paper.venue
    elif paper.arxiv:
        item["publisher"] = "arXiv"
    if paper.arxiv:
        item["number"] = f"arXiv:{paper.arxiv}"
    if paper.pages:
        item["page"] = paper.pages
    if paper.doi:
        item["DOI"] = paper.doi
    if url := paper_url(paper):
        item["URL"] = url
    return item


def csl_name(author: str) -> dict[str, str]:
    """One author as a name variable of CSL-JSON."""
    name = name_of(author)
    if not name.given:
        return {"literal": display_name(author)}
    return {"family": name.family, "given": name.given} | ({"suffix": name.suffix} if name.suffix else {})


def bibtex_name(author: str) -> str:
    """One author as BibTeX writes it, family name first; an organisation in braces."""
    name = name_of(author)
    if not name.given:
        return f"{{{tex(display_name(author))}}}"
    return ", ".join(tex(part) for part in (name.family, name.suffix, name.given) if part)


def tex(text: str) -> str:
    return re.sub(r"[\\{}%&$#_~^]", lambda match: _TEX[match[0]], text)
