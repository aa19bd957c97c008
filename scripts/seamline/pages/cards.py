"""Index pages' cards: a thumbnail, a title that links, and a line of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from seamline.catalog.direction import direction_of
from seamline.pages import site_map
from seamline.pages.labels import people_words
from seamline.pages.layout import fill
from seamline.pages.markup import Markup, element, relative_url, source_link
from seamline.pages.project import Project
from seamline.samples.descriptions import edited_words

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


def cards(project: Project, page: str, entries: Iterable[Card]) -> Markup:
    """The cards as one HTML block; a sentence when there are none."""
    items = [_card(project, page, card) for card in entries]
    if not items:
        return Markup("There is nothing here yet.")
    return Markup(f"\n\n{element('ul', {'class': 'sl-cards'}, *items)}\n\n")


def index_page(project: Project, kind: str, entries: Iterable[Card] = ()) -> dict[str, str]:
    """The page that lists every entry of a kind of `INDEXES`, by its path."""
    page = f"{kind}/index.md"
    listed = cards(project, page, entries)
    guide = Markup(source_link(page, site_map.page_of(GUIDE))) if GUIDE in project.docs else None
    return {page: fill(kind, title=kind.capitalize(), description=INDEXES[kind], cards=listed, guide=guide)}


def sample_cards(project: Project, names: Iterable[str]) -> list[Card]:
    """A card for each of these samples, with its instruction."""
    samples = project.catalog.samples
    return [Card(samples[name].title, site_map.sample(name), samples[name].instruction, name) for name in names]


def thumbnail(project: Project, page: str, sample_id: str) -> Markup:
    """A sample's edited image, small, with its label; a note on its state when it has none."""
    sample, record = project.catalog.samples[sample_id], project.run(sample_id)
    picture = (record.one("edited") or record.one("input")) if record else None
    if record is None or picture is None:
        return element("span", {"class": "sl-thumb sl-thumb--missing"}, "not drawn yet")
    image = element(
        "img",
        {
            "class": "sl-thumb",
            "src": relative_url(page, site_map.run_folder(sample_id, record.weights.name) + picture.file),
            "width": picture.width,
            "height": picture.height,
            "alt": f"Edited image: {edited_words(sample, record)}",
            "loading": "lazy",
            "decoding": "async",
        },
    )
    words = f"AI-edited by {record.weights.label}; {people_words(sample)}"
    label = {"class": "sl-label", "data-sample": sample_id, "data-weights": record.weights.name}
    return Markup(image + element("span", label, words))


def _card(project: Project, page: str, card: Card) -> Markup:
    picture = [thumbnail(project, page, card.sample)] if card.sample in project.catalog.samples and card.sample else []
    title = element("a", {"class": "sl-card-title", "href": relative_url(page, card.target)}, card.title)
    words = [element("span", {"class": "sl-card-words"}, card.words)] if card.words else []
    draft = [element("span", {"class": "sl-card-draft"}, "Draft")] if card.draft else []
    return element("li", {"class": "sl-card", "dir": direction_of(card.title) or None}, *picture, *draft, title, *words)
