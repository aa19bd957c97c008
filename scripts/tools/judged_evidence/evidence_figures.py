"""What the judged questions say of the ranker, as figures with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from seamline.measures.statistics import share
from tools.judged_evidence.by_reader import reader_found, reader_opens
from tools.judged_evidence.judged import (
    FIRST,
    Judged,
    chance,
    judged,
    plainly_found,
    second_choices,
    unranked_found,
)

WAYS: dict[str, Callable[[Judged], bool]] = {
    "reader": reader_found,
    "ranked": Judged.found,
    "bm25": plainly_found,
    "in_order": unranked_found,
}
"""Ways to choose sentences: as the reader does; as drafts do without it; by BM25 of the question's words; and the first
of each source in turn."""

__all__ = ["FIRST", "WAYS", "figures"]


def figures() -> dict[str, Any]:
    """For questions in view when the ranker was made, and for fresh ones: the share that each way finds.

    `opens` is the share of the drafts that open with the answer, and `reader_opens` the same where the reader has
    chosen; `chance` what sentences drawn at random would find;
    `missed` counts the questions whose answer drafts do not find, and those of them whose answer shares no word with
    the question. Fresh ones have been read twice: `second_reader` is the share whose answer is among the sentences that
    a second reader chose, `second_reader_opens` that at whose head it stands.
    """
    every = list(judged())
    sets = {"in_view": [one for one in every if not one.fresh], "fresh": [one for one in every if one.fresh]}
    return {name: _of(some) | (_of_second_reader(some) if name == "fresh" else {}) for name, some in sets.items()}


def _of(questions: Sequence[Judged]) -> dict[str, Any]:
    counted = {
        way: _share([found(one) for one in questions])
        for way, found in (*WAYS.items(), ("opens", Judged.opens), ("reader_opens", reader_opens))
    }
    missed = [one for one in questions if not one.found()]
    return {
        "questions": len(questions),
        **counted,
        "chance": {"value": round(chance(questions), 4)},
        "missed": {"questions": len(missed), "sharing_no_word": sum(not one.shares_a_word() for one in missed)},
    }


def _of_second_reader(questions: Sequence[Judged]) -> dict[str, Any]:
    chosen = second_choices()
    return {
        "second_reader": _share([one.answer in chosen[one.question.asked] for one in questions]),
        "second_reader_opens": _share([one.answer == chosen[one.question.asked][0] for one in questions]),
    }


def _share(found: Sequence[bool]) -> dict[str, float | None]:
    figure = share([float(one) for one in found])
    return {"value": figure.value, "low": figure.low, "high": figure.high}
