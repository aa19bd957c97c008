"""What the reader chose for each question, as `catalog/readings.json` records it.

A page is rendered from this record and never by a model: what a reader finds may differ in the last digit from one
machine to the next, and pages are compared byte for byte. A reading holds as long as the question and its summaries are
what was read; until `seamline read` has read them again, sentences are ranked by words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seamline.blocks.names import parse_block
from seamline.blocks.tasks import named_task
from seamline.catalog.entries import Model, Question
from seamline.catalog.evidence.key_concepts import question_language
from seamline.catalog.evidence.languages import detected
from seamline.catalog.evidence.retrieval import Evidence
from seamline.catalog.evidence.sentences import sentences_of
from seamline.catalog.sources import Source
from seamline.errors import RecordError
from seamline.hashing import digest_of
from seamline.seals import read_sealed, sealed

FILE = "catalog/readings.json"
MOST = 8
"""How many sentences a reading keeps, at most."""
WORDS, KIND = 0.25, 0.25
"""Weights of the score by words and of what a sentence does, beside the reader's; chosen on held-out topics and the
questions in view. Here, as a reading that was made with others does not hold."""
_REMEDY = "delete the file and run `seamline read`, which writes it again; or restore it from version control"


class Chosen(BaseModel):
    """One sentence that was chosen.

    Attributes:
        key: citation key of its source.
        position: its place in the source's summary, from 1.
        score: how near it is to the question; comparable within one reading only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    key: str
    position: int = Field(ge=1)
    score: float = Field(allow_inf_nan=False)


class Reading(BaseModel):
    """What the reader chose for one question.

    Attributes:
        read: digest of the question and the summaries that were read, as `digest_of_what_is_read` gives it.
        reader: digest of the reader.
        chosen: the sentences, best first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    read: str
    reader: str
    chosen: tuple[Chosen, ...] = Field(max_length=MOST, strict=False)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    questions: dict[str, Reading]


def readable(question: Question, sources: Mapping[str, Source]) -> dict[str, list[str]]:
    """Sentences of the summaries that the reader reads for a question, by citation key.

    Empty where the question does not seem to be in English, the one language that it learned, or declares key concepts:
    who names what is to be found is answered by words. Summaries in another language are left out.
    """
    if question.key_concepts or question_language(question) != "en":
        return {}
    summaries = {source.key: source.paper.summary for source in sources.values() if source.paper}
    return {key: sentences_of(text) for key, text in summaries.items() if text and detected(text) in ("en", "")}


def why_by_words(question: Question, sources: Mapping[str, Source]) -> str:
    """Why the reader has nothing to read for a question, as words that follow its id; empty where it has."""
    if question.key_concepts:
        return "it names its key concepts"
    if question_language(question) != "en":
        return "it does not seem to be in English"
    return "" if any(readable(question, sources).values()) else "no summary in English was given"


def digest_of_what_is_read(
    question: Question, sentences: Mapping[str, Sequence[str]], models: Sequence[Model] = ()
) -> str:
    """sha256 of a question's words, of what is read for it, and of what else decides the choice.

    Args:
        models: what the question recommends: the words of their tasks count.
    """
    tasks = [[task.name, *task.outputs] for task in (named_task(parse_block(one.block), one.task) for one in models)]
    decides = {"words": WORDS, "kind": KIND, "most": MOST, "tasks": tasks}
    return digest_of([question.asked, [[key, *some] for key, some in sentences.items()], decides])


def is_stale(
    question: Question, sources: Mapping[str, Source], reading: Reading | None, models: Sequence[Model] = ()
) -> bool:
    """Whether there is a reading, and of other words than are here, of a question that the reader reads."""
    if reading is None or why_by_words(question, sources):
        return False
    return evidence_read(question, sources, reading, models) is None


def evidence_read(
    question: Question, sources: Mapping[str, Source], reading: Reading | None, models: Sequence[Model] = ()
) -> tuple[Evidence, ...] | None:
    """The sentences that a reading chose, best first; None where there is none, or of other words than are here."""
    sentences = readable(question, sources) if reading else {}
    if reading is None or not sentences or reading.read != digest_of_what_is_read(question, sentences, models):
        return None
    found = [
        Evidence(one.key, sentences[one.key][one.position - 1], one.position, one.score)
        for one in reading.chosen
        if one.position <= len(sentences.get(one.key, ()))
    ]
    return tuple(found) if len(found) == len(reading.chosen) else None


def load_readings(root: Path) -> Mapping[str, Reading]:
    """The readings of a project by question; empty where none was made.

    Raises:
        RecordError: the record was torn or altered.
    """
    path = root / FILE
    body = read_sealed(path, _REMEDY)
    if body is None:
        return {}
    try:
        return _Record.model_validate(json.loads(body)).questions
    except (ValueError, RecursionError, ValidationError) as error:
        raise RecordError("is not a record of readings", where=str(path), hint=_REMEDY) from error


def record_of(readings: Mapping[str, Reading]) -> bytes:
    """The file's bytes: a line for each question, so that versions are compared and joined by question."""
    lines = (
        f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(one.model_dump(), ensure_ascii=False)}"
        for name, one in sorted(readings.items())
    )
    return sealed('{\n "questions": {\n' + ",\n".join(lines) + "\n }\n}\n")
