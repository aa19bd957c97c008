"""From each experiment's rows to figures with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from seamline.measures.evaluation_record import Figure
from seamline.measures.registry import measure_named
from seamline.measures.statistics import correlation, mean, share
from tools.causes.experiments import AFTER, LEAST_EFFECT

Figures = dict[str, Any]


def lamp_figures(rows: Sequence[Mapping[str, Any]]) -> Figures:
    """How far a face follows the lamp: least-squares slope, within each scene, of its own slope of brightness on the
    true face's. 1 follows as the true face does, 0 not at all; the figure is the mean over scenes."""
    return {way: mean([_following(row["truth"], row[way]) for row in rows]) for way in ("edit", "paste", "no_edit")}


def photo_swap_figures(rows: Sequence[Mapping[str, Any]]) -> Figures:
    """Whose light an edit has: 0 where its slope is that with the first photo at every step, 1 with the second.

    By how many steps saw the first photo; the mean over scenes whose two photos differ by `LEAST_EFFECT` or more.
    """
    last = str(AFTER[-1])
    telling = [row["slopes"] for row in rows if abs(row["slopes"]["0"] - row["slopes"][last]) >= LEAST_EFFECT]
    return {
        str(step): mean([(one[str(step)] - one[last]) / (one["0"] - one[last]) for one in telling]) for step in AFTER
    }


def upbringing_figures(rows: Sequence[Mapping[str, Any]]) -> Figures:
    """By way and measure: of the slope of light, its correlation with the true picture's; of others, mean or share."""
    found: Figures = {}
    for way in [way for way in rows[0]["ways"] if way != "truth"]:
        values = [row["ways"][way] for row in rows]
        pairs = [
            (one["luminance_slope"], row["ways"]["truth"]["luminance_slope"])
            for one, row in zip(values, rows, strict=True)
            if "luminance_slope" in one and "luminance_slope" in row["ways"]["truth"]
        ]
        figures: dict[str, Figure] = {"luminance_slope": correlation(*zip(*pairs, strict=True))}
        for name in ("expression", "identity", "psnr_face", "psnr_outside"):
            kind = share if measure_named(name).unit == "yes or no" else mean
            figures[name] = kind([one[name] for one in values if name in one])
        found[way] = figures
    return found


def _following(true: Sequence[float], own: Sequence[float]) -> float:
    x, y = np.asarray(true), np.asarray(own)
    x = x - x.mean()
    return float((x * (y - y.mean())).sum() / (x**2).sum())
