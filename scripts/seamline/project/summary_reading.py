"""Read the given summaries for the questions whose drafts quote them, and record what was chosen."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from seamline.catalog import Catalog, WrittenQuestion
from seamline.catalog.evidence.readings import FILE, Reading, digest_of_what_is_read, load_readings, readable, record_of
from seamline.catalog.sources import sources_for
from seamline.errors import RecordError, RunError
from seamline.files import write_if_changed
from seamline.hashing import digest_of

_QUOTES = re.compile(r"\{\{\s*(?:evidence|best)\(")
"""Macros by which an answer quotes what was found, as a draft does."""


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What `read` did, question by question.

    Attributes:
        read: ids of the questions that were read now.
        fresh: those whose reading holds.
        by_words: those that are not read, as they are not in English, name their key concepts or have no summary.
    """

    read: tuple[str, ...]
    fresh: tuple[str, ...]
    by_words: tuple[str, ...]


def read_questions(root: Path, catalog: Catalog, only: Collection[str], *, force: bool = False) -> ReadReport:
    """Read what is missing or stale, and write `catalog/readings.json`. Hold the project's lock.

    Args:
        only: ids of the questions to read; all that quote where empty. Others keep their readings.
        force: read what is fresh, too.

    Raises:
        RunError: `only` names a question that does not exist.
        WeightsError: the reader is not here, or cannot be loaded.
    """
    from seamline.reader.choosing import chosen_by
    from seamline.reader.language_model import Reader

    if unknown := sorted(set(only) - catalog.questions.keys()):
        raise RunError(
            f"no such question: {', '.join(unknown)}", hint="ids are the names of files in catalog/questions"
        )
    reader = Reader(root)
    identity = digest_of(reader.identity)
    try:
        known = load_readings(root)
    except RecordError:
        known = {}
    readings: dict[str, Reading] = {}
    done: dict[str, list[str]] = {"read": [], "fresh": [], "by words": []}
    for name, question in sorted(catalog.questions.items()):
        if not _quotes(question):
            continue
        sentences = readable(question.entry, sources_for(catalog, name))
        if not any(sentences.values()):
            done["by words"].append(name)
            continue
        read = digest_of_what_is_read(question.entry, sentences)
        old = known.get(name)
        holds = old is not None and (old.read, old.reader) == (read, identity)
        if old is not None and ((holds and not force) or (only and name not in only)):
            readings[name] = old
            done["fresh"].append(name)
        elif not only or name in only:
            models = [catalog.models[model] for model in question.entry.models]
            chosen = chosen_by(reader, question.entry, models, sentences)
            readings[name] = Reading(read=read, reader=identity, chosen=chosen)
            done["read"].append(name)
    if readings or (root / FILE).is_file():
        write_if_changed(root / FILE, record_of(readings))
    return ReadReport(tuple(done["read"]), tuple(done["fresh"]), tuple(done["by words"]))


def _quotes(question: WrittenQuestion) -> bool:
    """Whether the question's page quotes sentences that were found: as a draft, or by a macro."""
    return not question.body.strip() or bool(_QUOTES.search(question.body))
