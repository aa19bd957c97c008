"""Read the given summaries for the questions whose drafts quote them, and record what was chosen."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from seamline.catalog import Catalog, WrittenQuestion
from seamline.catalog.entries import Model, Question
from seamline.catalog.evidence.readings import (
    FILE,
    Reading,
    digest_of_what_is_read,
    is_stale,
    load_readings,
    readable,
    record_of,
    why_by_words,
)
from seamline.catalog.reading.validation import suggestion
from seamline.catalog.sources import sources_for
from seamline.errors import RecordError, RunError
from seamline.files import write_if_changed
from seamline.hashing import digest_of
from seamline.runs.execute.progress import Progress

_QUOTES = re.compile(r"\{\{\s*(?:evidence|best)\(")
"""Macros by which an answer quotes what was found, as a draft does."""


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What `read` did, question by question, of those that it considered.

    Attributes:
        read: ids of the questions that were read now.
        fresh: those whose reading holds.
        by_words: why those that are not read are left to words, by id.
    """

    read: tuple[str, ...]
    fresh: tuple[str, ...]
    by_words: Mapping[str, str]


def read_questions(
    root: Path,
    catalog: Catalog,
    only: Collection[str],
    *,
    force: bool = False,
    say: Callable[[str], None] | None = None,
) -> ReadReport:
    """Read what is missing or stale, and write `catalog/readings.json`. Hold the project's lock.

    A record that was torn is written anew, unless `only` says to keep what it holds of others.

    Args:
        only: ids of the questions to read; all that quote where empty. Others keep their readings.
        force: read what is fresh, too.
        say: takes a line for each question that was read; by default they go to standard error.

    Raises:
        RunError: `only` names a question that does not exist.
        RecordError: `only` names questions, and the readings of the others were torn or altered.
        WeightsError: the reader is not here, or cannot be loaded.
    """
    from seamline.reader.choosing import chosen_by
    from seamline.reader.language_model import Reader

    if unknown := sorted(set(only) - catalog.questions.keys()):
        meant = suggestion(unknown[0], catalog.questions)
        hint = f"{meant}{'' if meant.endswith('?') else ';'} ids are the names of files in catalog/questions"
        raise RunError(f"there is no question {unknown[0]!r}", where="--only", hint=hint)
    reader = Reader(root)
    identity = digest_of(reader.identity)
    try:
        known = load_readings(root)
    except RecordError:
        if only:
            raise
        known = {}
    readings, due, fresh, by_words = _sorted_out(catalog, known, only, identity, force=force)
    progress = Progress(say, len(due))
    for name, sentences in due.items():
        question = catalog.questions[name].entry
        models = models_of(catalog, question)
        chosen = chosen_by(reader, question, models, sentences)
        read = digest_of_what_is_read(question, sentences, models)
        readings[name] = Reading(read=read, reader=identity, chosen=chosen)
        progress.say(f"{name}: read {sum(map(len, sentences.values()))} sentences")
    if readings or (root / FILE).is_file():
        write_if_changed(root / FILE, record_of(readings))
    return ReadReport(tuple(due), tuple(fresh), by_words)


def _sorted_out(
    catalog: Catalog, known: Mapping[str, Reading], only: Collection[str], identity: str, *, force: bool
) -> tuple[dict[str, Reading], dict[str, dict[str, list[str]]], list[str], dict[str, str]]:
    """Readings that are kept, the sentences of questions that are due, what is fresh, and what is left to words."""
    kept: dict[str, Reading] = {}
    due: dict[str, dict[str, list[str]]] = {}
    fresh: list[str] = []
    by_words: dict[str, str] = {}
    for name, question in sorted(catalog.questions.items()):
        old = known.get(name)
        if only and name not in only:
            if old is not None:
                kept[name] = old
            continue
        if not _quotes(question):
            if only:
                by_words[name] = "its answer quotes no sentence that is chosen"
            continue
        entry, sources = question.entry, sources_for(catalog, name)
        if why := why_by_words(entry, sources):
            by_words[name] = why
            continue
        sentences = readable(entry, sources)
        read = digest_of_what_is_read(entry, sentences, models_of(catalog, entry))
        if old is not None and (old.read, old.reader) == (read, identity) and not force:
            kept[name] = old
            fresh.append(name)
        else:
            due[name] = sentences
    return kept, due, fresh, by_words


def stale_readings(catalog: Catalog) -> tuple[str, ...]:
    """Ids of the questions whose page ranks by words, as what was read of them has changed since.

    Raises:
        RecordError: the record of readings was torn or altered.
    """
    known = load_readings(catalog.root)
    return tuple(
        name
        for name, question in sorted(catalog.questions.items())
        if name in known
        and _quotes(question)
        and is_stale(question.entry, sources_for(catalog, name), known[name], models_of(catalog, question.entry))
    )


def models_of(catalog: Catalog, question: Question) -> list[Model]:
    """The models that a question recommends."""
    return [catalog.models[model] for model in question.models]


def _quotes(question: WrittenQuestion) -> bool:
    """Whether the question's page quotes sentences that were found: as a draft, or by a macro."""
    return not question.body.strip() or bool(_QUOTES.search(question.body))
