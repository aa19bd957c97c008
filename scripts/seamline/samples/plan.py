"""Which runs are due, and why, in words. Reads files; loads no model and needs no torch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from seamline.catalog.entries import Model, Sample
from seamline.catalog.runnable import why_not_run
from seamline.errors import RecordError, RunError, WeightsError
from seamline.fingerprints import WORDS
from seamline.samples.hashing import Hashes
from seamline.samples.keys import key_fields, key_of
from seamline.samples.records import RunRecord
from seamline.samples.store import damage, folder_of, read_failure, read_record
from seamline.samples.weights import Weights, WeightsName, locate, source_of

if TYPE_CHECKING:
    from seamline.catalog import Catalog

State = Literal["fresh", "stale", "missing", "failed"]
DEFAULT_DTYPE = "float32"


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a run's key that is not what it was; `None` where it was or is absent."""

    field: str
    old: Any
    new: Any

    def __str__(self) -> str:
        """The change as `field: old -> new`."""
        return f"{self.field}: {_brief(self.old)} -> {_brief(self.new)}"

    @property
    def words(self) -> str:
        """The change as a person would say it."""
        if self.field.startswith("code: "):
            name = self.field.removeprefix("code: ")
            return f"the code that {WORDS.get(name, name)} has changed: {_brief(self.old)} -> {_brief(self.new)}"
        if self.field.startswith("weights"):
            file = self.field.partition("/")[2]
            return f"weights changed: {_brief(self.old)} -> {_brief(self.new)}" + (f" ({file})" if file else "")
        if self.field == "input.sha256":
            return f"the input's content changed: {_brief(self.old)} -> {_brief(self.new)}"
        return f"{self.field} was {_brief(self.old)}, is now {_brief(self.new)}"


