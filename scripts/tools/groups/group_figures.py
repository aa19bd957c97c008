"""From rows to figures: each group of each set, which groups stand apart, and whether one set is harder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scipy import stats

from seamline.formulation.declared_traits import TraitFile
from seamline.measures.evaluation_record import Figure
from seamline.measures.statistics import mean, share

LIGHT_RIGHT = 20.0
"""Degrees by which the light's direction may be off. In the evaluation's swaps the estimate is nearer than that on 99 %
of the true pictures. Fixed before the first of these edits was made."""
LEVEL = 0.05
"""Of Holm's correction."""

OUTCOMES = ("identity", "attributes", "expression", "light")
"""What can go right or wrong with an edit."""
CLOSENESS = "psnr_face"
ACCESSORIES = "accessories"
WORN = ("glasses", "beard", "hat")

HARDER = (*OUTCOMES, CLOSENESS, "attribute_skin", "attribute_presentation")
"""What the two sets are compared by: both ask for skin and presentation, and for the same."""

Row = Mapping[str, Any]


def all_figures(rows: Mapping[str, Sequence[Row]], declared: TraitFile) -> dict[str, Any]:
    """Figures of every set, and whether the grid is harder than demographics alone, and in which groups.

    Args:
        rows: of both sets, the grid's first, the same place in each.
    """
    grid, plain = rows.values()
    members: dict[str, dict[str, list[Row]]] = {}
    for row in grid:
        for trait, value in groups_of(row, declared).items():
            if trait == ACCESSORIES or declared.traits[trait].kind in ("biometric", "non-permanent"):
                members.setdefault(trait, {}).setdefault(value, []).append(row)
    where = {
        trait: {value: compared(some[value], plain, HARDER) for value in _ordered(some, trait, declared)}
        for trait, some in members.items()
    }
    sets = {
        name: {
            **set_figures(some, declared),
            "weakest": weakest(some, declared),
            "apart": standing_apart(some, declared),
        }
        for name, some in rows.items()
    }
    return {"sets": sets, "harder": {"all": compared(grid, plain, HARDER), "where": where}}


def outcome(row: Row, way: str, name: str) -> float | None:
    """1 if it went right, 0 if wrong, None where that cannot be told; of `psnr_face` the value itself."""
    values = row["ways"][way]
    if name == "attributes":
        asked = [value for key, value in values.items() if key.startswith("attribute_")]
        return float(all(asked)) if asked else None
    if name == "light":
        return float(values["light_angle"] <= LIGHT_RIGHT) if "light_angle" in values else None
    return float(values[name]) if name in values else None


def shortened(row: Row) -> dict[str, Any]:
    """A row as the record holds it, of which figures are computed: numbers with two decimals at most."""
    ways = {way: {name: _short(value) for name, value in values.items()} for way, values in row["ways"].items()}
    return {**row, "ways": ways}


def _short(value: float) -> float:
    return int(value) if float(value).is_integer() else round(value, 2)


def judged(row: Row) -> dict[str, Any]:
    """A row with what went right in its edit, by outcome, and which attributes it missed."""
    values = row["ways"]["edit"]
    right = {name: bool(value) for name in OUTCOMES if (value := outcome(row, "edit", name)) is not None}
    missed = [name.removeprefix("attribute_") for name, value in values.items() if name.startswith("attribute_")]
    missed = [name for name in missed if not values[f"attribute_{name}"]]
    return {**row, "right": right, "missed": missed}


def groups_of(row: Row, declared: TraitFile) -> dict[str, str]:
    """The group of a row in each breakdown: traits that its prompt tells or that need no telling, and how many
    accessories are worn."""
    found = {
        name: value
        for name, value in row["traits"].items()
        if name in row["told"] or declared.traits[name].kind == "scene" or not declared.words(name, value)
    }
    worn = sum(row["traits"][name] != "none" for name in WORN)
    return {**found, ACCESSORIES: str(worn)}


def figures_of(rows: Sequence[Row], names: Sequence[str] = (*OUTCOMES, CLOSENESS)) -> dict[str, dict[str, Figure]]:
    """Outcome -> way -> figure; shares with Wilson's interval, closeness as a mean with the bootstrap's."""
    found: dict[str, dict[str, Figure]] = {}
    for name in names:
        for way in ("edit", "no_edit", "ceiling"):
            values = [value for row in rows if (value := outcome(row, way, name)) is not None]
            if values:
                found.setdefault(name, {})[way] = mean(values) if name == CLOSENESS else share(values)
    return found


def set_figures(rows: Sequence[Row], declared: TraitFile) -> dict[str, Any]:
    """All figures of one set: `all`, `groups` by trait and value, and `asked` for each attribute by accessories."""
    breakdowns: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        for trait, value in groups_of(row, declared).items():
            breakdowns.setdefault(trait, {}).setdefault(value, []).append(row)
    groups = {
        trait: {value: figures_of(breakdowns[trait][value]) for value in _ordered(breakdowns[trait], trait, declared)}
        for trait in (*declared.traits, ACCESSORIES)
        if len(breakdowns.get(trait, ())) > 1
    }
    return {"all": figures_of(rows), "groups": groups, "asked": _asked(breakdowns.get(ACCESSORIES, {}), rows)}


