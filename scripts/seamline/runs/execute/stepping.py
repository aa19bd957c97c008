"""Run steps in dependency order: those of many samples that one model runs together, operations at once."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any

from seamline.catalog.recipe import ResolvedStep, Text
from seamline.errors import EngineError, FilesError, RunError, SeamlineError, WeightsError
from seamline.files import FULL
from seamline.plugins import OPERATIONS
from seamline.runners.base import Value
from seamline.runners.registry import runner_named
from seamline.runs.engines.base import Engine, Loading
from seamline.runs.execute.assembling import model_artifacts, model_record, operation_artifacts, operation_record
from seamline.runs.execute.job import Job, Work
from seamline.runs.execute.progress import Progress
from seamline.runs.plan.requests import value_name
from seamline.weights.locate import Weights

if TYPE_CHECKING:
    from seamline.catalog import Catalog

OnDone = Callable[[Job], None]
OnFailed = Callable[[Job, str, RunError, bool], None]
"""Called with the job, the step, the error, and whether trying again would fail again."""

_BASES = (EngineError, WeightsError)


class Stepping:
    """Runs the steps of jobs until each job is done or has failed.

    Args:
        weights_of: the weights of a model; raises WeightsError where they cannot be had.
        engine: made when the first model is to run.
        on_step: called when a step of a job is done and others are not, so that a killed process loses no step.
        as_recorded: whether each step runs in the number format that its key names, instead of the engine's choice.
    """

    def __init__(
        self,
        catalog: Catalog,
        weights_of: Callable[[str], Weights],
        engine: Callable[[], Engine],
        progress: Progress,
        on_done: OnDone,
        on_failed: OnFailed,
        *,
        on_step: OnDone = lambda job: None,
        as_recorded: bool = False,
    ) -> None:
        self._catalog, self._weights_of, self._make, self._progress = catalog, weights_of, engine, progress
        self._on_done, self._on_step, self._on_failed = on_done, on_step, on_failed
        self._as_recorded = as_recorded
        self._engine: Engine | None = None
        self._failed: set[str] = set()

    def run(self, jobs: list[Job]) -> None:
        """Run everything.

        Raises:
            EngineError: the engine gave up; jobs finished before are done.
            FilesError: the file system refused; likewise.
        """
        try:
            for job in jobs:
                if job.done:
                    self._on_done(job)
            waiting = [job for job in jobs if not job.done]
            while waiting:
                for job in waiting:
                    self._operate(job)
                models = sorted({step.model for job in waiting for step in self._ready(job)})
                # A step without weights ends its sample's run: not before all that can be run of the sample has been.
                for model in [model for model in models if self._can_be_had(model)] or models:
                    pairs = [(job, step) for job in waiting for step in self._ready(job) if step.model == model]
                    self._run_model(model, pairs)
                waiting = [job for job in waiting if not job.done and job.state.id not in self._failed]
        finally:
            self._progress.close()
            if self._engine is not None:
                self._engine.close()

    def _ready(self, job: Job) -> list[ResolvedStep]:
        return [] if job.state.id in self._failed else [step for step in job.ready if step.model]

    def _can_be_had(self, model: str) -> bool:
        try:
            self._weights_of(model)
        except WeightsError:
            return False
        return True

    def _operate(self, job: Job) -> None:
        while job.state.id not in self._failed:
            step = next((step for step in job.ready if step.operation), None)
            if step is None:
                return
            with _Blame(self, job, step.name):
                operation = OPERATIONS.all[step.operation]
                values = operation.apply(step.parameters, _inputs(job, step))
                found = operation_artifacts(job, step, values)
                job.keep(operation_record(job, step.name), step.name, found.records, found.files)
            self._go_on(job)

    def _run_model(self, model: str, pairs: list[tuple[Job, ResolvedStep]]) -> None:
        try:
            weights = self._weights_of(model)
        except WeightsError as error:
            for job, step in pairs:
                self.fail(job, step.name, error, lasting=False)
            return
        assert weights.folder is not None
        several = f"{len(pairs)} samples" if len(pairs) > 1 else f"the sample {pairs[0][0].state.id}"
        self._progress.note(f"running {several} with {weights.identity.label}")
        groups: dict[Hashable, list[tuple[Job, Work]]] = {}
        for job, step in pairs:
            with _Blame(self, job, step.name):
                work = job.work_on(step)
                batch = runner_named(step.runner).batch_of(work.planned[0].request, job.values)
                adapter = runner_named(step.runner).adapter_of(step.parameters)
                together = (job.state.key_fields[step.name].get("dtype"), adapter, batch)
                groups.setdefault(together, []).append((job, work))
        for group in groups.values():
            self._run_batch(weights, group)

    def _run_batch(self, weights: Weights, group: list[tuple[Job, Work]]) -> None:
        if self._engine is None:
            self._engine = self._make()
        assert weights.folder is not None
        job, work = group[0]
        dtype = job.state.key_fields[work.step.name]["dtype"] if self._as_recorded else None
        runner = runner_named(weights.runner)
        loading = Loading(
            weights.runner,
            weights.folder,
            own=weights.identity.name == "hub",
            dtype=dtype,
            adapter=runner.adapter_of(work.step.parameters),
        )
        values: dict[str, Value] = {name: value for job, _ in group for name, value in job.values.items()}
        asked = [(job, work, request) for job, work in group for request in work.requests]
        # Variants may need a batch of their own: other steps, another scheduler.
        batches: dict[Hashable, list[tuple[Job, Work, Any]]] = {}
        for one in asked:
            batches.setdefault(runner.batch_of(one[2], values), []).append(one)
        self._progress.expect(len(asked))
        for members in batches.values():
            for result in self._engine.run(loading, values, [request for _, _, request in members]):
                job, work, request = members[result.index]
                self._progress.step()
                if result.output is None:
                    self.fail(job, work.step.name, result.error or RunError("nothing came out"))
                    continue
                work.outputs[request] = result.output
                work.seconds += result.seconds
                if work.done:
                    self._finish(job, work, weights, loading)

    def _finish(self, job: Job, work: Work, weights: Weights, loading: Loading) -> None:
        assert self._engine is not None
        facts = self._engine.facts(loading, _size_of(job, work) or weights.size)
        with _Blame(self, job, work.step.name):
            found = model_artifacts(job, work, weights)
            job.keep(model_record(job, work, weights, facts), work.step.name, found.records, found.files)
        self._go_on(job)

    def _go_on(self, job: Job) -> None:
        """Keep what a job has so far."""
        if job.state.id not in self._failed:
            with _Blame(self, job, ""):
                (self._on_done if job.done else self._on_step)(job)

    def fail(self, job: Job, step: str, error: RunError, *, lasting: bool = True) -> None:
        """Note once that a job has failed."""
        if job.state.id not in self._failed:
            self._failed.add(job.state.id)
            self._on_failed(job, step, error, lasting)

    def unexpected(self, name: str, error: Exception) -> RunError:
        """An error that nobody foresaw, in full: with its traceback here, and in a sentence in the record."""
        self._progress.note(f"{name}: {''.join(traceback.format_exception(error)).rstrip()}")
        return RunError(
            f"unexpected {type(error).__name__}: {error}",
            where=name,
            hint="this is a fault of Seamline's: report it, with the traceback that was printed",
        )


class _Blame:
    """What goes wrong inside is one job's fault and no other's; a full disk, or a missing part, ends everything."""

    def __init__(self, stepping: Stepping, job: Job, step: str) -> None:
        self._stepping, self._job, self._step = stepping, job, step

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        if error is None or not isinstance(error, Exception):
            return False
        if isinstance(error, (ImportError, FilesError, *_BASES)) or getattr(error, "errno", None) in FULL:
            return False
        if isinstance(error, RunError):
            self._stepping.fail(self._job, self._step, error)
            return True
        if isinstance(error, SeamlineError):
            return False
        self._stepping.fail(self._job, self._step, self._stepping.unexpected(self._job.state.id, error))
        return True


def _size_of(job: Job, work: Work) -> tuple[int, int] | None:
    """Width and height of the picture that a step reads or, if it reads none, gives; None if there is neither."""
    read = [job.values[value_name(job.state.id, one)] for one in work.step.inputs.values() if not isinstance(one, Text)]
    pictures = [one for one in (*read, *work.output_of(work.planned[0]).values.values()) if not isinstance(one, str)]
    return (pictures[0].shape[1], pictures[0].shape[0]) if pictures else None


def _inputs(job: Job, step: ResolvedStep) -> Mapping[str, Value]:
    return {
        port: source.text if isinstance(source, Text) else job.values[value_name(job.state.id, source)]
        for port, source in step.inputs.items()
    }
