"""Draw every sample that is due, exactly once, and leave a record of it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from seamline.errors import RunError
from seamline.files import write_if_changed
from seamline.locking import ENGINE, locked
from seamline.samples.assembling import Job, assemble
from seamline.samples.cells import Picture, Schedule
from seamline.samples.engines import Engine, Facts, LocalEngine, best_device, best_dtype
from seamline.samples.hashing import Hashes
from seamline.samples.inputs import input_of
from seamline.samples.keys import key_of
from seamline.samples.plan import SampleState, part_of, plan
from seamline.samples.progress import Progress
from seamline.samples.recipes import orders_of, schedule_of
from seamline.samples.store import FailedRun, tidy, write_failure, write_run
from seamline.samples.weights import Weights, WeightsName, choose, get

if TYPE_CHECKING:
    from seamline.catalog import Catalog

EngineName = Literal["local", "ray"]
MakeEngine = Callable[[Weights, str | None], Engine]
"""Weights and number format (None: the engine chooses) -> an engine that has them loaded."""


@dataclass(frozen=True)
class Summary:
    """What `run_due` did.

    Attributes:
        drawn: ids of the samples drawn now.
        failed: reasons by id.
        untouched: ids that were not due, or belong to another shard.
    """

    weights: WeightsName
    drawn: tuple[str, ...]
    failed: Mapping[str, str]
    untouched: tuple[str, ...]


def run_due(
    catalog: Catalog,
    *,
    weights: WeightsName | Literal["auto"] = "auto",
    only: Collection[str] | None = None,
    force: bool = False,
    retry: bool = False,
    shard: tuple[int, int] | None = None,
    engine: EngineName | MakeEngine = "local",
    address: str | None = None,
    dtype: str | None = None,
    say: Callable[[str], None] | None = None,
) -> Summary:
    """Draw the samples that are due: stale, missing, failed ones with `retry`, all of them with `force`.

    Args:
        only: sample ids to consider.
        shard: (i, n) for the i-th of n parts, counted from 1; the parts are disjoint and cover everything.
        engine: its name, or a function that makes one.
        address: of a Ray cluster, for `engine="ray"`.
        dtype: number format; by default the device's own.
        say: takes one line per finished sample; by default a progress bar on a terminal, lines elsewhere.

    Raises:
        LockedError: another process is drawing in this project.
        WeightsError: the weights are not here and cannot be had.
        RunError: `only` or `shard` makes no sense.
        EngineError: the engine gave up; samples finished before are safe.
        FilesError: the file system refused; likewise.
    """
    mine = part_of(catalog.samples, shard)
    with locked(catalog.root, "drawing samples", shard, job=ENGINE):
        chosen = choose(catalog.root, tuple(catalog.models.values())) if weights == "auto" else weights
        hashes = Hashes(catalog.root)
        states = plan(catalog, chosen, only=only, dtype=dtype, hashes=hashes)
        due = [state for state in states if state.id in mine and _is_due(state, force=force, retry=retry)]
        journal = _Journal(catalog.root, shard)
        journal.tidy()
        journal.open([state.id for state in due], chosen)
        run = _Run(catalog, chosen, dtype, hashes, make_engine(engine, address, catalog.root), len(due), say)
        for model in sorted({catalog.samples[state.id].model for state in due}):
            run.draw(model, [state for state in due if catalog.samples[state.id].model == model])
        journal.close()
        taken = {state.id for state in due}
        untouched = tuple(state.id for state in states if state.id not in taken)
        return Summary(chosen, tuple(run.drawn), dict(run.failed), untouched)


class _Run:
    """One call of `run_due`: what it found out and what it has done so far."""

    def __init__(
        self,
        catalog: Catalog,
        weights: WeightsName,
        dtype: str | None,
        hashes: Hashes,
        make: MakeEngine,
        total: int,
        say: Callable[[str], None] | None,
    ) -> None:
        self.catalog, self.root, self.weights_name, self.dtype = catalog, catalog.root, weights, dtype
        self.hashes, self.make = hashes, make
        self.drawn: list[str] = []
        self.failed: dict[str, str] = {}
        self._progress = Progress(total, say)

    def draw(self, model: str, due: list[SampleState]) -> None:
        """Draw one model's due samples, everything of one schedule and size together."""
        weights = get(self.root, self.catalog.models[model], self.weights_name, self.hashes)
        self.hashes.save()
        engine = self.make(weights, self.dtype)
        groups: dict[tuple[Schedule, tuple[int, ...]], list[Job]] = {}
        for state in due:
            job = self._prepared(state, weights)
            if job is not None:
                groups.setdefault((schedule_of(job.sample), job.input.picture.shape[:2]), []).append(job)
        try:
            for (schedule, _), jobs in groups.items():
                self._draw_group(engine, weights, schedule, jobs)
        finally:
            self._progress.close()
            engine.close()

    def _prepared(self, state: SampleState, weights: Weights) -> Job | None:
        sample = self.catalog.samples[state.id]
        try:
            if not state.key_fields:
                raise RunError(state.why[0] if state.why else "its key cannot be made", where=state.id)
            return Job(state, sample, input_of(self.root, sample, weights.size), orders_of(state.id, sample))
        except RunError as error:
            self._fail(state, error)
            return None

    def _draw_group(self, engine: Engine, weights: Weights, schedule: Schedule, jobs: list[Job]) -> None:
        pictures: dict[str, Picture] = {job.state.id: job.input.picture for job in jobs}
        asked = [(job, cell) for job in jobs for cell in job.cells]
        self._progress.expect(len(asked))
        height, width = jobs[0].input.picture.shape[:2]
        facts = engine.facts((width, height))
        for result in engine.draw(pictures, [cell for _, cell in asked], schedule):
            job, cell = asked[result.index]
            self._progress.step()
            if result.drawn is None:
                if job.state.id not in self.failed:
                    self._fail(job.state, result.error or RunError("nothing was drawn"))
                continue
            job.drawn[cell] = result.drawn
            job.seconds += result.seconds
            if len(job.drawn) == len(job.cells):
                self._finish(job, weights, facts)

    def _finish(self, job: Job, weights: Weights, facts: Facts) -> None:
        record, images = assemble(job, weights, facts)
        # Pages may be rendered and built at this moment: they show the old run or the new one, never half of each.
        with locked(self.root, f"keeping the run of {job.state.id}", wait=None):
            write_run(self.root, record, images)
        job.drawn.clear()
        self.drawn.append(job.state.id)
        self._progress.say(f"{job.state.id}: drawn with {weights.identity.label} in {job.seconds:.1f} s")

    def _fail(self, state: SampleState, error: RunError) -> None:
        self.failed[state.id] = str(error)
        fields = dict(state.key_fields)
        failure = FailedRun(
            sample=state.id,
            weights=self.weights_name,
            key=key_of(fields),
            key_fields=fields,
            error=type(error).__name__,
            reason=str(error),
        )
        if state.state != "fresh":
            write_failure(self.root, failure)
        self._progress.say(f"{state.id}: failed: {error}")


