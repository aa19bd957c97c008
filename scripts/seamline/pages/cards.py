"""Index pages' cards: a thumbnail, a title that links, and a line of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

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
    """

    title: str
    target: str
    words: str
    sample: str | None = None
    draft: bool = False


def cards(site: SiteData, page: str, entries: Iterable[Card]) -> Markup:
    """The cards as one HTML block; a sentence when there are none."""
    items = [_card(site, page, card) for card in entries]
    if not items:
        return Markup("There is nothing here yet.")
    return Markup(f"\n\n{element('ul', {'class': 'sl-cards'}, *items)}\n\n")


def index_page(site: SiteData, kind: str, entries: Iterable[Card] = (), own: Sequence[Card] = ()) -> dict[str, str]:
    """The page that lists every entry of a kind of `INDEXES`, by its path.

    Args:
        own: entries of the project's own, which stand under a heading of their own.
    """
    page = f"{kind}/index.md"
    listed = cards(site, page, entries)
    guide = Markup(source_link(page, urls.page_of(GUIDE))) if GUIDE in site.docs else None
    return {
        page: fill(
            kind,
            title=kind.capitalize(),
            description=INDEXES[kind],
            cards=listed,
            guide=guide,
            own=cards(site, page, own) if own else None,
        )
    }


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
    title = element("a", {"class": "sl-card-title", "href": relative_url(page, card.target)}, card.title)
    words = [element("span", {"class": "sl-card-words"}, card.words)] if card.words else []
    draft = [element("span", {"class": "sl-card-draft"}, "Draft")] if card.draft else []
    return element("li", {"class": "sl-card", "dir": direction_of(card.title) or None}, *picture, *draft, title, *words)
