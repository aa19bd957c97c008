"""A page for each paper: what its document says of it, and which sentences cite it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from markupsafe import Markup

from seamline.catalog.bibliography import bibtex
from seamline.catalog.entries import Paper
from seamline.catalog.origins import model_title
from seamline.catalog.sources import Source, paper_name, paper_url
from seamline.pages import urls
from seamline.pages.cards import Card, index_page
from seamline.pages.html import external_link, fence, link, markdown, quotation
from seamline.pages.kinds.answers import Answer, Answers
from seamline.pages.layout import fill
from seamline.pages.prose.citation_marks import Claim, authors, link_words
from seamline.pages.site_data import SiteData
from seamline.pages.watching.page_unit import PageUnit


def units(site: SiteData, answers: Answers) -> Iterator[PageUnit]:
    """A page for each paper, and their index."""
    for key in site.catalog.papers:
        yield PageUnit(f"paper {key}", partial(_paper, site, answers, key))
    yield PageUnit("papers", partial(_list, site))


def _paper(site: SiteData, answers: Answers, key: str) -> dict[str, str]:
    return {urls.paper(key): _page(site, answers, key, site.catalog.papers[key])}


def _list(site: SiteData) -> dict[str, str]:
    listed = site.catalog.papers.items()
    return index_page(
        site, "papers", [Card(paper_name(paper), urls.paper(key), _by_and_when(paper)) for key, paper in listed]
    )


def _page(site: SiteData, answers: Answers, key: str, paper: Paper) -> str:
    page = urls.paper(key)
    url = paper_url(paper)
    using = [answers[question_id] for question_id in site.uses.by_source.get(key, ())]
    documents = sorted({answer.question.entry.document for answer in using if answer.question.entry.document})
    models = {name: site.catalog.models[name] for name in site.uses.models_of.get(key, ())}
    repositories = dict.fromkeys(url for url in (paper.github, *(model.github for model in models.values())) if url)
    return fill(
        "paper",
        title=paper_name(paper),
        made_from=f"catalog/papers/{key}.yml",
        description=f"{_by_and_when(paper)}: what the question document says of it, and which claims cite it.",
        authors=authors(paper),
        year=paper.year,
        venue=paper.venue or "Preprint",
        version=paper.arxiv_version,
        link=external_link(url, link_words(Source(key, "paper", paper_name(paper), url, paper))) if url else None,
        doi=paper.doi,
        repositories=[external_link(repository) for repository in repositories],
        models=[link(page, urls.model(name), model_title(model)) for name, model in models.items()],
        in_its_role=[
            link(page, urls.model(name), model_title(site.catalog.models[name]))
            for name in site.uses.in_role_of.get(key, ())
        ],
        summary=quotation(paper.summary) if paper.summary else None,
        documents=documents,
        questions=[answer.link_from(page) for answer in using],
        claims=list(_claims(page, key, using)),
        bibtex=fence(bibtex(key, paper), "bibtex"),
    )


def _claims(page: str, key: str, using: list[Answer]) -> Iterator[Markup]:
    """Each sentence that cites the paper or its repository, once, as a link to the place where it first does.

    Behind it stand the places in the source that all its citations name.
    """
    for answer in using:
        cited: dict[str, list[Claim]] = {}
        for claim in answer.claims:
            if claim.key in (key, f"{key}-code"):
                cited.setdefault(claim.sentence, []).append(claim)
        yield from (_claim(page, key, answer, claims) for claims in cited.values())


def _claim(page: str, key: str, answer: Answer, claims: list[Claim]) -> Markup:
    named = (
        (("repository",) if claim.key != key else ()) + ((claim.locator,) if claim.locator else ()) for claim in claims
    )
    places = dict.fromkeys(", ".join(parts) for parts in named if parts)
    where = f" ({markdown('; '.join(places))})" if places else ""
    language = answer.question.entry.answer_language
    words = link(page, answer.page, claims[0].sentence, claims[0].anchor, language)
    return Markup(f"{words}{where}")


def _by_and_when(paper: Paper) -> str:
    return authors(paper, 2) + (f", {paper.year}" if paper.year else "")
