"""Which runs are due, and why, in words. Reads files; loads no model and needs no torch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from seamline.catalog.entries import Sample
from seamline.catalog.reading.validation import suggestion
from seamline.catalog.recipe import Output, Recipe
from seamline.catalog.recipe_reading import recipe_of
from seamline.catalog.runnable import why_not_run
from seamline.errors import RecordError, RunError
from seamline.hashing import Hashes
from seamline.runs.plan.changes import Change, changes_between
from seamline.runs.plan.keys import key_of, step_fields
from seamline.runs.plan.model_weights import ModelWeights, input_size
from seamline.runs.store.records import RunRecord
from seamline.runs.store.run_folder import FailedRun, damage, folder_of, read_failure, read_partial, read_record
from seamline.weights.locate import WeightsName

if TYPE_CHECKING:
    from seamline.catalog import Catalog

State = Literal["fresh", "stale", "incomplete", "missing", "failed"]
DEFAULT_DTYPE = "float32"

Fields = Mapping[str, Mapping[str, Any]]
"""Fields of the keys of a sample's steps, by step."""


@dataclass(frozen=True, slots=True)
class SampleState:
    """How a sample's run with some weights stands.

    Attributes:
        why: reasons in words; empty for `fresh`.
        weights: `mini` if a stand-in runs in any step, else `hub`; the folder of the run.
        changes: for `stale`, the fields of the steps' keys that differ.
        key_fields: what each step's key is to be; without those steps whose weights, or those of a step before them,
            are not known; empty where the input is not.
        drawn: whether there is a run whose record can be trusted, however old.
    """

    id: str
    state: State
    why: tuple[str, ...] = ()
    weights: WeightsName = "mini"
    changes: tuple[Change, ...] = ()
    key_fields: Fields = field(default_factory=dict, repr=False)
    drawn: bool = False

    def as_json(self) -> dict[str, Any]:
        """What `seamline samples --status --json` prints for this sample."""
        why = [str(change) for change in self.changes] or list(self.why)
        return {"id": self.id, "state": self.state, "weights": self.weights, "why": why}


def plan(
    catalog: Catalog,
    weights: WeightsName | Mapping[str, WeightsName] = "mini",
    *,
    only: Collection[str] | None = None,
    dtype: str | None = None,
    hashes: Hashes | None = None,
) -> tuple[SampleState, ...]:
    """The state of every sample's run with `weights`, in order of sample id; linear in their number.

    A sample whose model nothing here can run has `failed`, whatever lies in its folder. So has one whose own weights
    are here but unsafe, incomplete or of another kind: what is wrong with one model's says nothing about another's.

    Args:
        weights: the same for all models, or by model; `mini` for models that a mapping leaves out.
        only: ids to consider, all by default.
        dtype: number format the runs must have been made in; by default the one they were made in.

    Raises:
        RunError: `only` names a sample that does not exist.
        WeightsError: a stand-in's weights are here, but unsafe or incomplete.
    """
    unknown = sorted(set(only or ()) - set(catalog.samples))
    if unknown:
        meant = suggestion(unknown[0], catalog.samples)
        hint = f"{meant}{'' if meant.endswith('?') else ';'} `seamline samples --status` lists them all"
        raise RunError(f"there is no sample {unknown[0]!r}", where="--only", hint=hint)
    planner = _Planner(catalog, weights, dtype, hashes or Hashes(catalog.root))
    states = tuple(
        planner.assess(name, sample) for name, sample in sorted(catalog.samples.items()) if only is None or name in only
    )
    planner.hashes.save()
    return states


def is_due(state: SampleState, *, force: bool = False, retry: bool = False) -> bool:
    """Whether a sample is to be run now.

    One that failed is tried again when asked, or where it is not even known what would have to change: its input or
    its weights could not be looked at. Looking costs nothing.
    """
    failed = state.state == "failed" and (retry or not state.key_fields)
    return force or failed or state.state in ("stale", "missing", "incomplete")


def part_of(ids: Collection[str], shard: tuple[int, int] | None) -> set[str]:
    """The ids that are one job's share; the shares of all jobs are disjoint and cover everything.

    Args:
        shard: (i, n) for the i-th of n shares, counted from 1; None for the whole.

    Raises:
        RunError: there is no such share.
    """
    if shard is None:
        return set(ids)
    number, shares = shard
    if not 1 <= number <= shares:
        raise RunError(f"there is no part {number} of {shares}", where="--shard", hint="use 1/4, 2/4, 3/4, 4/4")
    return set(sorted(ids)[number - 1 :: shares])


