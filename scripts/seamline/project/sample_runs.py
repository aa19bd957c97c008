"""What a project asks of runs, and of what was measured on them: nothing else here calls the rooms that know."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from seamline.errors import CatalogError, RunError
from seamline.project.results import RunReport, StatusReport, VerifyReport

if TYPE_CHECKING:
    from seamline.catalog import Catalog
    from seamline.errors import Problem
    from seamline.project.results import Choice, Shard
    from seamline.runs.engines.making import EngineName
    from seamline.runs.execute.carry_over import CarriedOver
    from seamline.runs.plan.states import SampleState
    from seamline.runs.store.orphans import Orphan
    from seamline.weights.locate import WeightsName


def status(catalog: Catalog, only: Collection[str] | None, weights: Choice, shard: Shard | None) -> StatusReport:
    """How every sample's run stands; loads no model."""
    from seamline.measures.standing import standing
    from seamline.runs.plan.states import part_of

    mine = part_of(catalog.samples, shard)
    states = tuple(state for state in _states(catalog, weights, only) if state.id in mine)
    records = standing(catalog.root, catalog.samples)
    return StatusReport(
        states,
        records.broken,
        dict(records.outdated),
        dict(records.unchecked),
        _undescribed(catalog, only),
        orphans(catalog),
    )


@dataclass(frozen=True, slots=True)
class Selection:
    """Which samples are to be run, and with whose weights; as `Project.run` explains."""

    only: Collection[str] | None
    weights: Choice
    force: bool
    retry: bool
    shard: Shard | None


def run(
    catalog: Catalog,
    which: Selection,
    engine: EngineName,
    address: str | None,
    dtype: str | None,
    progress: Callable[[str], None] | None,
) -> RunReport:
    """Run what is due, and measure every run that has no measures of this code."""
    if find_spec("torch") is None and not _due(catalog, which):
        return RunReport()
    from seamline.measures.measuring import measure_runs
    from seamline.runs.execute.scheduler import run_due

    summary = run_due(
        catalog,
        weights=which.weights,
        only=which.only,
        force=which.force,
        retry=which.retry,
        shard=which.shard,
        engine=engine,
        address=address,
        dtype=dtype,
        say=progress,
    )
    measured = measure_runs(catalog.root, catalog)
    return RunReport(summary, measured, _undescribed(catalog, which.only))


def carry_over(
    catalog: Catalog, only: Collection[str] | None, weights: WeightsName, progress: Callable[[str], None] | None
) -> CarriedOver:
    """Keep runs whose code changed and whose pictures did not, and measure them where that is due."""
    from seamline.measures.measuring import measure_runs
    from seamline.runs.execute.carry_over import carry_over as carried

    done = carried(catalog, weights=weights, only=only, say=progress)
    measure_runs(catalog.root, catalog)
    return done


def verify(catalog: Catalog, only: Collection[str] | None, weights: WeightsName, sample: int | None) -> VerifyReport:
    """Generate committed pictures again, measure them again, and compare.

    It writes no run and holds no lock, so that pages can be rendered and samples run in the hours that it may take.
    A run that is replaced meanwhile may seem damaged or not to hold: verify it again.
    """
    from seamline.measures.verifying import verify_measures
    from seamline.runs.execute.verify import verify as generated_again

    pictures = generated_again(catalog, weights=weights, only=only, sample=sample)
    runs = dict.fromkeys((one.sample, one.weights) for one in pictures)
    numbers, differences = verify_measures(catalog.root, runs)
    return VerifyReport(pictures, numbers, differences)


def orphans(catalog: Catalog) -> tuple[Orphan, ...]:
    """Runs of no sample."""
    from seamline.runs.store import orphans

    return orphans.orphans(catalog)


def prune(catalog: Catalog) -> tuple[Orphan, ...]:
    """Remove the runs of no sample; which they were."""
    from seamline.runs.store import orphans

    return orphans.prune(catalog)


def damaged(catalog: Catalog) -> tuple[str, ...]:
    """Files of runs that are not what their records say, one line each."""
    from seamline.runs.store.intact import damaged_pictures

    return tuple(damaged_pictures(catalog))


def require_fresh(catalog: Catalog) -> None:
    """See that each shown run is fresh and its picture described.

    Raises:
        RunError: a shown run is stale, missing or failed.
        CatalogError: the alternative text of a shown picture was not written for it.
    """
    from seamline.runs.plan.shown import shown_states, undescribed_pictures

    states = shown_states(catalog)
    stale = [state for state in states if state.state != "fresh"]
    if stale:
        listed = "\n  ".join(f"{one.id}: {one.state}: {'; '.join(one.why)}" for one in stale)
        raise RunError(
            f"a strict build would publish pictures that do not match their recipes:\n  {listed}",
            hint="seamline samples",
        )
    if problems := undescribed_pictures(catalog, states):
        raise CatalogError.of(problems)


def _states(catalog: Catalog, weights: Choice, only: Collection[str] | None) -> tuple[SampleState, ...]:
    """State of each sample's run with some weights; with `auto`, of the run that pages show."""
    from seamline.runs.plan.shown import shown_states
    from seamline.runs.plan.states import plan

    return shown_states(catalog, only) if weights == "auto" else plan(catalog, weights, only=only)


def _undescribed(catalog: Catalog, only: Collection[str] | None) -> tuple[Problem, ...]:
    """Of which shown pictures the catalog does not say what they show."""
    from seamline.runs.plan.shown import shown_states, undescribed_pictures

    return tuple(undescribed_pictures(catalog, shown_states(catalog, only)))


def _due(catalog: Catalog, which: Selection) -> bool:
    """Whether anything of what was asked for is to be run."""
    from seamline.runs.plan.states import is_due, part_of

    mine = part_of(catalog.samples, which.shard)
    states = _states(catalog, which.weights, which.only)
    return any(state.id in mine and is_due(state, force=which.force, retry=which.retry) for state in states)
