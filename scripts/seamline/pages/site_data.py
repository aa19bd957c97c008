"""Everything the pages are made from, read once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from seamline.catalog import Catalog, load
from seamline.catalog.evidence.readings import Reading, load_readings
from seamline.catalog.uses import Uses, uses_of
from seamline.measures import evaluation_record
from seamline.measures.evaluation_record import EvaluationRecord
from seamline.measures.standing import read_records, why_outdated
from seamline.pages import urls
from seamline.pages.commands import CommandReference
from seamline.read_log import Read, ReadLog
from seamline.runs.plan.states import SampleState
from seamline.runs.store.records import RunRecord

if TYPE_CHECKING:
    from seamline.exhibits.view import Box

DOCS = "docs"
Made = TypeVar("Made")
LARGE = frozenset({"prose", "canvas"})
LAST = 50
"""Kinds of what is large, and how many of each are remembered."""


@dataclass(frozen=True)
class SiteData:
    """What `render` turns into pages. Nothing here is read from disk again.

    Attributes:
        catalog: the closed world.
        runs: run records by sample and weights.
        states: state of each sample's shown run, with reasons; which run that is, `runs.plan.shown` decides.
        other_states: states of the runs that are not the shown one, by sample and weights.
        kept: steps that were finished before a later one failed, of samples that have no complete run, by sample.
        measures: measured numbers by sample, weights, image file and measure.
        records: results too dear to redo at every build, by name (`evaluation`, `bench`).
        notes: why a record does not belong to these weights or this code, by its name.
        readings: what the reader chose, by question.
        boxes: bounding box of the edited region, by sample and weights, where the run has a mask of it.
        evaluation: the evaluation record, typed, for charts.
        live: what `seamline live` exported; None where nothing was.
        docs: hand-written sources and assets, by path below `docs/`.
        commands: gives the description of each command, for the reference page; called only where a page prints it.
        log: notes what is read of this data, where `watched_data.watched` gave them.
        made: what was made already, with what it read, by all that it depends on beside this data.
        large: names of what is large in `made`, by kind, the oldest first.
    """

    catalog: Catalog
    runs: Mapping[str, Mapping[str, RunRecord]] = field(default_factory=dict)
    states: Mapping[str, SampleState] = field(default_factory=dict)
    other_states: Mapping[tuple[str, str], SampleState] = field(default_factory=dict)
    kept: Mapping[str, RunRecord] = field(default_factory=dict)
    measures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    records: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    boxes: Mapping[tuple[str, str], Box | None] = field(default_factory=dict)
    evaluation: EvaluationRecord | None = None
    live: Mapping[str, Any] | None = None
    docs: Mapping[str, bytes] = field(default_factory=dict)
    commands: Callable[[], Sequence[CommandReference]] = tuple
    log: ReadLog = field(default_factory=ReadLog, repr=False, compare=False)
    made: dict[tuple[str, ...], Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    large: dict[str, deque[tuple[str, ...]]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def uses(self) -> Uses:
        """Which entries of the catalog use which."""
        return uses_of(self.catalog)

    def once(self, name: tuple[str, ...], make: Callable[[], Made]) -> Made:
        """What `make` gives from this data, which `name` alone decides; made when it is first asked for.

        Whoever asks later is noted to have read what was read to make it. Of what is large only the last is remembered:
        it is asked for by pages that are made one after another.
        """
        if name not in self.made:
            self.made[name] = self.log.noted(make)
            large = self.large.setdefault(name[0], deque(maxlen=LAST)) if name[0] in LARGE else None
            if large is not None:
                if len(large) == LAST:
                    self.made.pop(large[0], None)
                large.append(name)
        made: tuple[Made, frozenset[Read]] = self.made[name]
        self.log.note(*made[1])
        return made[0]

    def run(self, sample_id: str) -> RunRecord | None:
        """The run a page shows: that of the sample's state; None where it left no pictures."""
        state = self.states.get(sample_id)
        return self.runs.get(sample_id, {}).get(state.weights) if state else None

    def stands_in_for(self, record: RunRecord) -> str:
        """What people call the model that the mini editor drew a run in place of; "" where the model's own did."""
        if record.weights.name != "mini" or record.main.model not in self.catalog.models:
            return ""
        model = self.catalog.models[record.main.model]
        return model.weights.repo if model.weights else model.title or model.block

    def measures_of(self, record: RunRecord) -> Mapping[str, Mapping[str, float]]:
        """What was measured on the images of a run, by file and measure."""
        found: Mapping[str, Mapping[str, float]] = self.measures.get(record.sample, {}).get(record.weights_name, {})
        return found


def load_site_data(root: Path, commands: Callable[[], Sequence[CommandReference]] = tuple) -> SiteData:
    """Read the project at `root` (the folder that holds `mkdocs.yml`).

    Args:
        commands: gives the description of each command, for the reference page.

    Raises:
        CatalogError: the catalog is not as it should be.
        RecordError: a record in `catalog/records/`, or a run's measures, was torn or altered.
    """
    from seamline import measures
    from seamline.live import manifest
    from seamline.runs.plan.shown import all_states, shown
    from seamline.runs.store import run_folder

    catalog, records = load(root), read_records(root)
    runs = run_folder.load_runs(root, catalog.samples)
    by_weights = all_states(catalog)
    states = {sample_id: shown(found) for sample_id, found in by_weights.items()}
    return SiteData(
        catalog=catalog,
        runs=runs,
        states=states,
        other_states={
            (one.id, one.weights): one for found in by_weights.values() for one in found if one is not states[one.id]
        },
        kept=_kept(root, states.values()),
        measures=measures.load(root),
        records=records,
        notes={name: why for name, record in records.items() if (why := why_outdated(root, record))},
        readings=load_readings(root),
        boxes=_boxes(root, runs),
        evaluation=evaluation_record.read(root / evaluation_record.RECORD_PATH),
        live=manifest.read(root),
        docs=_docs(root / DOCS),
        commands=commands,
    )


def _kept(root: Path, states: Iterable[SampleState]) -> dict[str, RunRecord]:
    from seamline.runs.store.run_folder import folder_of, read_partial

    broken_off = (state for state in states if state.state in ("failed", "incomplete") and not state.drawn)
    found = {state.id: read_partial(folder_of(root, state.id, state.weights)) for state in broken_off}
    return {sample_id: record for sample_id, record in found.items() if record is not None}


def _boxes(root: Path, runs: Mapping[str, Mapping[str, RunRecord]]) -> dict[tuple[str, str], Box | None]:
    regions = {
        (sample_id, weights): root / "generated" / urls.run_folder(sample_id, weights) / region.file
        for sample_id, records in runs.items()
        for weights, record in records.items()
        if (region := record.one("region"))
    }
    if not regions:
        return {}
    from seamline.exhibits.view import region_box

    boxes: dict[tuple[str, str], Box | None] = {}
    for key, path in regions.items():
        with suppress(OSError):  # missing or no picture: the run's state says so, and nobody's face is shown up close
            boxes[key] = region_box(path)
    return boxes


def _docs(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
