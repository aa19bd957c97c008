"""From the scenes' rows to figures with intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from seamline.measures.evaluation_record import Figure
from seamline.measures.statistics import mean
from tools.canonical.tried_edits import KINDS
from tools.canonical.trying import WAYS

Row = Mapping[str, Any]
MEASURES = ("psnr_face", "worst_view", "psnr_outside", "disagreement")


def edit_figures(rows: Sequence[Row]) -> dict[str, dict[str, dict[str, Figure]]]:
    """Means over scenes by kind of edit, way and measure; for `all`, a scene's value is the mean of its edits."""
    return {
        kind: {
            way: {
                name: mean(_values(rows, kind, partial(_at, way=way, name=name)))
                for name in MEASURES
                if _has(rows, way, name)
            }
            for way in WAYS
        }
        for kind in (*KINDS, "all")
    }


def gains(rows: Sequence[Row]) -> dict[str, dict[str, Figure]]:
    """By kind: what the canonical edit has more than view-by-view edits have of the same scene, as means of differences
    in dB, and `agreement`, how many times smaller its disagreement is, as a mean of ratios."""
    found = {}
    for kind in (*KINDS, "all"):
        found[kind] = {name: mean(_values(rows, kind, partial(_more, name=name))) for name in MEASURES[:3]}
        found[kind]["agreement"] = mean(_values(rows, kind, _times_the_agreement))
    return found


def learned_figures(rows: Sequence[Row]) -> dict[str, Figure]:
    """How well the views of scenes were learned, as means in dB."""
    return {name: mean([row["learned"][name] for row in rows]) for name in rows[0]["learned"]}


def _at(ways: Row, way: str, name: str) -> float:
    return float(ways[way][name])


def _more(ways: Row, name: str) -> float:
    return float(ways["canonical"][name] - ways["each_view"][name])


def _times_the_agreement(ways: Row) -> float:
    return float(ways["each_view"]["disagreement"] / ways["canonical"]["disagreement"])


def _has(rows: Sequence[Row], way: str, name: str) -> bool:
    return name in rows[0]["edits"][0]["ways"][way]


def _values(rows: Sequence[Row], kind: str, value: Callable[[Row], float]) -> list[float]:
    """One value a scene: edits of one scene are no independent ones."""
    chosen = [[one["ways"] for one in row["edits"] if kind in (one["kind"], "all")] for row in rows]
    return [sum(map(value, some)) / len(some) for some in chosen]
