"""Index pages' cards: a thumbnail, a title that links, and a line of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from seamline.catalog.evidence.text_direction import direction_of
from seamline.pages import urls
from seamline.pages.html import element, relative_url, source_link
from seamline.pages.labels import run_words
from seamline.pages.layout import fill
from seamline.pages.site_data import SiteData
from seamline.runs.store.descriptions import edited_words, people_words, result_noun

GUIDE = "guides/answer-your-own-question.md"
"""The hand-written page that tells how to ask a question, where a project has one."""

INDEXES: Mapping[str, str] = {
    "questions": "Questions about AI models, each answered from the sources it came with.",
    "workflows": "What goes into the models of each question, and what comes out.",
    "models": "The models that questions recommend, as blocks of a workflow.",
    "papers": "The papers that came with the questions, and where the answers cite them.",
    "samples": "Edits that were really run, each with its recipe and record.",
}
"""What the index of each kind of page says of itself."""


@dataclass(frozen=True, slots=True)
class Card:
    """One entry of an index.

    Attributes:
        target: page it leads to.
        sample: sample whose edit is its thumbnail, if any.
        draft: whether no person has written what it leads to.
        language: of the title, ISO 639, where it is not the page's; `words_language` likewise of the words.
    """

    title: str
    target: str
    words: str
    sample: str | None = None
    draft: bool = False
    language: str = ""
    words_language: str = ""


def cards(site: SiteData, page: str, entries: Iterable[Card]) -> Markup:
    """The cards as one HTML block; a sentence when there are none."""
    items = [_card(site, page, card) for card in entries]
    if not items:
        return Markup("There is nothing here yet.")
    return Markup(f"\n\n{element('ul', {'class': 'sl-cards'}, *items)}\n\n")


PER_PAGE = 30
"""Cards on one page of an index: with the frame of the theme about 50 kB, however many entries there are."""

_NOTHING: Mapping[str, Any] = {"topics": Markup(""), "own": Markup("")}
"""What the templates of lists show where there is none of it."""


def index_page(site: SiteData, kind: str, entries: Iterable[Card] = (), **values: Any) -> dict[str, str]:
    """The pages that list every entry of a kind of `INDEXES`, by their paths; `values` are given to the template."""
    return listing(site, kind, kind, tuple(entries), title=kind.capitalize(), description=INDEXES[kind], **values)


def listing(
    site: SiteData,
    template: str,
    folder: str,
    entries: Sequence[Card],
    *,
    title: str,
    description: str,
    **values: Any,
) -> dict[str, str]:
    """The entries as cards, `PER_PAGE` to a page: the first page in `folder`, the others in folders below it.

    Args:
        values: for the template; a function is given the page's path.
    """
    count = pages_for(len(entries))
    tree: dict[str, str] = {}
    for number in range(1, count + 1):
        part = entries[(number - 1) * PER_PAGE : number * PER_PAGE]
        about = {"title": title, "description": description}
        tree |= list_page(site, template, folder, part, number, count, **about, **values)
    return tree


def pages_for(entries: int) -> int:
    """How many pages list so many entries: one, if there are none."""
    return max(1, -(-entries // PER_PAGE))


def list_page(
    site: SiteData,
    template: str,
    folder: str,
    part: Sequence[Card],
    number: int,
    count: int,
    *,
    title: str,
    description: str,
    **values: Any,
) -> dict[str, str]:
    """One of the `count` pages of a list, with its `part` of the entries; `number` is counted from 1."""
    page = urls.page_of_list(folder, number)
    written = fill(
        template,
        title=title if number == 1 else f"{title}, page {number}",
        description=description,
        cards=cards(site, page, part),
        more=page_links(page, folder, number, count),
        guide=Markup(source_link(page, urls.page_of(GUIDE))) if GUIDE in site.docs else None,
        all_references=Markup(source_link(page, urls.REFERENCES)),
        **{**_NOTHING, **{name: value(page) if callable(value) else value for name, value in values.items()}},
    )
    return {page: written}


def page_links(page: str, folder: str, number: int, count: int) -> Markup:
    """Links between the pages of a list; empty where there is one."""
    if count == 1:
        return Markup("")

    def to(target: int, words: str, **attributes: str) -> Markup:
        return element("a", {"href": relative_url(page, urls.page_of_list(folder, target)), **attributes}, words)

    near = sorted({1, count, *range(max(1, number - 2), min(count, number + 2) + 1)})
    items = [to(number - 1, "Previous", rel="prev")] if number > 1 else []
    for before, one in zip([0, *near], near, strict=False):
        items += [element("span", {}, "…")] if one > before + 1 else []
        items.append(element("span", {"aria-current": "page"}, str(one)) if one == number else to(one, str(one)))
    items += [to(number + 1, "Next", rel="next")] if number < count else []
    return element("nav", {"class": "sl-pages", "aria-label": "Pages of this list"}, *items)


def sample_cards(site: SiteData, names: Iterable[str]) -> list[Card]:
    """A card for each of these samples, with its instruction."""
    samples = site.catalog.samples
    return [Card(samples[name].title, urls.sample(name), samples[name].words, name) for name in names]


def thumbnail(site: SiteData, page: str, sample_id: str) -> Markup:
    """A sample's edited image, small, with its label; a note on its state when it has none."""
    sample, record = site.catalog.samples[sample_id], site.run(sample_id)
    picture = (record.result or record.one("input")) if record else None
    if record is None or picture is None:
        return element("span", {"class": "sl-thumb sl-thumb--missing"}, "not drawn yet")
    image = element(
        "img",
        {
            "class": "sl-thumb",
            "src": relative_url(page, urls.run_folder(sample_id, record.weights_name) + picture.file),
            "width": picture.width,
            "height": picture.height,
            "alt": f"{result_noun(record)}: {edited_words(sample, record)}",
            "loading": "lazy",
            "decoding": "async",
        },
    )
    by = f" by {record.weights.label}" if record.main.weights else ""
    words = f"{run_words(record)}{by}; {people_words(sample)}"
    label = {"class": "sl-label", "data-sample": sample_id, "data-weights": record.weights_name}
    return Markup(image + element("span", label, words))


def _card(site: SiteData, page: str, card: Card) -> Markup:
    picture = [thumbnail(site, page, card.sample)] if card.sample in site.catalog.samples and card.sample else []
    leads = {"class": "sl-card-title", "href": relative_url(page, card.target), "lang": card.language or None}
    title = element("a", leads, card.title)
    # Beside a title in another language, the words are not in its direction either.
    turned = card.language and direction_of(card.title) and not direction_of(card.words)
    marks = {"class": "sl-card-words", "lang": card.words_language or None, "dir": "ltr" if turned else None}
    words = [element("span", marks, card.words)] if card.words else []
    draft = [element("span", {"class": "sl-card-draft"}, "Draft")] if card.draft else []
    return element("li", {"class": "sl-card", "dir": direction_of(card.title) or None}, *picture, *draft, title, *words)
