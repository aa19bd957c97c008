"""Runs of samples that are gone: named, removed when asked, and nothing else with them."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("imagehash", reason="drawing needs the `draw` extra")

from projects import FakeEngine, project, sample_of, with_samples

from seamline.errors import LockedError
from seamline.locking import ENGINE, locked
from seamline.measures.measuring import measure_runs
from seamline.runs.execute.scheduler import run_due
from seamline.runs.plan.states import plan
from seamline.runs.store.orphans import orphans, prune
from seamline.runs.store.run_folder import RUNS, folder_of, load_runs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project in which `gone` and `kept` were drawn."""
    catalog = project(tmp_path, {"gone": sample_of(), "kept": sample_of()})
    run_due(catalog, weights="mini", engine=FakeEngine(), say=lambda line: None)
    return tmp_path


def test_a_run_of_no_sample_is_named_and_removed_and_no_other(root: Path) -> None:
    catalog = with_samples(root, {"kept": sample_of()})
    (found,) = orphans(catalog)
    assert found.id == "gone" and {path.name.split("-")[0] for path in found.files} == {"run.json", "input", "edited"}
    assert (root / RUNS / "gone").is_dir(), "looking removes nothing"
    assert prune(catalog) == (found,)
    assert not (root / RUNS / "gone").exists()
    assert plan(catalog)[0].state == "fresh"
    assert prune(catalog) == ()


def test_what_no_run_left_behind_stays(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Notes, pictures of somebody's own, folders that hold no run, and whatever a link leads to."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "mini").mkdir()
    (outside / "mini/run.json").write_text("{}")
    runs = root / RUNS
    (runs / "linked").symlink_to(outside)
    (runs / "notes").mkdir()
    (runs / "notes/todo.txt").write_text("x")
    (runs / "README").write_text("x")
    (runs / "gone/mini/holiday.jpg").write_text("x")
    (runs / "gone/mini/link-01234567.webp").symlink_to(outside / "mini/run.json")
    (runs / "gone/deep/er").mkdir(parents=True)
    (runs / "gone/deep/er/run.json").write_text("x")
    (found,) = prune(with_samples(root, {"kept": sample_of()}))
    left = {path.relative_to(runs).as_posix() for path in runs.rglob("*") if path.is_file() or path.is_symlink()}
    mine = {name for name in left if not name.startswith("kept/")}
    gone = {"gone/mini/holiday.jpg", "gone/mini/link-01234567.webp", "gone/deep/er/run.json"}
    assert mine == {"linked", "notes/todo.txt", "README", *gone}
    assert {path.relative_to(runs).as_posix() for path in found.foreign} == gone
    assert (outside / "mini/run.json").is_file()


def test_an_orphan_is_read_by_nobody(root: Path) -> None:
    """Even one that is torn: its record is no problem of the samples that are there."""
    record = folder_of(root, "gone", "mini") / "run.json"
    record.write_bytes(record.read_bytes()[:-9])
    catalog = with_samples(root, {"kept": sample_of()})
    assert measure_runs(root, catalog).problems == ()
    assert list(load_runs(root, catalog.samples)) == ["kept"]


def test_pruning_waits_for_nobody(root: Path) -> None:
    with locked(root, "drawing samples", job=ENGINE), pytest.raises(LockedError):
        prune(with_samples(root, {}))
