"""A page for each model: the block it is, what goes in and comes out, and who recommends it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from markupsafe import Markup

from seamline.blocks.names import parse_block
from seamline.blocks.ports import PortType
from seamline.blocks.tasks import named_task
from seamline.catalog.entries import Model, Role
from seamline.catalog.origins import model_title
from seamline.catalog.sources import paper_name
from seamline.pages import urls
from seamline.pages.cards import Card, cards, index_page, sample_cards
from seamline.pages.html import external_link, link, table
from seamline.pages.kinds.answers import Answers
from seamline.pages.layout import fill
from seamline.pages.not_run import not_run
from seamline.pages.site_data import SiteData
from seamline.pages.watching.page_unit import PageUnit


def units(site: SiteData, answers: Answers) -> Iterator[PageUnit]:
    """A page for each model, and their index."""
    for name in site.catalog.models:
        yield PageUnit(f"model {name}", partial(_model, site, answers, name))
    yield PageUnit("models", partial(_list, site))


def _model(site: SiteData, answers: Answers, name: str) -> dict[str, str]:
    return {urls.model(name): _page(site, answers, name, site.catalog.models[name])}


def _list(site: SiteData) -> dict[str, str]:
    recommended = [
        Card(model_title(model), urls.model(name), model.block, _first_sample(site, name))
        for name, model in site.catalog.models.items()
        if not model.in_role_of
    ]
    return index_page(site, "models", recommended, own=partial(_own_models, site))


def _own_models(site: SiteData, page: str) -> Markup:
    """Cards of the project's own models, for the first page of the list."""
    own = [
        Card(model_title(model), urls.model(name), _role_words(model.in_role_of), _first_sample(site, name))
        for name, model in site.catalog.models.items()
        if model.in_role_of
    ]
    return cards(site, page, own) if own and page == urls.page_of_list("models", 1) else Markup("")


def _page(site: SiteData, answers: Answers, name: str, model: Model) -> str:
    page, block = urls.model(name), parse_block(model.block)
    task = named_task(block, model.task)
    papers = site.catalog.papers
    return fill(
        "model",
        title=model_title(model),
        made_from=f"catalog/models/{name}.yml",
        description=f"{model_title(model)} as a workflow block: {task.sentence}",
        block=model.block,
        task=task,
        ports=table(
            ("Port", "Carries", "Type"),
            [*_ports("takes", task.inputs, block.inputs), *_ports("gives", task.outputs, block.outputs)],
        ),
        weights=model.weights,
        folder=model.folder,
        role=model.in_role_of,
        role_paper=_role_paper(site, page, model),
        github=external_link(model.github) if model.github else None,
        papers=[link(page, urls.paper(key), paper_name(papers[key])) for key in model.papers if key in papers],
        licences=table(("Source", "What it says"), ((one.source, one.says) for one in model.licences))
        if model.licences
        else None,
        questions=[answers[using].link_from(page) for using in site.uses.by_model.get(name, ())],
        not_run=not_run(site, page, [name]),
        samples=cards(site, page, sample_cards(site, site.uses.samples_of.get(name, ()))),
    )


def _ports(side: str, carries: tuple[str, ...], kinds: tuple[PortType, ...]) -> Iterator[tuple[str, str, str]]:
    for words, kind in zip(carries, kinds, strict=True):
        yield side, words, f"{kind.noun} ({kind.code})"


def _role_words(role: Role) -> str:
    return f"Plays the role of {role.name}; it is not {role.name}"


def _role_paper(site: SiteData, page: str, model: Model) -> Markup | None:
    key = (model.in_role_of.paper if model.in_role_of else None) or ""
    return link(page, urls.paper(key), paper_name(site.catalog.papers[key])) if key in site.catalog.papers else None


def _first_sample(site: SiteData, model: str) -> str | None:
    return next(iter(site.uses.samples_of.get(model, ())), None)
