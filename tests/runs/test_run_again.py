"""A sample that is run again with the same outcome changes no committed byte; how long it took is no outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("imagehash", reason="pictures need the `draw` extra")

from projects import FakeEngine, project, sample_of, with_samples

from seamline.measures.measuring import measure_runs
from seamline.runners.base import Value
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.runs.engines.base import Facts, Loading, Result
from seamline.runs.execute.scheduler import run_due
from seamline.runs.store.run_folder import RUNS, folder_of, read_record

EXHIBITS = {"seeds": [1, 2], "attention": True, "denoising": {}}


class Slower(FakeEngine):
    """Takes longer, on a device of another name if one is given."""

    def __init__(self, device: str = "fake") -> None:
        super().__init__()
        self.device = device

    def facts(self, loading: Loading, size: tuple[int, int]) -> Facts:
        return replace(super().facts(loading, size), device=self.device)

    def run(self, loading: Loading, values: Mapping[str, Value], requests: Sequence[EditRequest]) -> Iterator[Result]:
        return (replace(result, seconds=7.5) for result in super().run(loading, values, requests))


def quiet(line: str) -> None:
    """Say nothing."""


def bytes_of(root: Path) -> dict[str, bytes]:
    folder = root / RUNS
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def seconds_of(root: Path) -> float:
    record = read_record(folder_of(root, "one", "mini"))
    assert record is not None
    return record.seconds


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose sample was run and measured."""
    catalog = project(tmp_path, {"one": sample_of(exhibits=EXHIBITS)})
    run_due(catalog, weights="mini", engine=FakeEngine(), say=quiet)
    measure_runs(tmp_path, catalog)
    return tmp_path


def test_the_same_outcome_changes_no_byte(root: Path) -> None:
    catalog, before = with_samples(root, {"one": sample_of(exhibits=EXHIBITS)}), bytes_of(root)
    engine = Slower()
    assert run_due(catalog, weights="mini", engine=engine, force=True, say=quiet).drawn == ("one",)
    measure_runs(root, catalog)
    assert engine.generated == 3
    assert bytes_of(root) == before
    assert {name.rpartition("/")[2] for name in before} > {"run.json", "measures.json"}


def test_another_outcome_brings_its_own_time(root: Path) -> None:
    catalog, before = with_samples(root, {"one": sample_of(exhibits={**EXHIBITS, "seeds": [1]})}), seconds_of(root)
    run_due(catalog, weights="mini", engine=Slower(), say=quiet)
    assert seconds_of(root) == 2 * 7.5 != before


def test_another_device_is_another_outcome(root: Path) -> None:
    catalog, before = with_samples(root, {"one": sample_of(exhibits=EXHIBITS)}), bytes_of(root)
    run_due(catalog, weights="mini", engine=Slower("another"), force=True, say=quiet)
    changed = {name for name, data in bytes_of(root).items() if before[name] != data}
    assert changed == {"one/mini/run.json"}
    assert seconds_of(root) == 3 * 7.5


def test_a_record_that_is_torn_is_written_again(root: Path) -> None:
    catalog, before = with_samples(root, {"one": sample_of(exhibits=EXHIBITS)}), bytes_of(root)
    path = folder_of(root, "one", "mini") / "run.json"
    path.write_bytes(path.read_bytes()[:-9])
    run_due(catalog, weights="mini", engine=FakeEngine(), say=quiet)
    assert bytes_of(root) == before