class _Planner:
    """One pass over the samples, which looks at each model's weights once."""

    def __init__(
        self,
        catalog: Catalog,
        weights: WeightsName | Mapping[str, WeightsName],
        dtype: str | None,
        hashes: Hashes,
    ) -> None:
        self.catalog, self.dtype, self.hashes = catalog, dtype, hashes
        self._weights = ModelWeights(catalog, weights, hashes)
        self._not_to_be_run = {name: why_not_run(name, model)[0] for name, model in catalog.models.items()}

    def assess(self, name: str, sample: Sample) -> SampleState:
        not_to_be_run = next((one for model in sample.models if (one := self._not_to_be_run[model])), "")
        if not_to_be_run:
            return SampleState(name, "failed", (not_to_be_run,), self._weights.run_name(sample))
        weights = self._weights.run_name(sample)
        folder = folder_of(self.catalog.root, name, weights)
        torn: tuple[str, ...] = ()
        record = None
        try:
            record = read_record(folder)
        except RecordError as error:
            torn = (f"{Path(error.where).name} {error.what}",)
        drawn = record is not None
        if wrong := self._weights.wrong_with(sample):
            return SampleState(name, "failed", (str(wrong),), weights, drawn=drawn)
        if missing := self._weights.missing_for(sample, record):
            return self._without_weights(
                SampleState(name, "missing", torn, weights, drawn=drawn), sample, record, missing
            )
        try:
            fields, keys = self._keyed(sample, recipe_of(sample, self.catalog.models), record)
        except RunError as error:
            return SampleState(name, "failed", (str(error),), weights, drawn=drawn)
        state, why, changes = self._compare(folder, weights, record, fields, keys)
        if torn:
            state, why = "stale", torn
        return SampleState(name, state, why, weights, changes, fields, drawn)

    def _without_weights(self, state: SampleState, sample: Sample, record: RunRecord | None, model: str) -> SampleState:
        """The state of a sample of whose model the weights are not known; the steps before those of it can run."""
        folder, recipe = folder_of(self.catalog.root, state.id, state.weights), recipe_of(sample, self.catalog.models)
        why = self._weights.why_missing(model)
        try:
            fields, keys = self._keyed(sample, recipe, record)
        except RunError as error:
            return replace(state, state="failed", why=(str(error),))
        if state.why or record is not None:
            return replace(state, state="stale", why=state.why or (why,), key_fields=fields)
        failure = read_failure(folder)
        if failure is not None and fields and _would_fail_again(failure, fields):
            return replace(state, state="failed", why=(failure.reason,), key_fields=fields)
        partial = read_partial(folder)
        if partial is None or damage(folder, partial, self.hashes):
            return replace(state, why=(why,), key_fields=fields)
        kept = [name for name, step in partial.steps.items() if step.key == keys.get(name)]
        if not kept:
            return replace(state, why=(why,), key_fields=fields)
        waits = next(step.name for step in recipe.steps if step.model == model)
        done = f"{' and '.join(f'`{name}`' for name in kept)} {'is' if len(kept) == 1 else 'are'} done, `{waits}` waits"
        to_do = f"{why}: {self._weights.how_to_get(model)}"
        return replace(state, state="incomplete", why=(done, to_do), key_fields=fields)

    def _keyed(self, sample: Sample, recipe: Recipe, record: RunRecord | None) -> tuple[Fields, Mapping[str, str]]:
        """Fields of the steps' keys, and the keys, by step; of those steps that nothing unknown stands before."""
        size = input_size(recipe, self._weights.size_of)
        keys: dict[str, str] = {}
        fields: dict[str, Mapping[str, Any]] = {}
        for step in recipe.steps:
            if any(isinstance(one, Output) and one.step not in keys for one in step.inputs.values()):
                continue
            if step.model and self._weights.known(step.model, record) is None:
                continue
            recorded = record.steps.get(step.name) if record else None
            fields[step.name] = step_fields(
                self.catalog.root,
                sample,
                step,
                weights=self._weights.known(step.model, record) if step.model else None,
                size=size,
                dtype=self.dtype or (recorded.dtype if recorded else "") or DEFAULT_DTYPE,
                upstream=keys,
                hashes=self.hashes,
            )
            keys[step.name] = key_of(fields[step.name])
        return fields, keys

    def _compare(
        self,
        folder: Path,
        weights: WeightsName,
        record: RunRecord | None,
        fields: Fields,
        keys: Mapping[str, str],
    ) -> tuple[State, tuple[str, ...], tuple[Change, ...]]:
        if record is not None and {name: step.key for name, step in record.steps.items()} == keys:
            harm = damage(folder, record, self.hashes)
            return ("stale" if harm else "fresh"), harm, ()
        failure = read_failure(folder)
        if failure is not None and _would_fail_again(failure, fields):
            return "failed", (failure.reason,), ()
        if record is None:
            return "missing", ("never run" if weights == "hub" else f"never run with {weights}",), ()
        changes = _changes(record, fields)
        return "stale", tuple(change.words for change in changes), changes


def _changes(record: RunRecord, fields: Fields) -> tuple[Change, ...]:
    several = len(fields) > 1 or len(record.steps) > 1
    found: list[Change] = []
    for name in (*fields, *(name for name in record.steps if name not in fields)):
        old = record.steps[name].key_fields if name in record.steps else {}
        if not old or name not in fields:
            found.append(Change("step", name if old else None, name if name in fields else None))
            continue
        found += changes_between(old, fields[name], name if several else "")
    return tuple(found)


def _would_fail_again(failure: FailedRun, fields: Fields) -> bool:
    """Whether nothing has changed since a failure; another number format is no change."""

    def but_for_dtype(of_steps: Fields) -> dict[str, dict[str, Any]]:
        return {
            name: {key: value for key, value in one.items() if key != "dtype" and not key.startswith("upstream.")}
            for name, one in of_steps.items()
        }

    return but_for_dtype(failure.key_fields) == but_for_dtype(fields)
