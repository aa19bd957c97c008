"""What the methods of `Project` take and return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from seamline.errors import Problem, RecordError
    from seamline.files import Changes
    from seamline.measures.measuring import Measured
    from seamline.measures.verifying import Difference
    from seamline.runs.execute.recompute import Comparison
    from seamline.runs.execute.scheduler import Summary
    from seamline.runs.plan.states import SampleState
    from seamline.runs.store.orphans import Orphan


Choice = Literal["auto", "mini", "hub"]
"""Whose weights: `auto` decides for each model; where only states are asked for, it means the run that is shown."""
Shard = tuple[int, int]
"""(i, n): the i-th of n parts, counted from 1."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `Project.check` found in a sound project.

    Attributes:
        questions, models, papers, samples: how many entries of each kind the catalog has.
        outdated: for each record of other weights or code than are here, by its path, why.
        unchecked: for each record that rests on code which is not installed here, by its path, what was not compared.
        orphans: runs that belong to no sample.
        uncited: sentences of written answers that cite no source, print nothing of a run and link to no page.
        stale_readings: questions whose summaries were read and have changed since; their sentences are ranked by words.
    """

    questions: int
    models: int
    papers: int
    samples: int
    outdated: Mapping[str, str]
    unchecked: Mapping[str, str]
    orphans: tuple[Orphan, ...]
    uncited: tuple[Problem, ...] = ()
    stale_readings: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Number of entries by kind."""
        return {name: getattr(self, name) for name in ("questions", "models", "papers", "samples")}


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What `Project.status` found.

    Attributes:
        states: of each sample's run, in order of sample id.
        broken: records of figures that were torn or altered.
        outdated: for each record of other weights or code than are here, by its path, why.
        unchecked: for each record that rests on code which is not installed here, by its path, what was not compared.
        undescribed: shown pictures for which the catalog has no alternative text, with the line to write.
        orphans: runs that belong to no sample.
    """

    states: tuple[SampleState, ...]
    broken: tuple[RecordError, ...]
    outdated: Mapping[str, str]
    unchecked: Mapping[str, str]
    undescribed: tuple[Problem, ...]
    orphans: tuple[Orphan, ...]


@dataclass(frozen=True, slots=True)
class RunReport:
    """What `Project.run` did.

    Attributes:
        summary: which samples were run, failed, or were not due; None where nothing was due and torch is not
            installed, so that nothing could have been run.
        measured: which runs were measured; None where `summary` is.
        undescribed: shown pictures for which the catalog has no alternative text, with the line to write.
    """

    summary: Summary | None = None
    measured: Measured | None = None
    undescribed: tuple[Problem, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether each sample that was due is complete, and every run could be measured."""
        lacking = {**self.summary.failed, **self.summary.incomplete} if self.summary else {}
        return not lacking and not (self.measured and self.measured.problems)


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What `Project.verify` found.

    Attributes:
        pictures: each committed picture against the same one generated again.
        numbers: how many recorded numbers were measured again.
        differences: recorded numbers that the committed pictures do not give.
    """

    pictures: tuple[Comparison, ...]
    numbers: int
    differences: tuple[Difference, ...]

    @property
    def mismatches(self) -> tuple[Comparison, ...]:
        """Pictures that are not the same when they are generated again."""
        return tuple(one for one in self.pictures if not one.holds)

    @property
    def holds(self) -> bool:
        """Whether every picture and every number holds."""
        return not self.mismatches and not self.differences


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What `Project.build` did.

    Attributes:
        site: folder of the built site.
        pages: number of its HTML pages.
        rendered: what changed in generated/.
        damaged: files of runs that are not what their records say, one line each.
    """

    site: Path
    pages: int
    rendered: Changes
    damaged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LiveReport:
    """What `Project.export_live` wrote.

    Attributes:
        weights: folder of the weights, relative to the project.
        differences: largest difference from torch, by graph.
        scenes: ids of the scenes.
    """

    weights: str
    differences: Mapping[str, float]
    scenes: tuple[str, ...]
