"""Kills, full disks, two at once: whatever happens, a run is as before or complete."""

from __future__ import annotations

import errno
import json
import os
import random
import resource
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("imagehash", reason="drawing needs the `draw` extra")

from privileges import given_away, unprivileged
from projects import FakeEngine, project, sample_of, with_samples

from seamline.catalog import Catalog
from seamline.errors import FilesError, LockedError, SeamlineError
from seamline.locking import ENGINE, locked
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.runs.execute.scheduler import run_due
from seamline.runs.plan.states import plan
from seamline.runs.store.run_folder import damage, folder_of, read_record

KILLS = 120
NAMES = ("a", "b", "c", "d")
EXHIBITS = {"seeds": [1, 2]}


def catalog_of(root: Path, instruction: str) -> Catalog:
    return with_samples(root, {name: sample_of(instruction=instruction, exhibits=EXHIBITS) for name in NAMES})


def draw(catalog: Catalog, engine: FakeEngine | None = None, **options: Any) -> Any:
    return run_due(catalog, weights="mini", engine=engine or FakeEngine(), say=lambda line: None, **options)


def in_child(work: Callable[[], object]) -> int:
    """Run `work` in a fork of this process; its process id."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


@pytest.mark.slow
def test_killed_at_any_moment(tmp_path: Path) -> None:
    """After each of 120 kills -9 every sample is whole, old or new, and the next run does only the rest."""
    from seamline.hashing import Hashes

    project(tmp_path, {})
    draw(catalog_of(tmp_path, "round 0"))
    start = time.monotonic()
    draw(catalog_of(tmp_path, "round 1"))
    usual = time.monotonic() - start
    rng = random.Random(1)
    cut_short = 0
    for turn in range(KILLS):
        before, after = f"round {turn + 1}", f"round {turn + 2}"
        catalog = catalog_of(tmp_path, after)
        child = in_child(lambda catalog=catalog: draw(catalog))
        time.sleep(rng.uniform(0, usual))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        done = set()
        for name in NAMES:
            folder = folder_of(tmp_path, name, "mini")
            record = read_record(folder)
            assert record is not None
            assert damage(folder, record, Hashes(tmp_path)) == ()
            assert record.key_fields["inputs.text"] in (before, after)
            if record.key_fields["inputs.text"] == after:
                done.add(name)
        cut_short += 0 < len(done) < len(NAMES)
        assert {state.id for state in plan(catalog) if state.state == "fresh"} == done
        assert set(draw(catalog).drawn) == set(NAMES) - done
        for name in NAMES:
            folder = folder_of(tmp_path, name, "mini")
            record = read_record(folder)
            assert record is not None
            assert {path.name for path in folder.iterdir()} == {"run.json", *(image.file for image in record.images)}
    assert cut_short > KILLS // 10, "the kills came too early or too late to prove anything"


def test_only_one_at_a_time_and_the_message_says_who(tmp_path: Path) -> None:
    catalog = project(tmp_path, {"a": sample_of()})
    with locked(tmp_path, "drawing samples", job=ENGINE), pytest.raises(LockedError) as caught:
        draw(catalog)
    assert f"process {os.getpid()} on" in str(caught.value)
    assert "drawing samples since" in str(caught.value)
    assert draw(catalog).drawn == ("a",)


def test_lock_of_a_dead_process_is_no_lock(tmp_path: Path) -> None:
    catalog = project(tmp_path, {"a": sample_of()})

    def hold() -> None:
        with locked(tmp_path, "dying", job=ENGINE):
            (tmp_path / "held").touch()
            time.sleep(60)

    child = in_child(hold)
    while not (tmp_path / "held").exists():
        time.sleep(0.01)
    with pytest.raises(LockedError, match=f"process {child}"):
        draw(catalog)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert json.loads((tmp_path / ".cache/lock-engine.owner").read_text())["pid"] == child, (
        "the dead process left its file"
    )
    assert draw(catalog).drawn == ("a",)


def test_shards_may_work_side_by_side_but_not_beside_a_whole_run(tmp_path: Path) -> None:
    with locked(tmp_path, "one", (1, 2)), locked(tmp_path, "two", (2, 2)):
        with pytest.raises(LockedError), locked(tmp_path, "again", (1, 2)):
            pass
        with pytest.raises(LockedError), locked(tmp_path, "everything"):
            pass


def test_shards_add_up_to_one_run(tmp_path: Path) -> None:
    samples = {f"s-{place}": sample_of(parameters={"num_inference_steps": 4, "seed": place}) for place in range(7)}
    whole, parts = project(tmp_path / "whole", samples), project(tmp_path / "parts", samples)
    draw(whole)
    drawn = [draw(parts, shard=(part, 3)).drawn for part in (1, 2, 3)]
    assert sorted(name for names in drawn for name in names) == sorted(samples)
    assert all(len(names) in (2, 3) for names in drawn)
    for name in samples:
        one, other = (read_record(folder_of(tmp_path / which, name, "mini")) for which in ("whole", "parts"))
        assert one is not None
        assert other is not None
        assert one.key == other.key
        assert one.key_fields == other.key_fields
    with pytest.raises(SeamlineError, match="no part 4 of 3"):
        draw(parts, shard=(4, 3))


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS])
@pytest.mark.parametrize("at", (0, 1, 3, 4, 9))
def test_a_disk_that_refuses_is_named_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, at: int
) -> None:
    """The disk refuses at the `at`-th opening of a file for writing."""
    project(tmp_path, {})
    draw(catalog_of(tmp_path, "old"))
    catalog = catalog_of(tmp_path, "new")
    writes, opened = 0, os.open

    def refuse(path: Any, flags: int, *args: Any, **more: Any) -> int:
        nonlocal writes
        if flags & os.O_CREAT and "partial" in str(path):
            writes += 1
            if writes > at and ".cache" not in str(path):
                raise OSError(code, os.strerror(code), str(path))
        return opened(path, flags, *args, **more)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        with pytest.raises(FilesError) as caught:
            draw(catalog)
    assert "generated/runs" in str(caught.value)
    from seamline.hashing import Hashes

    for name in NAMES:
        folder = folder_of(tmp_path, name, "mini")
        record = read_record(folder)
        assert record is not None
        assert damage(folder, record, Hashes(tmp_path)) == ()
    draw(catalog)
    assert all(state.state == "fresh" for state in plan(catalog))


def test_a_folder_that_may_not_be_written_is_named_and_loses_nothing() -> None:
    """Real permissions, that bind: one sample's folder is closed, the others are drawn."""
    from seamline.hashing import Hashes

    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        project(root, {})
        draw(catalog_of(root, "old"))
        catalog = catalog_of(root, "new")
        closed = folder_of(root, "c", "mini")
        given_away(root)
        closed.chmod(0o500)
        with unprivileged(), pytest.raises(FilesError, match="permission denied") as caught:
            draw(catalog)
        closed.chmod(0o700)
        assert str(closed) in str(caught.value)
        for sample in NAMES:
            folder = folder_of(root, sample, "mini")
            record = read_record(folder)
            assert record is not None
            assert damage(folder, record, Hashes(root)) == ()
        with unprivileged():
            assert "c" in draw(catalog).drawn
        assert all(state.state == "fresh" for state in plan(catalog))


