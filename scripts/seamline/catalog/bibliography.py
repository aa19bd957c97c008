"""Papers as BibTeX and as CSL-JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from seamline.catalog.entries import Paper
from seamline.catalog.sources import paper_url

_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "$": r"\$", "#": r"\#",
    "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_PARTICLE_WORDS = "af da de del den der di du la le ten ter van von zu"
_PARTICLES = frozenset(_PARTICLE_WORDS.split())


def bibtex(paper_id: str, paper: Paper) -> str:
    """The BibTeX entry of a paper, UTF-8, with `paper_id` as its key and the title's capitals kept."""
    container = {"inproceedings": "booktitle", "article": "journal", "misc": "howpublished"}[paper.bibtex_type]
    fields = {
        "author": " and ".join(_inverted(_tex(author)) for author in paper.authors),
        "title": f"{{{_tex(paper.title)}}}",
        container: _tex(paper.venue),
        "year": str(paper.year or ""),
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
    """How a marker names a paper's authors: `Brooks et al.`, `Liu`, `Ho and Salimans`; its title when none is known."""
    names = [_split(author)[1] for author in paper.authors]
    if not names:
        return paper.title
    if len(names) == 2:
        return f"{names[0]} and {names[1]}"
    return names[0] if len(names) == 1 else f"{names[0]} et al."


def _csl(paper_id: str, paper: Paper) -> dict[str, Any]:
    kind = {"inproceedings": "paper-conference", "article": "article-journal", "misc": "article"}[paper.bibtex_type]
    item: dict[str, Any] = {"id": paper_id, "type": kind, "title": paper.title}
    if paper.authors:
        item["author"] = [_csl_name(author) for author in paper.authors]
    if paper.year:
        item["issued"] = {"date-parts": [[paper.year]]}
    if paper.venue:
        item["container-title"] = paper.venue
    elif paper.arxiv:
        item["publisher"] = "arXiv"
    if paper.arxiv:
        item["number"] = f"arXiv:{paper.arxiv}"
    if paper.doi:
        item["DOI"] = paper.doi
    if url := paper_url(paper):
        item["URL"] = url
    return item


def _csl_name(author: str) -> dict[str, str]:
    given, family = _split(author)
    return {"family": family, "given": given} if given else {"literal": family}


def _inverted(author: str) -> str:
    given, family = _split(author)
    return f"{family}, {given}" if given else f"{{{family}}}"


def _split(author: str) -> tuple[str, str]:
    """Given and family name; particles such as `van der` belong to the family name."""
    words = author.split()
    start = len(words) - 1
    while start > 1 and words[start - 1] in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def _tex(text: str) -> str:
    return re.sub(r"[\\{}%&$#_~^]", lambda match: _TEX[match[0]], text)