def weakest(rows: Sequence[Row], declared: TraitFile) -> dict[str, dict[str, Any]]:
    """Of each outcome, the group with the smallest share; the first of equals. It was chosen for being the smallest."""
    groups = set_figures(rows, declared)["groups"]
    found: dict[str, dict[str, Any]] = {}
    for name in OUTCOMES:
        cells = [
            (by_outcome[name]["edit"], trait, value)
            for trait, by_value in groups.items()
            for value, by_outcome in by_value.items()
            if name in by_outcome
        ]
        if cells:
            figure, trait, value = min(cells, key=lambda cell: cell[0].value)
            found[name] = {"trait": trait, "value": value, "figure": figure}
    return found


def standing_apart(rows: Sequence[Row], declared: TraitFile) -> list[dict[str, Any]]:
    """Groups that do otherwise than the rest of their set, by Fisher's exact test with Holm's correction over all.

    Each group of each breakdown is tested in each of `OUTCOMES`. Sorted by corrected p; those of `LEVEL` and above
    are left out.

    Sources: R. A. Fisher, *The Design of Experiments*, 1935; S. Holm, *A Simple Sequentially Rejective Multiple Test
    Procedure*, 1979.
    """
    tests = list(_tests(rows, declared))
    corrected = holm([one["p"] for one in tests])
    found = [{**one, "p_holm": round(p, 5), "tests": len(tests)} for one, p in zip(tests, corrected, strict=True)]
    for one in found:
        one["p"] = float(f"{one['p']:.3g}")
    apart = [one for one in found if one["p_holm"] < LEVEL]
    return sorted(apart, key=lambda one: (one["p_holm"], one["p"], one["trait"], one["value"], one["outcome"]))


def holm(values: Sequence[float]) -> list[float]:
    """Holm's adjusted p values, in the order given."""
    order = sorted(range(len(values)), key=values.__getitem__)
    adjusted, highest = [0.0] * len(values), 0.0
    for rank, at in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - rank) * values[at]))
        adjusted[at] = highest
    return adjusted


def compared(first: Sequence[Row], second: Sequence[Row], names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Of edits of the same places: how much more of an outcome the first set has than the second, by pairs.

    With the exact test of McNemar (*Note on the sampling error of the difference between correlated proportions*,
    1947) for what is right or wrong.
    """
    found = {}
    by_place = {row["place"]: row for row in second}
    for name in names:
        pairs = [(outcome(row, "edit", name), outcome(by_place[row["place"]], "edit", name)) for row in first]
        known = [(one, other) for one, other in pairs if one is not None and other is not None]
        if not known:
            continue
        entry: dict[str, Any] = {"difference": mean([one - other for one, other in known])}
        if name != CLOSENESS:
            lost = sum(one < other for one, other in known)
            gained = sum(one > other for one, other in known)
            p = float(stats.binomtest(lost, lost + gained).pvalue) if lost + gained else 1.0
            entry |= {"only_first": gained, "only_second": lost, "p": float(f"{p:.3g}")}
        found[name] = entry
    return found


def _tests(rows: Sequence[Row], declared: TraitFile) -> Any:
    groups = [groups_of(row, declared) for row in rows]
    for trait in (*declared.traits, ACCESSORIES):
        values = _ordered({one[trait]: None for one in groups if trait in one}, trait, declared)
        for value in values if len(values) > 1 else ():
            for name in OUTCOMES:
                inside, outside = [0, 0], [0, 0]
                for row, group in zip(rows, groups, strict=True):
                    result = outcome(row, "edit", name)
                    if result is not None and trait in group:
                        (inside if group[trait] == value else outside)[int(result)] += 1
                p = float(stats.fisher_exact([inside, outside]).pvalue)
                yield {
                    "trait": trait, "value": value, "outcome": name, "wrong": inside[0], "n": sum(inside),
                    "rest_wrong": outside[0], "rest_n": sum(outside), "p": p,
                }  # fmt: skip


def _asked(by_accessories: Mapping[str, Sequence[Row]], rows: Sequence[Row]) -> dict[str, Any]:
    names = sorted({name for row in rows for name in row["ways"]["edit"] if name.startswith("attribute_")})
    groups = {"any": rows, **{value: by_accessories[value] for value in sorted(by_accessories)}}
    return {
        name.removeprefix("attribute_"): {
            value: by_way[name] for value, some in groups.items() if name in (by_way := figures_of(some, [name]))
        }
        for name in names
    }


def _ordered(found: Mapping[str, Any], trait: str, declared: TraitFile) -> list[str]:
    order = list(declared.traits[trait].values) if trait in declared.traits else sorted(found)
    return [value for value in order if value in found]
