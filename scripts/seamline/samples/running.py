"""Draw every sample that is due, exactly once, and leave a record of it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from seamline.catalog.runnable import why_not_run
from seamline.errors import RunError, SeamlineError, WeightsError
from seamline.locking import ENGINE, locked
from seamline.samples.assembling import Job, assemble
from seamline.samples.cells import Picture, Schedule
from seamline.samples.engines import Engine, Facts, LocalEngine, best_device, best_dtype
from seamline.samples.hashing import Hashes
from seamline.samples.inputs import input_of
from seamline.samples.journal import Journal
from seamline.samples.keys import key_of
from seamline.samples.plan import SampleState, is_due, part_of, plan
from seamline.samples.progress import Progress
from seamline.samples.recipes import orders_of, schedule_of
from seamline.samples.store import FailedRun, write_failure, write_run
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
        weights: which weights were meant to draw, by model.
        drawn: ids of the samples drawn now.
        failed: reasons by id.
        untouched: ids that were not due, or belong to another shard.
    """

    weights: Mapping[str, WeightsName]
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

    What ails one sample, or the weights of one model, is told in `Summary.failed` and keeps no other from being drawn.
    A sample whose model nothing here can run is never drawn.

    Args:
        weights: `auto` decides for each model by itself.
        only: sample ids to consider.
        shard: (i, n) for the i-th of n parts, counted from 1; the parts are disjoint and cover everything.
        engine: its name, or a function that makes one.
        address: of a Ray cluster, for `engine="ray"`.
        dtype: number format; by default the device's own.
        say: takes one line as each model's turn comes, and one per finished sample; by default a progress bar on a
            terminal, lines elsewhere.

    Raises:
        LockedError: another process is drawing in this project.
        WeightsError: of no sample that is due the weights are here or can be had.
        RunError: `only` or `shard` makes no sense.
        EngineError: the engine gave up; samples finished before are safe.
        FilesError: the file system refused; likewise.
    """
    mine = part_of(catalog.samples, shard)
    with locked(catalog.root, "drawing samples", shard, job=ENGINE):
        progress = Progress(say)
        hashes = Hashes(catalog.root)
        considered = {sample.model for name, sample in catalog.samples.items() if name in mine & set(only or mine)}
        chosen = {name: _chosen(catalog, name, weights, hashes, progress) for name in sorted(considered)}
        states = plan(catalog, chosen, only=only, dtype=dtype, hashes=hashes)
        due = [state for state in states if state.id in mine and is_due(state, force=force, retry=retry)]
        journal = Journal(catalog.root, shard)
        journal.tidy()
        journal.open((state.id, state.weights) for state in due)
        progress.total = len(due)
        run = _Run(catalog, dtype, hashes, make_engine(engine, address, catalog.root), progress)
        for model in sorted({catalog.samples[state.id].model for state in due}):
            run.draw(model, [state for state in due if catalog.samples[state.id].model == model])
        run.settle()
        journal.close()
        taken = {state.id for state in due}
        untouched = tuple(state.id for state in states if state.id not in taken)
        return Summary(chosen, tuple(run.drawn), dict(run.failed), untouched)


class _Run:
    """One call of `run_due`: what it found out and what it has done so far."""

    def __init__(
        self, catalog: Catalog, dtype: str | None, hashes: Hashes, make: MakeEngine, progress: Progress
    ) -> None:
        self.catalog, self.root, self.dtype = catalog, catalog.root, dtype
        self.hashes, self.make = hashes, make
        self.drawn: list[str] = []
        self.failed: dict[str, str] = {}
        self._progress = progress
        self._without_weights: list[tuple[SampleState, WeightsError]] = []

    def draw(self, model: str, due: list[SampleState]) -> None:
        """Draw one model's due samples, everything of one schedule and size together."""
        entry = self.catalog.models[model]
        why_not, hint = why_not_run(model, entry)
        if why_not:
            for state in due:
                self._fail(state, RunError(why_not, where=state.id, hint=hint))
            return
        try:
            weights = get(self.root, entry, due[0].weights, self.hashes)
            self.hashes.save()
            self._draw_with(weights, due)
        except WeightsError as error:
            done = {*self.drawn, *self.failed}
            self._without_weights += [(state, error) for state in due if state.id not in done]

    def settle(self) -> None:
        """Tell of the samples whose weights could not be had.

        Raises:
            WeightsError: there was nothing else to do.
        """
        if self._without_weights and not self.drawn and not self.failed:
            raise self._without_weights[0][1]
        for state, error in self._without_weights:
            self._fail(state, error, lasting=False)

    def _draw_with(self, weights: Weights, due: list[SampleState]) -> None:
        several = f"{len(due)} samples" if len(due) > 1 else f"the sample {due[0].id}"
        self._progress.note(f"drawing {several} with {weights.identity.label}")
        groups: dict[tuple[Schedule, tuple[int, ...]], list[Job]] = {}
        for state in due:
            job = self._prepared(state, weights)
            if job is not None:
                groups.setdefault((schedule_of(job.sample), job.input.picture.shape[:2]), []).append(job)
        if not groups:
            return
        engine = self.make(weights, self.dtype)
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
        except (SeamlineError, ImportError):  # a full disk, a part that is not installed: that ends the others too
            raise
        except Exception as error:  # whatever it is, the other samples are not to blame
            self._fail(state, self._unexpected(state, error))
        return None

    def _draw_group(self, engine: Engine, weights: Weights, schedule: Schedule, jobs: list[Job]) -> None:
        pictures: dict[str, Picture] = {job.state.id: job.input.picture for job in jobs}
        asked = [(job, cell) for job in jobs for cell in job.cells]
        self._progress.expect(len(asked))
        height, width = jobs[0].input.picture.shape[:2]
        facts = engine.facts((width, height))
        self._progress.note(
            f"{len(asked)} {'pictures' if len(asked) > 1 else 'picture'} of {width} x {height}, on {facts.device}"
        )
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
        try:
            record, images = assemble(job, weights, facts)
        except ImportError:
            raise
        except Exception as error:  # whatever it is, the other samples are not to blame
            self._fail(job.state, self._unexpected(job.state, error))
            return
        # Pages may be rendered and built at this moment: they show the old run or the new one, never half of each.
        with locked(self.root, f"keeping the run of {job.state.id}", wait=None):
            write_run(self.root, record, images)
        job.drawn.clear()
        self.drawn.append(job.state.id)
        self._progress.say(f"{job.state.id}: drawn with {weights.identity.label} in {job.seconds:.1f} s")

    def _fail(self, state: SampleState, error: RunError, *, lasting: bool = True) -> None:
        """Note that a sample could not be drawn; on disk too if it will not be tried again until something changed."""
        self.failed[state.id] = str(error)
        fields = dict(state.key_fields)
        failure = FailedRun(
            sample=state.id,
            weights=state.weights,
            key=key_of(fields),
            key_fields=fields,
            error=type(error).__name__,
            reason=str(error),
        )
        if lasting and fields and state.state != "fresh":
            write_failure(self.root, failure)
        self._progress.say(f"{state.id}: failed: {error}")

    def _unexpected(self, state: SampleState, error: Exception) -> RunError:
        """An error that nobody foresaw, told in full: with its traceback here, and in a sentence in the record."""
        self._progress.note(f"{state.id}: {''.join(traceback.format_exception(error)).rstrip()}")
        return RunError(
            f"unexpected {type(error).__name__}: {error}",
            where=state.id,
            hint="this is a fault of Seamline's: report it, with the traceback that was printed",
        )


def _chosen(
    catalog: Catalog, name: str, weights: WeightsName | Literal["auto"], hashes: Hashes, progress: Progress
) -> WeightsName:
    """The weights for a model's samples; a word to the user where a GPU is here and its weights cannot be had."""
    model = catalog.models[name]
    if weights != "auto" or why_not_run(name, model) != ("", ""):
        return "mini" if weights == "auto" else weights
    chosen, why = choose(catalog.root, model, hashes)
    if why:
        progress.note(f"{name}: drawn with the mini editor, not the model's own weights: {why}")
    return chosen


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
