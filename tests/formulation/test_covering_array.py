"""Rows of trait values: every pair that can occur does, values occur evenly, each combination can be reached."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamline.formulation.covering_array import covering_rows, full_grid, matches, pairs_in

LEVELS = {"presentation": ("woman", "man"), "age": ("young", "middle-aged", "old"), "skin": tuple("abcde")}


@st.composite
def grids(draw: st.DrawFn) -> tuple[dict[str, tuple[str, ...]], list[dict[str, tuple[str, ...]]]]:
    """Two to five traits of two to five values, and up to three forbidden combinations."""
    sizes = draw(st.lists(st.integers(2, 5), min_size=2, max_size=5))
    levels = {f"t{place}": tuple(f"v{value}" for value in range(size)) for place, size in enumerate(sizes)}
    never = []
    for _ in range(draw(st.integers(0, 3))):
        names = draw(st.lists(st.sampled_from(list(levels)), min_size=1, max_size=3, unique=True))
        never.append({name: tuple(draw(st.sets(st.sampled_from(levels[name]), min_size=1))) for name in names})
    return levels, never


@settings(max_examples=60, deadline=None, derandomize=True)
@given(grids())
def test_every_pair_that_an_allowed_row_holds_is_covered_and_no_forbidden_row_is_made(grid: Any) -> None:
    levels, never = grid
    allowed = list(full_grid(levels, never))
    if not allowed:
        with pytest.raises(ValueError, match="every combination"):
            covering_rows(levels, never)
        return
    rows = covering_rows(levels, never)
    assert {pair for row in rows for pair in pairs_in(row)} == {pair for row in allowed for pair in pairs_in(row)}
    assert all(row in allowed for row in rows)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.lists(st.integers(2, 6), min_size=2, max_size=7), st.integers(0, 80), st.integers(0, 5))
def test_values_occur_equally_often_give_or_take_one(sizes: list[int], count: int, seed: int) -> None:
    levels = {f"t{place}": tuple(map(str, range(size))) for place, size in enumerate(sizes)}
    rows = covering_rows(levels, count=count, seed=seed)
    assert len(rows) >= count
    for name, values in levels.items():
        often = Counter(row[name] for row in rows)
        assert max(often.values()) - min(often[value] for value in values) <= 1, name


def test_far_fewer_rows_than_the_full_grid_and_pairs_even_too() -> None:
    levels = LEVELS | {"hair": tuple("fghij"), "glasses": ("none", "glasses"), "hat": ("none", "hat", "scarf")}
    whole = len(list(full_grid(levels)))
    assert whole == 900
    assert len(covering_rows(levels)) < 45, "25 is the least that two traits of five values need"
    rows = covering_rows(levels, count=300)
    assert len(rows) == 300
    often = Counter(pair for row in rows for pair in pairs_in(row))
    for (first, ones), (second, others) in combinations(levels.items(), 2):
        even = 300 / len(ones) / len(others)
        for one, other in product(ones, others):
            assert 0.7 * even <= often[(first, one), (second, other)] <= 1.3 * even


def test_each_combination_is_reached_by_some_seed() -> None:
    never = [{"presentation": ("woman",), "age": ("old",)}]
    allowed = {tuple(row.values()) for row in full_grid(LEVELS, never)}
    reached = {tuple(row.values()) for seed in range(40) for row in covering_rows(LEVELS, never, seed=seed)}
    assert reached == allowed


def test_a_pair_that_only_a_chain_of_rules_forbids_is_neither_asked_for_nor_made() -> None:
    levels = {"a": ("1", "2"), "b": ("1", "2"), "c": ("1", "2")}
    never = [{"a": ("1",), "b": ("2",)}, {"b": ("1",), "c": ("2",)}]  # so a=1 with c=2 cannot be
    rows = covering_rows(levels, never)
    assert not any(matches(row, {"a": ("1",), "c": ("2",)}) for row in rows)
    assert any(matches(row, {"a": ("2",), "b": ("2",), "c": ("2",)}) for row in rows)
