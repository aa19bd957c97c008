"""Pages of models and papers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seamline.blocks.names import parse_block
from seamline.blocks.ports import PortType
from seamline.blocks.tasks import task_of
from seamline.catalog.bibliography import bibtex
from seamline.catalog.entries import Model, Paper
from seamline.catalog.origins import model_title
from seamline.catalog.sources import Source, paper_name, paper_url
from seamline.pages import site_map
from seamline.pages.answers import Answer
from seamline.pages.cards import Card, cards, index_page, sample_cards
from seamline.pages.citations import Claim, authors, link_words
from seamline.pages.layout import fill
from seamline.pages.markup import Markup, element, fence, markdown, quotation, source_link, table
from seamline.pages.project import Project

Answers = Mapping[str, Answer]


def model_pages(project: Project, answers: Answers) -> dict[str, str]:
    """A page for each model, and their index."""
    models = project.catalog.models
    tree = {site_map.model(name): _model_page(project, answers, name, model) for name, model in models.items()}
    return tree | index_page(
        project,
        "models",
        [
            Card(model_title(model), site_map.model(name), model.block, _first_sample(project, name))
            for name, model in models.items()
        ],
    )


def paper_pages(project: Project, answers: Answers) -> dict[str, str]:
    """A page for each paper, and their index."""
    papers = project.catalog.papers
    tree = {site_map.paper(key): _paper_page(project, answers, key, paper) for key, paper in papers.items()}
    return tree | index_page(
        project,
        "papers",
        [Card(paper_name(paper), site_map.paper(key), _by_and_when(paper)) for key, paper in papers.items()],
    )


def _model_page(project: Project, answers: Answers, name: str, model: Model) -> str:
    page, block = site_map.model(name), parse_block(model.block)
    task = task_of(block)
    return fill(
        "model",
        title=model_title(model),
        description=f"{model_title(model)} as a workflow block: {task.sentence}",
        block=model.block,
        task=task,
        ports=table(
            ("Port", "Carries", "Type"),
            [*_ports("takes", task.inputs, block.inputs), *_ports("gives", task.outputs, block.outputs)],
        ),
        weights=model.weights,
        github=_external(model.github) if model.github else None,
        papers=[_paper_link(project, page, key) for key in model.papers if key in project.catalog.papers],
        licences=table(("Source", "What it says"), ((one.source, one.says) for one in model.licences))
        if model.licences
        else None,
        questions=[
            _link(page, answers[using].page, answers[using].title) for using in project.uses.by_model.get(name, ())
        ],
        samples=cards(project, page, sample_cards(project, project.uses.samples_of.get(name, ()))),
    )


def _ports(side: str, carries: tuple[str, ...], kinds: tuple[PortType, ...]) -> Iterator[tuple[str, str, str]]:
    for words, kind in zip(carries, kinds, strict=True):
        yield side, words, f"{kind.noun} ({kind.code})"


def _paper_page(project: Project, answers: Answers, key: str, paper: Paper) -> str:
    page = site_map.paper(key)
    url = paper_url(paper)
    using = [answers[question_id] for question_id in project.uses.by_source.get(key, ())]
    documents = sorted({answer.question.entry.document for answer in using if answer.question.entry.document})
    models = {name: project.catalog.models[name] for name in project.uses.models_of.get(key, ())}
    repositories = dict.fromkeys(url for url in (paper.github, *(model.github for model in models.values())) if url)
    return fill(
        "paper",
        title=paper_name(paper),
        description=f"{_by_and_when(paper)}: what the question document says of it, and which claims cite it.",
        authors=authors(paper),
        year=paper.year,
        venue=paper.venue or "Preprint",
        version=paper.arxiv_version,
        link=_external(url, link_words(Source(key, "paper", paper_name(paper), url, paper))) if url else None,
        doi=paper.doi,
        repositories=[_external(repository) for repository in repositories],
        models=[_link(page, site_map.model(name), model_title(model)) for name, model in models.items()],
        summary=quotation(paper.summary) if paper.summary else None,
        documents=documents,
        questions=[_link(page, answer.page, answer.title) for answer in using],
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
    return Markup(f"[{markdown(claims[0].sentence)}]({source_link(page, answer.page, claims[0].anchor)}){where}")


def _by_and_when(paper: Paper) -> str:
    return authors(paper, 2) + (f", {paper.year}" if paper.year else "")


def _paper_link(project: Project, page: str, key: str) -> Markup:
    return _link(page, site_map.paper(key), paper_name(project.catalog.papers[key]))


def _link(page: str, target: str, words: str) -> Markup:
    return Markup(f"[{markdown(words)}]({source_link(page, target)})")


def _external(url: str, words: str = "") -> Markup:
    return element("a", {"href": url, "rel": "external"}, words or url.removeprefix("https://"))


def _first_sample(project: Project, model: str) -> str | None:
    return next(iter(project.uses.samples_of.get(model, ())), None)
