"""From the scenes' rows to figures with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seamline.measures.evaluation_record import Figure
from seamline.measures.statistics import mean
from tools.canonical.tried_edits import KINDS
from tools.canonical.trying import WAYS

Row = Mapping[str, Any]
MEASURES = ("psnr_face", "worst_view", "psnr_outside", "disagreement")


def edit_figures(rows: Sequence[Row]) -> dict[str, dict[str, dict[str, Figure]]]:
    """Means over scenes by kind of edit, way and measure; `all` is over every edit, three of each scene."""
    found = {}
    for kind in (*KINDS, "all"):
        edits = _edits(rows, kind)
        found[kind] = {
            way: {
                name: mean([one["ways"][way][name] for one in edits])
                for name in MEASURES
                if name in edits[0]["ways"][way]
            }
            for way in WAYS
        }
    return found


def gains(rows: Sequence[Row]) -> dict[str, dict[str, Figure]]:
    """By kind: what the canonical edit has more than view-by-view edits have of the same scene, as means of differences
    in dB, and `agreement`, how many times smaller its disagreement is, as a mean of ratios."""
    found = {}
    for kind in (*KINDS, "all"):
        pairs = [(one["ways"]["canonical"], one["ways"]["each_view"]) for one in _edits(rows, kind)]
        found[kind] = {
            name: mean([own[name] - other[name] for own, other in pairs])
            for name in ("psnr_face", "worst_view", "psnr_outside")
        }
        found[kind]["agreement"] = mean([other["disagreement"] / own["disagreement"] for own, other in pairs])
    return found


def learned_figures(rows: Sequence[Row]) -> dict[str, Figure]:
    """How well the views of scenes were learned, as means in dB."""
    return {name: mean([row["learned"][name] for row in rows]) for name in rows[0]["learned"]}


def _edits(rows: Sequence[Row], kind: str) -> list[Row]:
    """Edits of one kind, or all of them."""
    return [one for row in rows for one in row["edits"] if kind in (one["kind"], "all")]