@dataclass(frozen=True, slots=True)
class SampleState:
    """How a sample's run with some weights stands.

    Attributes:
        why: reasons in words; empty for `fresh`.
        changes: for `stale`, the fields of the key that differ.
        key_fields: what the key is to be; empty where the weights or the input are not known.
        drawn: whether there is a run whose record can be trusted, however old.
    """

    id: str
    state: State
    why: tuple[str, ...] = ()
    weights: WeightsName = "mini"
    changes: tuple[Change, ...] = ()
    key_fields: Mapping[str, Any] = field(default_factory=dict, repr=False)
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

    A sample whose model nothing here can run has `failed`, whatever lies in its folder. So has one whose hub weights
    are here but unsafe, incomplete or another pipeline's: what ails one model's says nothing about another's.

    Args:
        weights: the same for all samples, or by model; `mini` for models that a mapping leaves out.
        only: ids to consider, all by default.
        dtype: number format the runs must have been drawn in; by default the one they were drawn in.

    Raises:
        RunError: `only` names a sample that does not exist.
        WeightsError: the mini editor's weights are here, but unsafe or incomplete.
    """
    unknown = sorted(set(only or ()) - set(catalog.samples))
    if unknown:
        raise RunError(
            f"there is no sample {unknown[0]!r}", where="--only", hint="`seamline samples --status` lists them"
        )
    planner = _Planner(catalog, weights, dtype, hashes or Hashes(catalog.root))
    states = tuple(
        planner.assess(name, sample) for name, sample in sorted(catalog.samples.items()) if only is None or name in only
    )
    planner.hashes.save()
    return states


def is_due(state: SampleState, *, force: bool = False, retry: bool = False) -> bool:
    """Whether a sample is to be drawn now.

    One that failed is tried again when asked, or where it is not even known what would have to change: its input or
    its weights could not be looked at. Looking costs nothing.
    """
    failed = state.state == "failed" and (retry or not state.key_fields)
    return force or failed or state.state in ("stale", "missing")


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


def changes_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """The fields that differ, in the order of the new key; files of weights and parts of configs one by one."""
    flat_old, flat_new = _flat(old), _flat(new)
    names = [*flat_new, *(name for name in flat_old if name not in flat_new)]
    return tuple(
        Change(name, flat_old.get(name), flat_new.get(name))
        for name in names
        if flat_old.get(name) != flat_new.get(name)
    )


class _Planner:
    """One pass over the samples, which looks at each model's weights once."""

    def __init__(
        self,
        catalog: Catalog,
        weights: WeightsName | Mapping[str, WeightsName],
        dtype: str | None,
        hashes: Hashes,
    ) -> None:
        self.catalog, self.weights, self.dtype, self.hashes = catalog, weights, dtype, hashes
        self._here: dict[str, Weights | WeightsError | None] = {}
        self._not_to_be_run = {name: why_not_run(name, model)[0] for name, model in catalog.models.items()}

    def assess(self, name: str, sample: Sample) -> SampleState:
        weights = self._weights_of(sample)
        if why_not := self._not_to_be_run[sample.model]:
            return SampleState(name, "failed", (why_not,), weights)
        folder = folder_of(self.catalog.root, name, weights)
        torn: tuple[str, ...] = ()
        record = None
        try:
            record = read_record(folder)
        except RecordError as error:
            torn = (f"{Path(error.where).name} {error.what}",)
        drawn = record is not None
        located = self._located(sample, weights)
        if isinstance(located, WeightsError):
            return SampleState(name, "failed", (str(located),), weights, drawn=drawn)
        known = located or self._as_recorded(sample, weights, record)
        if known is None:
            why = torn or (f"the weights {weights!r} that the catalog names are not on this machine",)
            return SampleState(name, "stale" if torn or record else "missing", why, weights, drawn=drawn)
        dtype = self.dtype or (record.dtype if record else DEFAULT_DTYPE)
        try:
            fields = key_fields(self.catalog.root, sample, known, dtype, self.hashes)
        except RunError as error:
            return SampleState(name, "failed", (str(error),), weights, drawn=drawn)
        state, why, changes = self._compare(folder, weights, record, fields)
        if torn:
            state, why = "stale", torn
        return SampleState(name, state, why, weights, changes, fields, drawn)

    def _weights_of(self, sample: Sample) -> WeightsName:
        return self.weights if isinstance(self.weights, str) else self.weights.get(sample.model, "mini")

    def _compare(
        self, folder: Path, weights: WeightsName, record: RunRecord | None, fields: Mapping[str, Any]
    ) -> tuple[State, tuple[str, ...], tuple[Change, ...]]:
        if record is not None and record.key == key_of(fields):
            harm = damage(folder, record, self.hashes)
            return ("stale" if harm else "fresh"), harm, ()
        failure = read_failure(folder)
        if failure is not None and failure.key == key_of({**fields, "dtype": failure.key_fields.get("dtype")}):
            return "failed", (failure.reason,), ()
        if record is None:
            return "missing", (f"never drawn with {weights}",), ()
        changes = changes_between(record.key_fields, fields)
        return "stale", tuple(change.words for change in changes), changes

    def _located(self, sample: Sample, weights: WeightsName) -> Weights | WeightsError | None:
        if sample.model not in self._here:
            self._here[sample.model] = self._look(self.catalog.models[sample.model], weights)
        return self._here[sample.model]

    def _look(self, model: Model, weights: WeightsName) -> Weights | WeightsError | None:
        if weights == "mini":
            return locate(self.catalog.root, model, weights, self.hashes)
        try:
            return locate(self.catalog.root, model, weights, self.hashes) if model.weights else None
        except WeightsError as error:
            return error

    def _as_recorded(self, sample: Sample, weights: WeightsName, record: RunRecord | None) -> Weights | None:
        """Weights that are not here, as the run says they were, if the catalog still pins the same ones."""
        model = self.catalog.models[sample.model]
        if record is None or (weights == "hub" and model.weights is None):
            return None
        if record.weights.source != source_of(model, weights)[0]:
            return None
        fields = record.key_fields
        return Weights(
            record.weights, None, fields.get("scheduler.config", {}), fields.get("weights.configuration", {})
        )


def _flat(fields: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in fields.items():
        if name in ("weights.files", "weights.configuration", "scheduler.config"):
            flat |= {f"{name}/{part}": part_value for part, part_value in value.items()}
        else:
            flat[name] = value
    return flat


def _brief(value: Any) -> str:
    if value is None:
        return "absent"
    if isinstance(value, str) and len(value) == 64 and all(c in "0123456789abcdef" for c in value):
        return f"{value[:4]}…"
    if isinstance(value, str) and "@" in value and len(value) > 40:
        return value[: value.index("@") + 9] + "…"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_brief(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_brief, value)) + "]"
    return str(value)
