"""Keep runs whose code changed and whose pictures did not.

A run is stale as soon as code that could change its pixels changes. After a refactoring, nothing it shows need change:
the run is made again, each artifact is compared with the committed one by the thresholds of `verify`, and if all hold
the committed files stay, byte for byte, under the new key. The record says that it was carried over, and from which
key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seamline.errors import RecordError, RunError
from seamline.hashing import Hashes
from seamline.locking import ENGINE, locked
from seamline.runs.engines.making import EngineName, MakeEngine
from seamline.runs.execute.recompute import Recomputed, compare, recompute
from seamline.runs.plan.keys import key_of
from seamline.runs.plan.states import SampleState, plan
from seamline.runs.store.records import RunRecord, StepRecord
from seamline.runs.store.run_folder import damage, folder_of, read_trusted, write_run
from seamline.weights.locate import WeightsName

if TYPE_CHECKING:
    from seamline.catalog import Catalog


@dataclass(frozen=True)
class CarriedOver:
    """What `carry_over` did.

    Attributes:
        kept: ids of runs whose pictures hold under the present code.
        different: why others are due as before, by id: which pictures do not hold, or what went wrong.
        untouched: ids of runs that are not stale, stale for other reasons than code, or damaged.
    """

    kept: tuple[str, ...]
    different: Mapping[str, str]
    untouched: tuple[str, ...]


def carry_over(
    catalog: Catalog,
    *,
    weights: WeightsName = "mini",
    only: Collection[str] | None = None,
    engine: EngineName | MakeEngine = "local",
    address: str | None = None,
    say: Callable[[str], None] | None = None,
) -> CarriedOver:
    """Keep the runs that are stale for nothing but code, where running them again gives the same.

    Raises:
        LockedError: another process is running samples in this project.
        WeightsError: the weights are not here.
    """
    with locked(catalog.root, "carrying runs over", job=ENGINE):
        hashes = Hashes(catalog.root)
        states = plan(catalog, weights, only=only, hashes=hashes)
        candidates = [state for state in states if for_code_alone(state) and _is_whole(catalog, state, hashes)]
        kept: list[str] = []
        different: dict[str, str] = {}

        def failed(state: SampleState, error: RunError) -> None:
            different[state.id] = str(error)

        again = recompute(catalog, candidates, weights, engine=engine, address=address, say=say, on_failed=failed)
        for one in again:
            if why := _different(catalog, one):
                different[one.state.id] = why
                continue
            with locked(catalog.root, f"carrying over {one.state.id}", wait=None):
                write_run(catalog.root, _carried(one), {})
            kept.append(one.state.id)
        touched = {state.id for state in candidates}
        return CarriedOver(tuple(kept), different, tuple(state.id for state in states if state.id not in touched))


def for_code_alone(state: SampleState) -> bool:
    """Whether a run is stale for nothing but changed code."""
    return state.state == "stale" and bool(state.changes) and all(change.of_code for change in state.changes)


def _is_whole(catalog: Catalog, state: SampleState, hashes: Hashes) -> bool:
    folder = folder_of(catalog.root, state.id, state.weights)
    record = read_trusted(folder)
    return record is not None and not damage(folder, record, hashes)


def _different(catalog: Catalog, one: Recomputed) -> str:
    try:
        off = [comparison.file for comparison in compare(catalog, one) if not comparison.holds]
    except RecordError as error:
        return error.what
    if not off:
        return ""
    return f"{off[0]} would be another" if len(off) == 1 else f"{off[0]} and {len(off) - 1} more would be others"


def _carried(one: Recomputed) -> RunRecord:
    """The committed run under its new key: files, times and devices are those of old."""
    steps: dict[str, StepRecord] = {}
    for name, new in one.again.steps.items():
        fields = dict(one.state.key_fields[name])
        fields |= {f"upstream.{step}": done.key for step, done in steps.items() if f"upstream.{step}" in fields}
        steps[name] = one.committed.steps[name].model_copy(
            update={"key": key_of(fields), "key_fields": fields, "inputs": new.inputs, "runner": new.runner}
        )
    return one.committed.model_copy(
        update={"steps": steps, "carried_over": one.committed.carried_over or one.committed.key}
    )