class _Journal:
    """Which samples are being drawn, so that whoever comes after a kill can tidy up behind it.

    A shard tidies behind itself only: its neighbours may be at work.
    """

    def __init__(self, root: Path, shard: tuple[int, int] | None) -> None:
        self._root, self._shard = root, shard
        self._file = root / ".cache" / ("drawing.json" if shard is None else f"drawing-{shard[0]}-of-{shard[1]}.json")

    def tidy(self) -> None:
        left = [self._file] if self._shard else sorted(self._file.parent.glob("drawing*.json"))
        for file in left:
            with contextlib.suppress(OSError, ValueError):
                for sample, weights in json.loads(file.read_text("utf-8")):
                    tidy(self._root, sample, weights)
            file.unlink(missing_ok=True)

    def open(self, samples: list[str], weights: WeightsName) -> None:
        if samples:
            write_if_changed(self._file, json.dumps([[sample, weights] for sample in samples]))

    def close(self) -> None:
        self._file.unlink(missing_ok=True)


def _is_due(state: SampleState, *, force: bool, retry: bool) -> bool:
    return force or state.state in ("stale", "missing") or (retry and state.state == "failed")


def make_engine(engine: EngineName | MakeEngine, address: str | None, root: Path) -> MakeEngine:
    """How to make the engine of that name; a function is taken as it is."""
    if not isinstance(engine, str):
        return engine

    def local(weights: Weights, dtype: str | None) -> Engine:
        assert weights.folder is not None
        device = best_device()
        dtype = dtype or best_dtype(weights.identity.name, device)
        return LocalEngine(weights.folder, device=device, dtype=dtype, memory=root / ".cache" / "batches.json")

    def ray(weights: Weights, dtype: str | None) -> Engine:
        from seamline.samples.cluster import RayEngine

        assert weights.folder is not None
        return RayEngine(weights.folder, weights=weights.identity.name, dtype=dtype, address=address)

    return ray if engine == "ray" else local
