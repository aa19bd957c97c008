"""A feed of new answers, for readers who follow the site: Atom, RFC 4287."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from lxml import etree

from seamline.catalog.entries import Question
from seamline.catalog.person_names import display_name
from seamline.pages.kinds.answers import title_language
from seamline.site.sharing.page_words import PageWords
from seamline.site.sharing.publication import Publication

PATH = "feed.xml"
MEDIA_TYPE = "application/atom+xml"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_NEWEST = 50
"""Answers in the feed: a reader fetches the whole of it each time."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer with a date: the path of its page, the question's entry, and the page's words."""

    path: str
    question: Question
    words: PageWords

    @property
    def published(self) -> date:
        """The day of the answer."""
        assert self.question.answered
        return self.question.answered

    @property
    def updated(self) -> date:
        """The day of its present text."""
        return self.question.revised or self.published


def has_date(question: Question) -> bool:
    """Whether a question's answer can be in the feed: a person wrote it, and says when."""
    return question.status == "written" and question.answered is not None


def feed(entries: Iterable[Entry], publication: Publication) -> bytes | None:
    """The newest answers as an Atom feed, newest first; None where the site has no address or no answer a date.

    An entry's id is its page's address. Nothing in it depends on the time of the build.
    """
    from feedgen.feed import FeedGenerator  # only a build needs it

    newest = sorted(entries, key=lambda one: (one.updated, one.published, one.path), reverse=True)[:_NEWEST]
    if not newest or not publication.address:
        return None
    made = FeedGenerator()
    made.id(publication.address)
    made.title(publication.name)
    if publication.description:
        made.subtitle(publication.description)
    made.language(publication.language)
    made.link(href=publication.address, rel="alternate", type="text/html")
    made.link(href=publication.url(PATH), rel="self", type=MEDIA_TYPE)
    made.author(name=publication.name)
    made.generator("Seamline")
    made.updated(_moment(newest[0].updated))
    for one in newest:
        _add(made.add_entry(order="append"), one, publication)
    return _with_languages(made.atom_str(pretty=True), newest, publication.language)


def _add(entry: Any, one: Entry, publication: Publication) -> None:
    address = publication.url(one.path)
    entry.id(address)
    entry.title(one.words.title)
    entry.link(href=address, rel="alternate", type="text/html")
    entry.summary(one.words.in_short or one.words.description)
    entry.published(_moment(one.published))
    entry.updated(_moment(one.updated))
    for author in one.question.authors:
        entry.author(name=display_name(author))


def _with_languages(written: bytes, entries: Iterable[Entry], language: str) -> bytes:
    """The feed with the language of each title and text that is not in the feed's own.

    Readers take from it how to read it out, and which way it runs.

    Source: RFC 4287, section 2, `xml:lang`.
    """
    root = etree.fromstring(written)
    for element, one in zip(root.iter("{*}entry"), entries, strict=True):
        if of_title := title_language(one.question, language):
            element.find("{*}title").set(_LANGUAGE, of_title)
        # Without a paragraph of the answer, the summary is the page's description: what was asked.
        answered_in = one.question.answer_language if one.words.in_short else ""
        if answered_in not in ("", language):
            element.find("{*}summary").set(_LANGUAGE, answered_in)
    marked: bytes = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return marked


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
