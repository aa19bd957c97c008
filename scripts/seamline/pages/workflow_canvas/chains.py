"""Which workflows a question's canvas shows: few samples that together run everything the question's samples run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from seamline.catalog.entries import Question
from seamline.catalog.entries.question import DescribedWork
from seamline.catalog.recipe import ResolvedStep
from seamline.catalog.recipe_reading import recipe_of
from seamline.pages.site_data import SiteData
from seamline.runs.store.records import RunRecord


@dataclass(frozen=True)
class Chain:
    """One sample's workflow on a canvas.

    Attributes:
        record: what is there of its run; None where nothing ran.
    """

    sample: str
    steps: tuple[ResolvedStep, ...]
    record: RunRecord | None

    @property
    def runs(self) -> frozenset[str]:
        """Models and operations of its steps."""
        return frozenset(step.model or step.operation for step in self.steps)

    @property
    def ran(self) -> frozenset[str]:
        """Those that did run."""
        done = self.record.steps if self.record else {}
        return frozenset(step.model or step.operation for step in self.steps if step.name in done)


def chain_of(site: SiteData, sample_id: str) -> Chain:
    """The chain of a sample, with what its run left, complete or not."""
    record = site.run(sample_id) or site.kept.get(sample_id)
    return Chain(sample_id, recipe_of(site.catalog.samples[sample_id], site.catalog.models).steps, record)


def chains_of(site: SiteData, samples: Sequence[str]) -> tuple[Chain, ...]:
    """The first of `samples`, and the fewest others, chosen greedily, that show all models and operations of any.

    The first is what a reader sees without opening anything: a question names first what its answer begins with. Each
    time the one that adds most is taken: of equals one that has run, then the one named first.
    """
    waiting = [chain_of(site, name) for name in samples]
    shown, waiting = waiting[:1], waiting[1:]
    covered: frozenset[str] = frozenset().union(*(chain.runs for chain in shown))
    while waiting:
        best = max(waiting, key=lambda chain: (len(chain.runs - covered), len(chain.ran - covered)))
        if not best.runs - covered:
            break
        shown.append(best)
        covered |= best.runs
        waiting.remove(best)
    return tuple(shown)


def still_described(question: Question, chains: Sequence[Chain]) -> tuple[DescribedWork, ...]:
    """Work of papers in whose role nothing ran in the chains."""
    ran = frozenset().union(*(chain.ran for chain in chains))
    return tuple(work for work in question.described if ran.isdisjoint(work.in_its_role))


def roles_of(described: Sequence[DescribedWork], step: ResolvedStep) -> tuple[DescribedWork, ...]:
    """Work of papers in whose role a step stands."""
    return tuple(work for work in described if (step.model or step.operation) in work.in_its_role)