def test_a_file_that_may_not_grow_further_is_no_file(tmp_path: Path) -> None:
    """The kernel itself stops a write half way, as a full disk does: after 700 bytes of any file."""
    from seamline.hashing import Hashes

    project(tmp_path, {})
    draw(catalog_of(tmp_path, "old"))
    catalog = catalog_of(tmp_path, "new")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (700, hard))
    try:
        with pytest.raises(FilesError, match="cannot write: file too large"):
            draw(catalog)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    for name in NAMES:
        folder = folder_of(tmp_path, name, "mini")
        record = read_record(folder)
        assert record is not None
        assert record.key_fields["inputs.text"] == "old"
        assert damage(folder, record, Hashes(tmp_path)) == ()
        assert not list(folder.glob("*.partial"))
    assert set(draw(catalog).drawn) == set(NAMES)


def test_interrupt_leaves_what_was_finished(tmp_path: Path) -> None:
    project(tmp_path, {})
    catalog = catalog_of(tmp_path, "new")

    def interrupt(request: EditRequest) -> None:
        if request.image == "c/input":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw(catalog, FakeEngine(interrupt))
    assert [state.state for state in plan(catalog)] == ["fresh", "fresh", "missing", "missing"]


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("where", ["journal", "run", "lock"])
def test_a_full_disk_is_one_clear_error_wherever_it_is_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], where: str, reason: int
) -> None:
    from seamline import cli
    from seamline.runs.store import journal, run_folder

    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(reason, os.strerror(reason))

    catalog = project(tmp_path, {"a": sample_of()})
    owner = {"journal": journal, "run": run_folder, "lock": Path}[where]
    monkeypatch.setattr(owner, "write_text" if where == "lock" else "write_if_changed", refuse)
    monkeypatch.setattr("seamline.catalog.load", lambda root: catalog)
    monkeypatch.setattr("seamline.runs.execute.scheduler.make_engine", lambda *_: FakeEngine())
    assert cli.run(["--project", str(tmp_path), "samples", "--weights", "mini"]) == 6
    said = capsys.readouterr().err
    assert os.strerror(reason).lower() in said.lower() and "-> " in said
    assert "Traceback" not in said
