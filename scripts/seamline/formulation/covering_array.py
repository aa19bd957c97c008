"""Rows of trait values that cover all pairs of them, evenly.

A covering array of strength 2 holds each pair of values of two traits in some row. `covering_rows` builds one row by
row, as AETG does (Cohen, Dalal, Fredman and Patton, *The AETG system*, IEEE Transactions on Software Engineering 23,
1997): of several candidates the one with most new pairs is kept. Ours is the balance: a candidate takes, of each
trait, a value that occurred least so far. Packages on PyPI (allpairspy 2.5.1, covertable 3.2.0) leave one value of
two in as many as five rows of six, and offer no rows beyond the pairs.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

Row = Mapping[str, str]
"""A value by trait."""
Combination = Mapping[str, tuple[str, ...]]
"""Values by trait; a row matches where, of each trait named, it has one of the values."""

CANDIDATES = 24
"""How many rows are drawn for each that is kept."""
PATIENCE = 30
"""After how many rows without a new pair balance gives way to a pair that is still missing."""

_Pair = tuple[tuple[str, str], tuple[str, str]]


def matches(row: Row, combination: Combination) -> bool:
    """Whether a row has one of the values of each trait that a combination names."""
    return all(row.get(trait) in values for trait, values in combination.items())


def full_grid(levels: Mapping[str, Sequence[str]], never: Sequence[Combination] = ()) -> Iterator[dict[str, str]]:
    """Every row that matches no combination of `never`, the last trait varying fastest.

    Args:
        levels: values by trait.
    """
    for values in product(*levels.values()):
        row = dict(zip(levels, values, strict=True))
        if not any(matches(row, one) for one in never):
            yield row


def covering_rows(
    levels: Mapping[str, Sequence[str]], never: Sequence[Combination] = (), *, count: int = 0, seed: int = 0
) -> list[dict[str, str]]:
    """Rows that hold each pair of values that can occur, and each value of a trait about equally often.

    Where nothing is forbidden, the numbers of rows of any two values of a trait differ by 1 at most, unless a pair
    could not be placed that way. The same arguments give the same rows on every machine.

    Args:
        levels: values by trait; at least one of each.
        never: combinations that no row may match.
        count: rows at least; more are made where the pairs need more.
        seed: of the choice between equally good rows; each row that can occur does so for some seed.

    Raises:
        ValueError: every row is forbidden.
    """
    search = _Search({name: tuple(values) for name, values in levels.items()}, tuple(never), random.Random(seed))
    if not search.can_be_completed({}):
        raise ValueError("every combination is forbidden")
    search.list_pairs()
    while search.missing or len(search.rows) < count:
        search.add_row()
    return search.rows


def pairs_in(row: Row) -> Iterator[_Pair]:
    """Pairs of (trait, value) that a row holds, in the order of its traits."""
    return combinations(row.items(), 2)


@dataclass
class _Search:
    levels: Mapping[str, tuple[str, ...]]
    never: tuple[Combination, ...]
    rng: random.Random
    rows: list[dict[str, str]] = field(default_factory=list)
    missing: dict[_Pair, None] = field(default_factory=dict)  # a dictionary, as the order of a set is not fixed
    often: dict[tuple[str, str], int] = field(default_factory=dict)
    together: dict[_Pair, int] = field(default_factory=dict)
    idle: int = 0

    def list_pairs(self) -> None:
        """Note every pair of values that some allowed row holds."""
        for first, second in combinations(self.levels, 2):
            for one, other in product(self.levels[first], self.levels[second]):
                if self.can_be_completed({first: one, second: other}):
                    self.missing[(first, one), (second, other)] = None

    def add_row(self) -> None:
        """Keep the best of some candidates."""
        forced = self.rng.choice(list(self.missing)) if self.missing and self.idle >= PATIENCE else ()
        drawn = [self._candidate(dict(forced)) for _ in range(CANDIDATES)]
        best = max(drawn, key=self._worth)
        new = [pair for pair in pairs_in(best) if pair in self.missing]
        self.idle = 0 if new else self.idle + 1
        for pair in pairs_in(best):
            self.together[pair] = self.together.get(pair, 0) + 1
            self.missing.pop(pair, None)
        for place in best.items():
            self.often[place] = self.often.get(place, 0) + 1
        self.rows.append(best)

    def can_be_completed(self, begun: Row) -> bool:
        """Whether some allowed row has the values of `begun`."""
        if any(matches(begun, one) for one in self.never):
            return False
        # Only traits that a combination names can be in the way.
        named = {trait for one in self.never for trait in one}
        open_ = next((trait for trait in self.levels if trait in named and trait not in begun), None)
        return open_ is None or any(self.can_be_completed({**begun, open_: value}) for value in self.levels[open_])

    def _candidate(self, begun: dict[str, str]) -> dict[str, str]:
        traits = [trait for trait in self.levels if trait not in begun]
        self.rng.shuffle(traits)
        for trait in traits:
            values = [value for value in self.levels[trait] if self.can_be_completed({**begun, trait: value})]
            begun[trait] = min(values, key=lambda value: self._cost(begun, trait, value))
        return {trait: begun[trait] for trait in self.levels}

    def _cost(self, begun: Row, trait: str, value: str) -> tuple[int, int, int, float]:
        """How little a value is wanted next: first by how often it occurred, then by the pairs it would make."""
        pairs = [self._pair(trait, value, *other) for other in begun.items()]
        new = sum(pair in self.missing for pair in pairs)
        return self.often.get((trait, value), 0), -new, sum(self._seen(pair) for pair in pairs), self.rng.random()

    def _worth(self, row: Row) -> tuple[int, int]:
        pairs = list(pairs_in(row))
        return sum(pair in self.missing for pair in pairs), -sum(self._seen(pair) for pair in pairs)

    def _seen(self, pair: _Pair) -> int:
        # Counts are weighed by how many pairs the two traits have, so that traits of many values do not decide alone.
        (first, _), (second, _) = pair
        return self.together.get(pair, 0) * len(self.levels[first]) * len(self.levels[second])

    def _pair(self, trait: str, value: str, other: str, other_value: str) -> _Pair:
        order = list(self.levels)
        if order.index(trait) < order.index(other):
            return (trait, value), (other, other_value)
        return (other, other_value), (trait, value)
