"""From measured edits to figures: means, shares, correlations, each with a 95 % confidence interval.

Start at `evaluation_of`, which turns rows into a whole record.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from seamline.measures.evaluation_record import (
    GROUPS,
    WAYS,
    ConsistencyPoint,
    EvaluationRecord,
    EvaluationRow,
    Figure,
    Way,
    swaps_of,
)

RESAMPLES = 2000
CORRELATED_WITH_TRUTH: tuple[str, ...] = ("luminance_slope",)
"""Measures whose value on an edit is compared, over all edits, with their value on the true picture."""

GROUP_MEASURES: tuple[str, ...] = (
    "psnr_face",
    "ssim_face",
    "psnr_outside",
    "right_person",
    "identity",
    "expression",
    "light_angle",
)
"""Measures that are broken down by group."""

OF_TRUTH: tuple[str, ...] = ("light_angle", "light_agreement", "seam_visibility", "luminance_slope")
"""Measures that tell something of the true picture itself: what the best possible edit would score."""

_Z95 = 1.959963984540054


def evaluation_of(
    rows: Iterable[EvaluationRow | Mapping[str, Any]],
    consistency: Iterable[ConsistencyPoint] = (),
    *,
    weights: Mapping[str, str] | None = None,
    parameters: Mapping[str, Any] | None = None,
    facts: Mapping[str, int | float | str] | None = None,
) -> EvaluationRecord:
    """The record of an evaluation, with every figure computed.

    Args:
        rows: one per held-out edit, as `EvaluationRow` or its JSON form.
        consistency: points made by `consistency_point`.
        weights, parameters, facts: kept as given.

    Raises:
        pydantic.ValidationError: a row is not as `EvaluationRow` describes it.
    """
    checked = tuple(_rounded(EvaluationRow.model_validate(row)) for row in rows)
    swaps = swaps_of(checked)
    return EvaluationRecord(
        weights=dict(weights or {}),
        parameters=dict(parameters or {}),
        facts=dict(facts or {}),
        rows=checked,
        consistency=tuple(consistency),
        figures=figures(checked),
        swaps=figures(swaps),
        gains=gains(swaps),
        correlations=correlations(swaps),
        groups={name: group_figures(checked, name) for name in GROUPS},
    )


def figures(rows: Sequence[EvaluationRow]) -> dict[str, dict[Way, Figure]]:
    """Figure by measure and way, over the rows that have the measure; a share where all values are 0 or 1."""
    return _figures(rows, _names(rows), _yes_or_no(rows))


def _figures(rows: Sequence[EvaluationRow], names: Sequence[str], binary: set[str]) -> dict[str, dict[Way, Figure]]:
    return {
        name: {
            way: share(values) if name in binary else mean(values)
            for way in WAYS
            if (values := _values(rows, way, name))
        }
        for name in names
    }


def group_figures(rows: Sequence[EvaluationRow], group: str) -> dict[str, dict[str, dict[Way, Figure]]]:
    """`GROUP_MEASURES` for each group of breakdown `group`, one of `GROUPS`, without rows whose group is unknown."""
    groups = sorted({row.group(group) for row in rows} - {""})
    names, binary = [name for name in GROUP_MEASURES if name in _names(rows)], _yes_or_no(rows)
    return {name: _figures([row for row in rows if row.group(group) == name], names, binary) for name in groups}


def gains(rows: Sequence[EvaluationRow]) -> dict[str, Figure]:
    """Mean, over rows that were both edited and pasted, of a measure on the edit less the same on the paste."""
    both = [(row.ways["edit"], row.ways["paste"]) for row in rows if {"edit", "paste"} <= row.ways.keys()]
    return {
        name: mean(differences)
        for name in _names(rows)
        if (differences := [edit[name] - paste[name] for edit, paste in both if name in edit and name in paste])
    }


def correlations(
    rows: Sequence[EvaluationRow], names: Sequence[str] = CORRELATED_WITH_TRUTH
) -> dict[str, dict[Way, Figure]]:
    """For each way, how a measure goes up and down with its value on the true picture; needs 4 edits or more."""
    return {
        name: {way: correlation(*zip(*pairs, strict=True)) for way in WAYS if len(pairs := _pairs(rows, way, name)) > 3}
        for name in names
    }


def consistency_point(
    image_guidance_scale: float,
    guidance_scale: float,
    edit_strengths: Sequence[float],
    consistencies: Sequence[float],
) -> ConsistencyPoint:
    """One point of the strength against consistency curve, from the same edits drawn at one pair of scales."""
    return ConsistencyPoint(
        image_guidance_scale=image_guidance_scale,
        guidance_scale=guidance_scale,
        edit_strength=mean(edit_strengths),
        consistency=mean(consistencies),
    )


def mean(values: Sequence[float]) -> Figure:
    """Mean with the percentile bootstrap interval, and quartiles.

    The same values in the same order always give the same interval: they seed the resampling.

    Source: B. Efron, *Bootstrap Methods: Another Look at the Jackknife*, 1979.

    Raises:
        ValueError: there are no values.
    """
    sample = _sample(values)
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(sample.tobytes()).digest()[:8]))
    means = sample[rng.integers(0, sample.size, (RESAMPLES, sample.size))].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    q1, median, q3 = np.percentile(sample, (25, 50, 75))
    return Figure(
        kind="mean",
        n=sample.size,
        value=_round(sample.mean()),
        low=_round(low),
        high=_round(high),
        q1=_round(q1),
        median=_round(median),
        q3=_round(q3),
    )


def share(values: Sequence[float]) -> Figure:
    """Share of ones among zeros and ones, with Wilson's score interval.

    Source: E. B. Wilson, *Probable Inference, the Law of Succession, and Statistical Inference*, 1927.

    Raises:
        ValueError: there are no values.
    """
    sample = _sample(values)
    n, p = sample.size, float(sample.mean())
    shrink = 1 + _Z95**2 / n
    centre = (p + _Z95**2 / (2 * n)) / shrink
    half = _Z95 * math.sqrt(p * (1 - p) / n + _Z95**2 / (4 * n**2)) / shrink
    return Figure(
        kind="share", n=n, value=_round(p), low=_round(max(0.0, centre - half)), high=_round(min(1.0, centre + half))
    )


def correlation(first: Sequence[float], second: Sequence[float]) -> Figure:
    """Pearson's correlation of pairs, with Fisher's z interval; 0 when either side never varies.

    Source: R. A. Fisher, *On the "Probable Error" of a Coefficient of Correlation*, 1921.

    Raises:
        ValueError: fewer than 4 pairs, for which the interval is not defined, or unequal lengths.
    """
    x, y = _sample(first), _sample(second)
    if x.size != y.size or x.size < 4:
        raise ValueError(f"a correlation needs 4 or more pairs, not {x.size} and {y.size} values")
    dx, dy = x - x.mean(), y - y.mean()
    norm = float(np.sqrt((dx**2).sum() * (dy**2).sum()))
    r = float((dx * dy).sum()) / norm if norm > 1e-12 else 0.0
    z, half = math.atanh(max(-1 + 1e-12, min(1 - 1e-12, r))), _Z95 / math.sqrt(x.size - 3)
    return Figure(
        kind="correlation",
        n=x.size,
        value=_round(r),
        low=_round(math.tanh(z - half)),
        high=_round(math.tanh(z + half)),
    )


def _names(rows: Sequence[EvaluationRow]) -> list[str]:
    return sorted({name for row in rows for values in row.ways.values() for name in values})


def _values(rows: Sequence[EvaluationRow], way: Way, name: str) -> list[float]:
    if way == "truth" and name not in OF_TRUTH:
        return []
    return [values[name] for row in rows if name in (values := row.truth if way == "truth" else row.ways.get(way, {}))]


def _pairs(rows: Sequence[EvaluationRow], way: Way, name: str) -> list[tuple[float, float]]:
    return [
        (row.ways[way][name], row.truth[name]) for row in rows if name in row.ways.get(way, {}) and name in row.truth
    ]


def _yes_or_no(rows: Sequence[EvaluationRow]) -> set[str]:
    return {name for name in _names(rows) if all(v in (0, 1) for way in WAYS for v in _values(rows, way, name))}


def _sample(values: Sequence[float]) -> np.ndarray[Any, np.dtype[np.float64]]:
    sample = np.asarray(values, dtype=np.float64)
    if sample.size == 0:
        raise ValueError("no values to summarise")
    return sample


def _rounded(row: EvaluationRow) -> EvaluationRow:
    ways = {way: {name: _round(value) for name, value in values.items()} for way, values in row.ways.items()}
    return row.model_copy(update={"ways": ways, "truth": {name: _round(value) for name, value in row.truth.items()}})


def _round(value: Any) -> float:
    return round(float(value), 5)
