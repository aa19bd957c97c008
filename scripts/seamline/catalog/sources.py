"""What an answer may cite: the papers a question was given, those of its models, and their repositories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from seamline.catalog.closed_catalog import Catalog
from seamline.catalog.entries import Model, Paper, Question
from seamline.catalog.links import arxiv_url


@dataclass(frozen=True, slots=True)
class Source:
    """Something an answer may cite.

    Attributes:
        key: citation key; the paper's id, or `<paper id>-code` for a repository.
        title: what `paper_name` says, or `owner/name` of the repository.
        url: where to find it; empty for a paper of which only the title is known.
        paper: the paper, for sources of that kind.
    """

    key: str
    kind: Literal["paper", "repository"]
    title: str
    url: str
    paper: Paper | None = None


def sources_for(catalog: Catalog, question_id: str) -> Mapping[str, Source]:
    """Everything the question `question_id` was given, by citation key: papers of its models first, then its own.

    Each repository follows the paper it belongs to. One that belongs to a model without a paper is called
    `<model id>-code`.
    """
    return sources_of(catalog.questions[question_id].entry, catalog.models, catalog.papers)


def sources_of(question: Question, models: Mapping[str, Model], papers: Mapping[str, Paper]) -> Mapping[str, Source]:
    """`sources_for`, from its parts; entries that `models` and `papers` lack are left out."""
    found: dict[str, Source] = {}
    for model_id in question.models:
        if model := models.get(model_id):
            for source in _of_model(model_id, model, papers):
                found.setdefault(source.key, source)
    for paper_id in question.papers:
        if paper := papers.get(paper_id):
            for source in _of_paper(paper_id, paper):
                found.setdefault(source.key, source)
    return found


def paper_url(paper: Paper) -> str:
    """Where to read a paper: arXiv, else its DOI, else its own address; empty when none is known."""
    if paper.arxiv:
        return arxiv_url(paper.arxiv)
    return f"https://doi.org/{paper.doi}" if paper.doi else paper.url or ""


def paper_name(paper: Paper) -> str:
    """What to call a paper: its title; where none is known its identifier, `arXiv:2211.09800`."""
    if paper.title:
        return paper.title
    if paper.arxiv:
        return f"arXiv:{paper.arxiv}"
    return f"doi:{paper.doi}" if paper.doi else (paper.url or "").removeprefix("https://")


def _of_paper(paper_id: str, paper: Paper) -> Iterator[Source]:
    yield Source(paper_id, "paper", paper_name(paper), paper_url(paper), paper)
    if paper.github:
        yield _repository(paper_id, paper.github)


def _of_model(model_id: str, model: Model, papers: Mapping[str, Paper]) -> Iterator[Source]:
    given = [(paper_id, papers[paper_id]) for paper_id in model.papers if paper_id in papers]
    for paper_id, paper in given:
        yield from _of_paper(paper_id, paper)
    if not model.github or any(paper.github == model.github for _, paper in given):
        return
    taken = not given or given[0][1].github is not None
    yield _repository(model_id if taken else given[0][0], model.github)


def _repository(owner_id: str, url: str) -> Source:
    name = urlsplit(url).path.strip("/").removesuffix(".git")
    return Source(f"{owner_id}-code", "repository", name or url, url)
