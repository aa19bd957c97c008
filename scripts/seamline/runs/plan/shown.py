"""One rule says which of a sample's runs is shown: to readers, by `samples --status`, and to a strict build.

1. A fresh run before one that is not.
2. Else a run with pictures before none: stale ones, then those whose last attempt failed. Where no run is whole, one
   whose first steps are kept before none.
3. Among equals the hub's weights before the mini editor's, as they are the model's own;
   where there are no pictures at all, the mini editor's, which any machine can draw.

What is shown and not fresh is marked as such on the page, and is what a strict build fails on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from seamline.errors import Problem
from seamline.hashing import Hashes
from seamline.runs.plan.states import SampleState, plan
from seamline.runs.store.descriptions import undescribed
from seamline.runs.store.run_folder import RUNS, folder_of, read_record

if TYPE_CHECKING:
    from seamline.catalog import Catalog

_BY_STATE = {"fresh": 0, "stale": 1, "incomplete": 2, "failed": 3, "missing": 4}


def shown(states: Iterable[SampleState]) -> SampleState:
    """Which of the states of one sample's runs, one for each weights, is the sample's own."""
    return min(states, key=_rank)


def all_states(catalog: Catalog, only: Collection[str] | None = None) -> Mapping[str, tuple[SampleState, ...]]:
    """The states of every sample's runs, by sample id: with the mini editor, and with the hub's weights if tried.

    Raises:
        RunError: `only` names a sample that does not exist.
        WeightsError: the mini editor's weights are here, but unsafe or incomplete.
    """
    hashes = Hashes(catalog.root)
    states: dict[str, tuple[SampleState, ...]] = {
        state.id: (state,) for state in plan(catalog, "mini", only=only, hashes=hashes)
    }
    if (catalog.root / RUNS).is_dir():
        tried = [name for name in states if folder_of(catalog.root, name, "hub").is_dir()]
        for state in plan(catalog, "hub", only=tried, hashes=hashes):
            states[state.id] = (*states[state.id], state)
    return states


def shown_states(catalog: Catalog, only: Collection[str] | None = None) -> tuple[SampleState, ...]:
    """The state of each sample's shown run, in order of sample id.

    Raises:
        RunError: `only` names a sample that does not exist.
        WeightsError: the mini editor's weights are here, but unsafe or incomplete.
    """
    return tuple(shown(states) for states in all_states(catalog, only).values())


def undescribed_pictures(catalog: Catalog, states: Iterable[SampleState]) -> list[Problem]:
    """Samples whose `alt` was not written for the picture that their shown run holds, with the line to write."""
    found = []
    for state in states:
        if state.drawn:
            record = read_record(folder_of(catalog.root, state.id, state.weights))
            found.append(undescribed(catalog, state.id, record))
    return [problem for problem in found if problem]


def _rank(state: SampleState) -> tuple[bool, int, bool]:
    pictures = state.drawn and state.state != "missing"
    return not pictures, _BY_STATE[state.state], (state.weights == "mini") == pictures
