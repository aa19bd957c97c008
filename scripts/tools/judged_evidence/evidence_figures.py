"""What the judged questions say of the ranker, as figures with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from seamline.measures.statistics import share
from tools.judged_evidence.judged import FIRST, Judged, chance, judged, plainly_found, unranked_found

WAYS: dict[str, Callable[[Judged], bool]] = {
    "ranked": Judged.found,
    "bm25": plainly_found,
    "in_order": unranked_found,
}
"""Ways to choose sentences: as drafts do; by BM25 of the question's words; and the first of each source in turn."""

__all__ = ["FIRST", "WAYS", "figures"]


def figures() -> dict[str, Any]:
    """For questions in view when the ranker was made, and for fresh ones: the share that each way finds.

    `opens` is the share of the drafts that open with the answer; `chance` what sentences drawn at random would find.
    """
    every = list(judged())
    sets = {"in_view": [one for one in every if not one.fresh], "fresh": [one for one in every if one.fresh]}
    return {name: _of(some) for name, some in sets.items()}


def _of(questions: Sequence[Judged]) -> dict[str, Any]:
    counted = {
        way: _share([found(one) for one in questions]) for way, found in (*WAYS.items(), ("opens", Judged.opens))
    }
    return {"questions": len(questions), **counted, "chance": {"value": round(chance(questions), 4)}}


def _share(found: Sequence[bool]) -> dict[str, float | None]:
    figure = share([float(one) for one in found])
    return {"value": figure.value, "low": figure.low, "high": figure.high}
