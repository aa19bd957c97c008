"""The group of people whom an editor serves worst, beside what chance alone would make of the worst of many groups."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from seamline.measures.evaluation_record import LOOKS, WAYS, EvaluationRow, Way, WorstGroup

SMALLEST = 20
"""Edits that a group must have: one more outcome in it is at most 5 % of its share."""
DEALS = 1000


def worst_groups(rows: Sequence[EvaluationRow], name: str) -> dict[Way, WorstGroup]:
    """For each way of editing, the group whose share of a yes-or-no measure is furthest below that of all edits.

    By chance: the outcomes are dealt to the edits at random, and the worst group is sought again (a permutation test;
    Fisher, *The Design of Experiments*, 1935). The same rows always give the same deals.

    Args:
        name: of a measure that is 0 or 1.
    """
    found: dict[Way, WorstGroup] = {}
    for way in WAYS:
        some = [row for row in rows if name in row.ways.get(way, {})]
        if some and (one := _worst(some, np.array([row.ways[way][name] for row in some]))):
            found[way] = one
    return found


def _worst(rows: Sequence[EvaluationRow], outcomes: np.ndarray[Any, np.dtype[np.float64]]) -> WorstGroup | None:
    groups = sorted({(look, value) for look in LOOKS for row in rows if (value := row.group(look))})
    members = {one: np.array([row.group(one[0]) == one[1] for row in rows]) for one in groups}
    large = [one for one in groups if members[one].sum() >= SMALLEST]
    if not large:
        return None
    inside = np.stack([members[one] / members[one].sum() for one in large])
    shares, mean = inside @ outcomes, float(outcomes.mean())
    at = int(shares.argmin())
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(outcomes.tobytes()).digest()[:8]))
    dealt = np.array([(inside @ rng.permutation(outcomes)).min() for _ in range(DEALS)]) - mean
    gap = float(shares[at]) - mean
    return WorstGroup(
        look=large[at][0],
        value=large[at][1],
        n=int(members[large[at]].sum()),
        share=round(float(shares[at]), 5),
        mean=round(mean, 5),
        gap=round(gap, 5),
        by_chance=round(float(dealt.mean()), 5),
        as_low_by_chance=round(float((dealt <= gap + 1e-9).mean()), 5),
        groups=len(large),
    )
