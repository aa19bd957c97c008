"""Two commands never write at once, and whoever has to wait or give up is told for whom."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from seamline import cli, locking
from seamline.errors import FilesError, LockedError
from seamline.locking import ENGINE, locked


@pytest.fixture(params=["flock", "portalocker"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is done here, and as it is done where Python has no `fcntl`."""
    if request.param == "portalocker":
        monkeypatch.setattr(locking, "fcntl", None)


@contextmanager
def held_by_another(root: Path, doing: str = "building the site", options: str = "") -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the project's lock until a line comes in."""
    script = (
        "import sys; from pathlib import Path; from seamline.locking import locked\n"
        f"with locked(Path(sys.argv[1]), {doing!r}{options}):\n    print('held', flush=True); sys.stdin.readline()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdin and other.stdout
    assert other.stdout.readline() == "held\n"
    try:
        yield other
    finally:
        other.kill()
        other.wait()


@pytest.mark.usefixtures("_either_way")
def test_a_second_process_is_told_who_holds_it_since_when_and_what_for(tmp_path: Path) -> None:
    with held_by_another(tmp_path) as other, pytest.raises(LockedError) as caught, locked(tmp_path, "rendering"):
        pass
    assert f"process {other.pid} on " in str(caught.value)
    assert "building the site since 20" in str(caught.value)


@pytest.mark.usefixtures("_either_way")
def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    with held_by_another(tmp_path) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        with locked(tmp_path, "rendering"):
            pass


@pytest.mark.usefixtures("_either_way")
def test_waiting_says_so_once_and_goes_on_when_the_other_is_done(tmp_path: Path) -> None:
    lines: list[str] = []
    with held_by_another(tmp_path) as other:

        def release(line: str) -> None:
            lines.append(line)
            other.kill()

        with locked(tmp_path, "rendering", wait=None, say=release):
            pass
    assert len(lines) == 1
    assert f"waiting for another Seamline: process {other.pid}" in lines[0]


@pytest.mark.usefixtures("_either_way")
def test_shards_share_and_exclude_only_their_double(tmp_path: Path) -> None:
    with locked(tmp_path, "one", (1, 2)), locked(tmp_path, "two", (2, 2)):
        with pytest.raises(LockedError), locked(tmp_path, "again", (1, 2)):
            pass
        with pytest.raises(LockedError), locked(tmp_path, "everything"):
            pass


def test_pages_can_be_written_while_models_draw(tmp_path: Path) -> None:
    with held_by_another(tmp_path, "drawing samples", f", job={ENGINE!r}"), locked(tmp_path, "rendering"):
        pass


def test_a_forked_child_does_not_keep_the_lock(tmp_path: Path) -> None:
    with locked(tmp_path, "drawing samples"):
        child = os.fork()
        if child == 0:
            signal.pause()
    try:
        with locked(tmp_path, "rendering"):
            pass
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("step", ["open", "write_text"])
def test_a_disk_that_refuses_is_explained(
    code: int, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code), str(path))

    monkeypatch.setattr(Path, step, refuse)
    with pytest.raises(FilesError, match="cannot take the lock") as caught, locked(tmp_path, "rendering"):
        pass
    assert caught.value.exit_code == 6
    assert caught.value.hint


@pytest.mark.parametrize(
    "arguments", [["render"], ["build"], ["build", "--builder", "zensical"], ["import", "question.txt"]], ids=" ".join
)
def test_what_writes_pages_gives_up_with_6_and_writes_nothing(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("seamline.project.open_folder.MOMENT", 0.0)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mkdocs.yml").write_text("site_name: x\ndocs_dir: generated\n")
    (tmp_path / "question.txt").write_text("A user has asked the following question:\n\n“How?”\n")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("the last good site")
    before = {path for path in tmp_path.rglob("*") if ".cache" not in path.parts}
    with held_by_another(tmp_path) as other:
        assert cli.run(arguments) == 6
    said = capsys.readouterr().err
    assert f"process {other.pid}" in said
    assert "building the site since" in said
    assert {path for path in tmp_path.rglob("*") if ".cache" not in path.parts} == before


@pytest.mark.parametrize("command", ["samples", "evaluate"])
def test_what_generates_gives_up_at_once_while_another_generates(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch", reason="drawing needs the `draw` extra")
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    with held_by_another(tmp_path, "evaluating", f", job={ENGINE!r}") as other:
        if command == "samples":
            code = cli.run(["--project", str(tmp_path), "samples"])
        else:
            from tools.evaluate import evaluate

            code = cli.run(["--project", str(tmp_path)], command=evaluate, name="python -m tools.evaluate")
        assert code == 6
    assert f"process {other.pid}" in capsys.readouterr().err
