"""Coverage: each key notion of a question against each source, and as plainly where none mentions it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from seamline.catalog.entries import Notion, Paper, Question
from seamline.catalog.notions import mentions, notions_of
from seamline.catalog.sentences import sentences_of
from seamline.catalog.sources import Source


@dataclass(frozen=True, slots=True)
class Mention:
    """What one source's given text says of one notion.

    Attributes:
        key: citation key of the source.
        where: `summary` or `title` where the notion is mentioned, `nowhere` when it is not, `unread` when the
            title does not mention it and no summary was given.
        sentence: the sentence that mentions it most often, or the title; empty otherwise.
    """

    key: str
    where: Literal["summary", "title", "nowhere", "unread"]
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One notion against every paper among the sources."""

    notion: Notion
    mentions: tuple[Mention, ...]

    @property
    def mentioned(self) -> bool:
        """Whether any source mentions the notion."""
        return any(mention.sentence for mention in self.mentions)


def coverage_of(question: Question, sources: Mapping[str, Source]) -> tuple[Row, ...]:
    """A row for each notion of the question, a mention for each paper in `sources`; repositories have no summary."""
    papers = {source.key: source.paper for source in sources.values() if source.paper}
    return tuple(
        Row(notion, tuple(_mention(notion, key, paper) for key, paper in papers.items()))
        for notion in notions_of(question)
    )


def _mention(notion: Notion, key: str, paper: Paper) -> Mention:
    telling = max(sentences_of(paper.summary), key=lambda sentence: mentions(notion, sentence), default="")
    if mentions(notion, telling):
        return Mention(key, "summary", telling)
    if mentions(notion, paper.title):
        return Mention(key, "title", paper.title)
    return Mention(key, "nowhere" if paper.summary else "unread")
