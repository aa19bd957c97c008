"""From measured edits to figures: means, shares, correlations, each with a 95 % confidence interval.

Start at `evaluation_of`, which turns rows into a whole record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import stats

from seamline.measures.evaluation_record import (
    ANY,
    ATTRIBUTE,
    GROUPS,
    WAYS,
    ConsistencyPoint,
    EvaluationRecord,
    EvaluationRow,
    Figure,
    Way,
    swaps_of,
)
from seamline.measures.registry import MEASURES
from seamline.measures.worst_groups import worst_groups

RESAMPLES = 2000


def evaluation_of(
    rows: Iterable[EvaluationRow | Mapping[str, Any]],
    consistency: Iterable[ConsistencyPoint] = (),
    *,
    weights: Mapping[str, str] | None = None,
    code: Mapping[str, str] | None = None,
    parameters: Mapping[str, Any] | None = None,
    facts: Mapping[str, int | float | str] | None = None,
    further: Iterable[EvaluationRow | Mapping[str, Any]] = (),
    earlier: Mapping[str, Any] | None = None,
) -> EvaluationRecord:
    """The record of an evaluation, with every figure computed.

    Args:
        rows: one per held-out edit, as `EvaluationRow` or its JSON form.
        consistency: points made by `consistency_point`.
        weights, code, parameters, facts, earlier: kept as given.
        further: one per further expression edit.

    Raises:
        pydantic.ValidationError: a row is not as `EvaluationRow` describes it.
    """
    checked = tuple(_rounded(EvaluationRow.model_validate(row)) for row in rows)
    more = tuple(_rounded(EvaluationRow.model_validate(row)) for row in further)
    swaps = swaps_of(checked)
    return EvaluationRecord(
        weights=dict(weights or {}),
        code=dict(code or {}),
        parameters=dict(parameters or {}),
        facts=dict(facts or {}),
        rows=checked,
        consistency=tuple(consistency),
        figures=figures(checked),
        swaps=figures(swaps),
        gains=gains(swaps),
        correlations=correlations(swaps),
        groups={name: group_figures(checked, name) for name in GROUPS},
        kinds=kind_figures(checked),
        asked=asked_figures(checked),
        further=more,
        expressions=figures([row for row in (*checked, *more) if row.kind == "expression"]),
        worst={name: worst_groups(checked, name) for name in ("identity",)},
        earlier=dict(earlier or {}),
    )


def figures(rows: Sequence[EvaluationRow]) -> dict[str, dict[Way, Figure]]:
    """Figure by measure and way, over the rows that have the measure; a share where all values are 0 or 1."""
    return _figures(rows, _names(rows), _yes_or_no(rows))


def _figures(
    rows: Sequence[EvaluationRow], names: Sequence[str], binary: set[str], of_truth: Collection[str] | None = None
) -> dict[str, dict[Way, Figure]]:
    """Args:
    binary: measures whose figure is a share.
    of_truth: measures that the true picture gets a figure of, too; by default those declared `of_truth`.
    """
    if of_truth is None:
        of_truth = {measure.name for measure in MEASURES.values() if measure.of_truth}
    return {
        name: {
            way: share(values) if name in binary else mean(values)
            for way in WAYS
            if (values := _values(rows, way, name)) and (way != "truth" or name in of_truth)
        }
        for name in names
    }


def group_figures(rows: Sequence[EvaluationRow], group: str) -> dict[str, dict[str, dict[Way, Figure]]]:
    """The measures declared `by_group`, for each group of breakdown `group`, one of `GROUPS`.

    Rows whose group is unknown are left out.
    """
    groups = sorted({row.group(group) for row in rows} - {""})
    known, binary = _names(rows), _yes_or_no(rows)
    names = [measure.name for measure in MEASURES.values() if measure.by_group and measure.name in known]
    return {name: _figures([row for row in rows if row.group(group) == name], names, binary) for name in groups}


def kind_figures(rows: Sequence[EvaluationRow]) -> dict[str, dict[str, dict[Way, Figure]]]:
    """All measures for each kind of edit, and `ATTRIBUTE` where its edits ask for attributes."""
    binary, found = _yes_or_no(rows), {}
    for kind in sorted({row.kind for row in rows}):
        some = [_with_attribute(row) for row in rows if row.kind == kind]
        names = _names(some)
        found[kind] = _figures(some, names, binary | ({ATTRIBUTE} & _yes_or_no(some)), of_truth=names)
    return found


def asked_figures(rows: Sequence[EvaluationRow]) -> dict[str, dict[str, dict[Way, Figure]]]:
    """For each attribute or expression asked for, and each value of it: the share that arrived, by way."""
    found: dict[str, dict[str, dict[Way, Figure]]] = {}
    for name in sorted({name for row in rows for name in row.asked}):
        measure = name if name == "expression" else f"attribute_{name}"
        asking = [row for row in rows if name in row.asked]
        values = sorted({row.asked[name] for row in asking})
        groups = {ANY: asking} | {value: [row for row in asking if row.asked[name] == value] for value in values}
        by_value = {
            value: _figures(some, [measure], {measure}, of_truth=[measure])[measure] for value, some in groups.items()
        }
        found[measure] = {value: by_way for value, by_way in by_value.items() if by_way}
    return found


def gains(rows: Sequence[EvaluationRow]) -> dict[str, Figure]:
    """Mean, over rows that were both edited and pasted, of a measure on the edit less the same on the paste."""
    both = [(row.ways["edit"], row.ways["paste"]) for row in rows if {"edit", "paste"} <= row.ways.keys()]
    return {
        name: mean(differences)
        for name in _names(rows)
        if (differences := [edit[name] - paste[name] for edit, paste in both if name in edit and name in paste])
    }


def correlations(rows: Sequence[EvaluationRow]) -> dict[str, dict[Way, Figure]]:
    """For each measure declared `correlated` and each way, the correlation of its value with its value on the true
    picture, over edits; needs 4 edits or more."""
    return {
        name: {way: correlation(*zip(*pairs, strict=True)) for way in WAYS if len(pairs := _pairs(rows, way, name)) > 3}
        for name in (measure.name for measure in MEASURES.values() if measure.correlated)
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
    low = high = sample.mean()
    if np.ptp(sample) > 0:
        rng = np.random.default_rng(int.from_bytes(hashlib.sha256(sample.tobytes()).digest()[:8]))
        drawn = stats.bootstrap((sample,), np.mean, n_resamples=RESAMPLES, method="percentile", rng=rng)
        low, high = drawn.confidence_interval
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
    interval = stats.binomtest(int(sample.sum()), sample.size).proportion_ci(method="wilson")
    return Figure(
        kind="share",
        n=sample.size,
        value=_round(sample.mean()),
        low=_round(interval.low),
        high=_round(interval.high),
    )


def correlation(first: Sequence[float], second: Sequence[float]) -> Figure:
    """Pearson's correlation of pairs, with Fisher's z interval; 0, between -1 and 1, when either side never varies.

    Source: R. A. Fisher, *On the "Probable Error" of a Coefficient of Correlation*, 1921.

    Raises:
        ValueError: fewer than 4 pairs, for which the interval is not defined, or unequal lengths.
    """
    x, y = _sample(first), _sample(second)
    if x.size != y.size or x.size < 4:
        raise ValueError(f"a correlation needs 4 or more pairs, not {x.size} and {y.size} values")
    r, low, high = 0.0, -1.0, 1.0
    if min(np.ptp(x), np.ptp(y)) > 1e-12:
        result = stats.pearsonr(x, y)
        r, (low, high) = result.statistic, result.confidence_interval()
    return Figure(kind="correlation", n=x.size, value=_round(r), low=_round(low), high=_round(high))


def _with_attribute(row: EvaluationRow) -> EvaluationRow:
    """The row with `ATTRIBUTE`: of the attributes that its edit asks for and that show, the share that arrived."""

    def extended(values: Mapping[str, float]) -> dict[str, float]:
        arrived = [value for name, value in values.items() if name.startswith("attribute_")]
        return {**values, **({ATTRIBUTE: sum(arrived) / len(arrived)} if arrived else {})}

    ways = {way: extended(values) for way, values in row.ways.items()}
    return row.model_copy(update={"ways": ways, "truth": extended(row.truth)})


def _names(rows: Sequence[EvaluationRow]) -> list[str]:
    return sorted({name for row in rows for values in row.ways.values() for name in values})


def _values(rows: Sequence[EvaluationRow], way: Way, name: str) -> list[float]:
    return [values[name] for row in rows if name in (values := row.truth if way == "truth" else row.ways.get(way, {}))]


def _pairs(rows: Sequence[EvaluationRow], way: Way, name: str) -> list[tuple[float, float]]:
    return [
        (row.ways[way][name], row.truth[name]) for row in rows if name in row.ways.get(way, {}) and name in row.truth
    ]


def _yes_or_no(rows: Sequence[EvaluationRow]) -> set[str]:
    """Measures that were only ever 0 or 1, on the edits made."""
    made = [way for way in WAYS if way != "truth"]
    return {name for name in _names(rows) if all(v in (0, 1) for way in made for v in _values(rows, way, name))}


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
