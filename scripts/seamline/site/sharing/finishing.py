"""Give a built site what makes its pages shareable, citable and readable by machine, whichever builder built it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath

from lxml import html

from seamline.catalog import WrittenQuestion
from seamline.catalog.evidence.text_direction import direction_of
from seamline.files import refusal
from seamline.pages import SiteData
from seamline.pages.kinds.answer_citation import BIBTEX, CSL, FOLD, AnswerReference
from seamline.pages.kinds.answers import title_language
from seamline.site.html_page import Page, read_pages
from seamline.site.sharing import answer_feed, markdown_pages, page_head, sitemap, social_cards
from seamline.site.sharing.page_facts import Facts, PageFacts
from seamline.site.sharing.page_notes import PageNote, PageNotes, in_order
from seamline.site.sharing.page_words import PageWords, words_of
from seamline.site.sharing.publication import CARDS, Publication, publication_of
from seamline.site.sharing.structured_data import script, structured_data

_NOT_FOUND = "404.html"
_SECTIONS = {
    "question": "Questions", "draft": "Drafts", "sample": "Samples", "model": "Models", "paper": "Papers",
    "page": "Guides", "home": "Guides", "reference": "Optional",
}  # fmt: skip
_CITE_FOLD = re.compile(
    rb"(<details\b[^>]*\bclass=\"[^\"]*\b%s\b[^\"]*\"[^>]*>).*?(</details>)" % FOLD.encode(), re.DOTALL
)


def share(folder: Path, site: SiteData, notes: PageNotes, pictures: Path | None = None) -> None:
    """Finish the pages of the built site in `folder`, and write what lists them; see `finish_pages`, `write_lists`.

    Raises:
        FilesError: the file system refused.
    """
    finish_pages(folder, site, notes, pictures)
    write_lists(folder, site, notes)


def finish_pages(folder: Path, site: SiteData, notes: PageNotes, pictures: Path | None = None) -> None:
    """Finish the pages of the built site in `folder`, and write what lies beside each.

    Where the site has an address: Open Graph and cards. With or without one: JSON-LD, Markdown of each page, and
    citations of answers.

    Args:
        notes: those of the pages in `folder` are put into it.
        pictures: folder that holds the pictures of runs, as the site does; `folder` by default.

    Raises:
        FilesError: the file system refused.
    """
    try:
        sharing = _Sharing(folder, site, pictures or folder)
        for page in read_pages(folder):
            if page.path != _NOT_FOUND:
                notes[page.path] = sharing.finish(page)
    except OSError as error:
        raise refusal(Path(error.filename or folder), error) from error


def write_lists(folder: Path, site: SiteData, notes: PageNotes) -> None:
    """Write `llms.txt` and, where the site has an address, its sitemap and a feed of answers that have a date.

    Args:
        folder: of the site, or of a part of it that holds the home page.
        notes: of all pages that are to be listed, wherever they lie.

    Raises:
        FilesError: the file system refused.
    """
    try:
        _write_lists(folder, site, notes)
    except OSError as error:
        raise refusal(Path(error.filename or folder), error) from error


def has_feed(site: SiteData, publication: Publication) -> bool:
    """Whether a site has a feed, to which each page leads."""
    questions = site.catalog.questions.values()
    return bool(publication.address) and any(answer_feed.has_date(question.entry) for question in questions)


class _Sharing:
    """One site being finished page by page."""

    def __init__(self, folder: Path, site: SiteData, pictures: Path) -> None:
        self._folder, self._site, self._pictures = folder, site, pictures
        self._facts, self._publication = Facts(site), publication_of(folder)
        self._cards: dict[tuple[str, str], str] = {}
        self._has_feed = has_feed(site, self._publication)

    def finish(self, page: Page) -> PageNote:
        """Write the page anew, and its Markdown and citations beside it."""
        words = words_of(page, self._publication.name)
        card, reads = self._site.log.noted(lambda: self._finish(page, words))
        return PageNote(words, card, reads)

    def _finish(self, page: Page, words: PageWords) -> str:
        known = self._facts.of(page.path)
        file = self._folder / page.path
        written = file.read_bytes()
        if known.kind == "question" and known.question:
            written = self._with_citation(written, file, known.question)
            page = replace(page, document=html.fromstring(written))
        if text := markdown_pages.as_markdown(page):
            (self._folder / markdown_pages.markdown_path(page.path)).write_text(text, encoding="utf-8")
        card = ""
        if self._publication.address:
            known = known if self._is_whole(known) else replace(known, picture=None)
            card = self._card(known, words)
        if known.question and known.kind in ("question", "draft"):
            entry = known.question.entry
            of_title = title_language(entry, self._publication.language)
            written = page_head.with_title_language(written, of_title, direction_of(entry.title or entry.asked))
        head = self._head(page.path, known, words, card)
        file.write_bytes(page_head.with_head(written, "\n".join(head)))
        return card

    def _head(self, path: str, known: PageFacts, words: PageWords, card: str) -> Iterator[str]:
        publication = self._publication
        if card:
            yield page_head.meta_tags(page_head.open_graph(path, known, words, publication, card))
        if self._has_feed:
            address = "../" * path.count("/") + answer_feed.PATH
            yield page_head.alternate(answer_feed.MEDIA_TYPE, address, f"New answers – {publication.name}")
        yield page_head.alternate("text/markdown", PurePosixPath(markdown_pages.markdown_path(path)).name)
        yield script(structured_data(path, known, words, publication, self._site))

    def _is_whole(self, known: PageFacts) -> bool:
        """A damaged picture is reported by the build and the audit; it keeps no page from having a card."""
        picture = known.picture
        return not picture or social_cards.can_be_read(self._pictures, picture)

    def _card(self, known: PageFacts, words: PageWords) -> str:
        """Path of the page's card, made once for the pages that share it: all without a picture share the site's."""
        name, picture = self._publication.name, known.picture
        key = (words.title, picture.path) if picture else ("", "")
        if key not in self._cards:
            of_site = social_cards.CardText(name, name, self._publication.description)
            text = social_cards.CardText(words.title, name) if picture else of_site
            made = social_cards.card(text, picture, self._pictures)
            digest = hashlib.sha256(made).hexdigest()[:8]
            path = f"{CARDS}/{known.entry if picture else ''}-{digest}{social_cards.SUFFIX}".replace("/-", "/site-")
            (self._folder / CARDS).mkdir(parents=True, exist_ok=True)
            (self._folder / path).write_bytes(made)
            self._cards[key] = path
        return self._cards[key]

    def _with_citation(self, page: bytes, file: Path, question: WrittenQuestion) -> bytes:
        """The page with its fold on how to cite it filled in; what can be downloaded there is written beside it."""
        publication = self._publication
        path = file.relative_to(self._folder).as_posix()
        reference = AnswerReference.of(
            question,
            language=publication.language,
            site=publication.name,
            url=publication.url(path) if publication.address else "",
        )
        (file.parent / BIBTEX).write_text(reference.bibtex() + "\n", encoding="utf-8")
        (file.parent / CSL).write_text(reference.csl_json(), encoding="utf-8")
        inside = reference.as_html().encode()
        return _CITE_FOLD.sub(lambda fold: fold[1] + inside + fold[2], page)


def _write_lists(folder: Path, site: SiteData, notes: PageNotes) -> None:
    facts, publication = Facts(site), publication_of(folder)
    days: dict[str, date | None] = {}
    listed: list[markdown_pages.Listed] = []
    answers: list[answer_feed.Entry] = []
    for path in in_order(notes):
        known, words = facts.of(path), notes[path].words
        entry = known.question.entry if known.kind == "question" and known.question else None
        days[path] = (entry.revised or entry.answered) if entry else None
        if entry and answer_feed.has_date(entry):
            answers.append(answer_feed.Entry(path, entry, words))
        if section := _SECTIONS.get(known.kind):
            listed.append(markdown_pages.Listed(section, path, words.title, words.description))
    sitemap.write_sitemap(folder, days, publication)
    (folder / markdown_pages.INDEX).write_text(markdown_pages.index_of(listed, publication), encoding="utf-8")
    if feed := answer_feed.feed(answers, publication):
        (folder / answer_feed.PATH).write_bytes(feed)
