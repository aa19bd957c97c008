"""Run every sample that is due, exactly once, and leave a record of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from seamline.catalog.recipe import Output, Recipe
from seamline.catalog.recipe_reading import recipe_of
from seamline.catalog.runnable import runner_of, why_not_run
from seamline.errors import RunError, SeamlineError, WeightsError
from seamline.hashing import Hashes
from seamline.locking import ENGINE, locked
from seamline.plugins import RunnerDeclaration
from seamline.runs.engines.making import EngineName, MakeEngine, make_engine
from seamline.runs.execute.assembling import run_record
from seamline.runs.execute.job import Job, job_for
from seamline.runs.execute.progress import Progress
from seamline.runs.execute.stepping import Stepping
from seamline.runs.plan.model_weights import input_size
from seamline.runs.plan.states import SampleState, is_due, part_of, plan
from seamline.runs.store.journal import Journal
from seamline.runs.store.run_folder import (
    FailedRun,
    folder_of,
    read_partial,
    read_trusted,
    write_failure,
    write_partial,
    write_run,
)
from seamline.weights.locate import Weights, WeightsName, choose, get, size_of

if TYPE_CHECKING:
    from seamline.catalog import Catalog


@dataclass(frozen=True)
class Summary:
    """What `run_due` did.

    Attributes:
        weights: which weights were meant to run, by model.
        drawn: ids of the samples run now.
        failed: reasons by id.
        incomplete: which weights a step waits for, by id; the steps before it are kept.
        untouched: ids that were not due, or belong to another shard.
    """

    weights: Mapping[str, WeightsName]
    drawn: tuple[str, ...]
    failed: Mapping[str, str]
    incomplete: Mapping[str, str]
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
    """Run the samples that are due: stale, missing, failed ones with `retry`, all of them with `force`.

    A run starts where the change is: steps whose key is what it was, and whose files are whole, are kept. What is
    wrong with one sample, one step, or the weights of one model is said in `Summary.failed` or `.incomplete` and keeps
    no other from being run; steps that were done before one failed are kept, and so are those before one whose weights
    cannot be had, and every other that can be run without it. A sample whose model nothing here can run never runs.

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
        LockedError: another process is running samples in this project.
        WeightsError: of no sample that is due the weights are here or can be had.
        RunError: `only` or `shard` makes no sense.
        EngineError: the engine gave up; samples finished before are safe.
        FilesError: the file system refused; likewise.
    """
    mine = part_of(catalog.samples, shard)
    with locked(catalog.root, "running samples", shard, job=ENGINE):
        progress = Progress(say)
        hashes = Hashes(catalog.root)
        considered = {
            model
            for name, sample in catalog.samples.items()
            if name in mine & set(only or mine)
            for model in sample.models
        }
        chosen = {name: _chosen(catalog, name, weights, hashes, progress) for name in sorted(considered)}
        states = plan(catalog, chosen, only=only, dtype=dtype, hashes=hashes)
        due = [state for state in states if state.id in mine and is_due(state, force=force, retry=retry)]
        journal = Journal(catalog.root, shard)
        journal.tidy()
        journal.open((state.id, state.weights) for state in due)
        progress.total = len(due)
        run = _Run(catalog, chosen, hashes, make_engine(engine, address, catalog.root, dtype), progress)
        run.run(due, force=force)
        run.settle()
        journal.close()
        taken = {state.id for state in due}
        untouched = tuple(state.id for state in states if state.id not in taken)
        return Summary(chosen, tuple(run.drawn), dict(run.failed), dict(run.incomplete), untouched)


class _Run:
    """One call of `run_due`: what it found out and what it has done so far."""

    def __init__(
        self,
        catalog: Catalog,
        chosen: Mapping[str, WeightsName],
        hashes: Hashes,
        make: MakeEngine,
        progress: Progress,
    ) -> None:
        self.catalog, self.root, self.chosen, self.hashes = catalog, catalog.root, chosen, hashes
        self.drawn: list[str] = []
        self.failed: dict[str, str] = {}
        self.incomplete: dict[str, str] = {}
        self._progress = progress
        self._weights: dict[str, Weights | WeightsError] = {}
        self._without_weights: list[tuple[SampleState, WeightsError]] = []
        self._stepping = Stepping(
            catalog, self._weights_of, make, progress, self._keep, self._keep_failure, on_step=self._keep_steps
        )

    def run(self, due: list[SampleState], *, force: bool) -> None:
        """Run all that is due."""
        jobs = [job for job in (self._job(state, force=force) for state in due) if job is not None]
        self.hashes.save()
        self._stepping.run(jobs)

    def settle(self) -> None:
        """Report the samples whose weights could not be had.

        Raises:
            WeightsError: there was nothing else to do.
        """
        if self._without_weights and not (self.drawn or self.failed or self.incomplete):
            raise self._without_weights[0][1]
        for state, error in self._without_weights:
            self._note_failure(state, "", error, lasting=False)

    def _job(self, state: SampleState, *, force: bool) -> Job | None:
        sample = self.catalog.samples[state.id]
        for model in sample.models:
            why_not, hint = why_not_run(model, self.catalog.models[model])
            if why_not:
                self._note_failure(state, "", RunError(why_not, where=state.id, hint=hint))
                return None
        lacking = {model: error for model in sample.models if (error := self._lacking(model))}
        recipe = recipe_of(sample, self.catalog.models)
        if lacking and not (state.key_fields and _can_begin(recipe, lacking)):
            self._without_weights.append((state, next(iter(lacking.values()))))
            return None
        try:
            if not state.key_fields:
                raise RunError(state.why[0] if state.why else "its key cannot be made", where=state.id)
            size = input_size(recipe, lambda model: size_of(self._runner(model), self.chosen[model]))
            job = job_for(self.root, state, sample, recipe, size)
        except RunError as error:
            self._note_failure(state, "", error)
            return None
        except (SeamlineError, ImportError):  # a full disk, a part that is not installed: that ends the others too
            raise
        except Exception as error:  # whatever it is, the other samples are not to blame
            self._note_failure(state, "", self._stepping.unexpected(state.id, error))
            return None
        if not force:
            folder = folder_of(self.root, state.id, state.weights)
            for record in (read_trusted(folder), read_partial(folder)):
                if record is not None:
                    job.reuse(folder, record)
        return job

    def _runner(self, model: str) -> RunnerDeclaration:
        runner = runner_of(self.catalog.models[model])
        assert runner is not None
        return runner

    def _lacking(self, model: str) -> WeightsError | None:
        try:
            self._weights_of(model)
        except WeightsError as error:
            return error
        return None

    def _weights_of(self, model: str) -> Weights:
        if model not in self._weights:
            entry, runner = self.catalog.models[model], self._runner(model)
            try:
                self._weights[model] = get(self.root, entry, runner, self.chosen[model], self.hashes)
            except WeightsError as error:
                self._weights[model] = error
        found = self._weights[model]
        if isinstance(found, WeightsError):
            raise found
        return found

    def _keep(self, job: Job) -> None:
        folder = folder_of(self.root, job.state.id, job.state.weights)
        record, files = run_record(job, read_trusted(folder))
        # Pages may be rendered and built at this moment: they show the old run or the new one, never half of each.
        with locked(self.root, f"keeping the run of {job.state.id}", wait=None):
            write_run(self.root, record, files)
        self.drawn.append(job.state.id)
        self._progress.say(f"{job.state.id}: done with {record.weights.label} in {record.seconds:.1f} s")

    def _keep_steps(self, job: Job) -> None:
        record, files = run_record(job, None)
        with locked(self.root, f"keeping steps of {job.state.id}", wait=None):
            write_partial(self.root, record, files)

    def _keep_failure(self, job: Job, step: str, error: RunError, lasting: bool) -> None:
        if isinstance(error, WeightsError) and not job.steps:
            self._without_weights.append((job.state, error))
            return
        kept = ""
        if job.steps:
            self._keep_steps(job)
            names = " and ".join(f"`{name}`" for name in job.steps)
            kept = f"; {names} {'is' if len(job.steps) == 1 else 'are'} kept"
        if isinstance(error, WeightsError) and not lasting:
            self.incomplete[job.state.id] = reason = f"step `{step}` waits for weights{kept}\n  {error}"
            self._progress.say(f"{job.state.id}: incomplete: {reason}")
            return
        self._note_failure(job.state, step, error, kept=kept, lasting=lasting)

    def _note_failure(
        self, state: SampleState, step: str, error: RunError, *, kept: str = "", lasting: bool = True
    ) -> None:
        """Note that a sample could not be run; on disk too if it would fail again until something changed."""
        several = len(state.key_fields) > 1
        reason = f"step `{step}` failed: {error}{kept}" if several and step else str(error)
        self.failed[state.id] = reason
        failure = FailedRun(
            sample=state.id,
            weights=state.weights,
            key_fields={name: dict(fields) for name, fields in state.key_fields.items()},
            step=step,
            error=type(error).__name__,
            reason=reason,
        )
        if lasting and state.key_fields and state.state != "fresh":
            write_failure(self.root, failure)
        self._progress.say(f"{state.id}: failed: {reason}")


def _can_begin(recipe: Recipe, lacking: Collection[str]) -> bool:
    """Whether any step runs without the models that are lacking."""
    begun: set[str] = set()
    for step in recipe.steps:
        before = {source.step for source in step.inputs.values() if isinstance(source, Output)}
        if step.model not in lacking and before <= begun:
            begun.add(step.name)
    return bool(begun)


def _chosen(
    catalog: Catalog, name: str, weights: WeightsName | Literal["auto"], hashes: Hashes, progress: Progress
) -> WeightsName:
    """The weights for a model's samples; a word to the user where a GPU is here and its weights cannot be had."""
    model = catalog.models[name]
    runner = runner_of(model)
    if weights != "auto" or runner is None:
        return "mini" if weights == "auto" else weights
    chosen, why = choose(catalog.root, model, runner, hashes)
    if why and runner.stand_in:
        progress.note(f"{name}: run with the {runner.stand_in.label}, not the model's own weights: {why}")
    return chosen
