"""What the reader finds of the judged questions. Run where the project lies: its weights are in `catalog/weights/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from seamline.catalog.evidence.readings import Chosen, readable
from seamline.reader.choosing import chosen_by
from seamline.reader.language_model import Reader
from tools.judged_evidence.judged import FIRST, Judged

_ROOT = Path(__file__).parents[3]


def reader_found(one: Judged) -> bool:
    """Whether the answer is among the first sentences that the reader chose."""
    return one.answer in [(chosen.key, chosen.position) for chosen in _chosen(one)[:FIRST]]


def reader_opens(one: Judged) -> bool:
    """Whether the answer is the sentence that the reader chose first, with which a draft opens."""
    return one.answer in [(chosen.key, chosen.position) for chosen in _chosen(one)[:1]]


def _chosen(one: Judged) -> tuple[Chosen, ...]:
    known = _reader_and_choices()
    if one.question.asked not in known[1]:
        sentences = readable(one.question, one.sources)
        known[1][one.question.asked] = chosen_by(known[0], one.question, one.models, sentences) if sentences else ()
    return known[1][one.question.asked]


@cache
def _reader_and_choices() -> tuple[Reader, dict[str, tuple[Chosen, ...]]]:
    return Reader(_ROOT), {}
