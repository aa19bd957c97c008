"""Coverage: each key concept of a question against each source, and as plainly where none mentions it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from seamline.catalog.entries import Paper, Question
from seamline.catalog.evidence.key_concepts import (
    Comparison,
    Sought,
    comparison,
    key_concepts_of,
    mentions,
    parts_of_name,
    task_concepts_of,
)
from seamline.catalog.evidence.sentences import sentences_of
from seamline.catalog.sources import Source


@dataclass(frozen=True, slots=True)
class Mention:
    """What one source's given text says of one concept.

    Attributes:
        key: citation key of the source.
        where: `summary` or `title` where the concept is mentioned, `nowhere` when it is not, `unread` when the
            title does not mention it and no summary was given. Where the question's own words were not looked up:
            `elsewhere`, as the summary is in another language, or `unsure`, as one cannot tell.
        sentence: the sentence that mentions it most often, or the title; empty otherwise.
    """

    key: str
    where: Literal["summary", "title", "nowhere", "unread", "elsewhere", "unsure"]
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One concept against every paper among the sources."""

    concept: Sought
    mentions: tuple[Mention, ...]

    @property
    def mentioned(self) -> bool:
        """Whether any source mentions the concept."""
        return any(mention.sentence for mention in self.mentions)


def coverage_of(question: Question, sources: Mapping[str, Source], tasks: Sequence[str] = ()) -> tuple[Row, ...]:
    """A row for each concept of the question, a mention for each paper in `sources`; repositories have no summary.

    A name of two words that no source mentions gives way to those of its words that one does. Empty where nothing can
    be said: `why_nothing` tells the reason.

    Args:
        tasks: what the work of the recommended models is called; each is looked up, too, where the question's own words
            are.
    """
    if why_nothing(question, sources):
        return ()
    papers = {source.key: source.paper for source in sources.values() if source.paper}
    compared = {key: comparison(question, paper.summary or paper.title) for key, paper in papers.items()}

    def row(concept: Sought) -> Row:
        return Row(concept, tuple(_mention(concept, key, paper, compared[key]) for key, paper in papers.items()))

    rows: dict[str, Row] = {}
    for concept in key_concepts_of(question):
        whole = row(concept)
        parts = [] if whole.mentioned else [part for one in parts_of_name(concept) if (part := row(one)).mentioned]
        for found in parts or [whole]:
            rows.setdefault(found.concept.name, found)
    if rows:
        rows |= {concept.name: row(concept) for concept in task_concepts_of(question, tasks)}
    return tuple(rows.values())


def why_nothing(question: Question, sources: Mapping[str, Source]) -> Comparison | None:
    """Why no summary can be searched for the question's own words; `None` where one can, or where none was given."""
    summaries = [source.paper.summary for source in sources.values() if source.paper and source.paper.summary]
    compared = [comparison(question, summary) for summary in summaries] or [comparison(question, "")]
    for reason in ("same", "unmeasured", "unsure", "other"):
        if reason in compared:
            return None if reason == "same" or (reason == "unsure" and not summaries) else reason
    return None


def is_whole(rows: tuple[Row, ...]) -> bool:
    """Whether every summary was searched, so that silence can be told from not having looked."""
    return not any(mention.where in ("elsewhere", "unsure") for row in rows for mention in row.mentions)


def _mention(concept: Sought, key: str, paper: Paper, compared: Comparison) -> Mention:
    if compared == "other":
        return Mention(key, "elsewhere" if paper.summary else "unread")
    telling = max(sentences_of(paper.summary), key=lambda sentence: mentions(concept, sentence), default="")
    if mentions(concept, telling):
        return Mention(key, "summary", telling)
    if mentions(concept, paper.title):
        return Mention(key, "title", paper.title)
    if not paper.summary:
        return Mention(key, "unread")
    return Mention(key, "nowhere" if compared == "same" else "unsure")
