"""Files appear whole or not at all, only when changed, and refusals of the file system are explained."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from privileges import given_away, unprivileged

from seamline import files
from seamline.errors import FilesError
from seamline.files import write_if_changed, write_tree


def test_writes_once(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.txt"
    assert write_if_changed(path, "grüße\n")
    before = path.stat().st_mtime_ns
    assert not write_if_changed(path, "grüße\n")
    assert path.stat().st_mtime_ns == before
    assert path.read_bytes() == "grüße\n".encode()


def test_honours_the_umask(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        write_if_changed(tmp_path / "x", b"1")
    finally:
        os.umask(old)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_refusal_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int
) -> None:
    path = tmp_path / "page.md"
    write_if_changed(path, "old")

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code), str(path))

    monkeypatch.setattr(os, step, refuse)
    with pytest.raises(FilesError) as caught:
        write_if_changed(path, "new")
    assert str(path) in str(caught.value) and "->" in str(caught.value)
    assert [entry.name for entry in tmp_path.iterdir()] == ["page.md"]
    assert path.read_text() == "old"


def test_an_interrupt_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.md"
    write_if_changed(path, "old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_if_changed(path, "new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["page.md"]
    assert path.read_text() == "old"


def test_a_read_only_folder_is_explained() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given_away(folder)
        folder.chmod(0o500)
        with unprivileged(), pytest.raises(FilesError, match="chmod"):
            write_if_changed(folder / "x", b"1")
        folder.chmod(0o700)


def test_a_file_where_a_folder_should_be_is_explained(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("in the way")
    with pytest.raises(FilesError, match="cannot write"):
        write_if_changed(tmp_path / "a" / "b", b"1")


def test_a_tree_becomes_exactly_what_is_given(tmp_path: Path) -> None:
    first = write_tree(tmp_path, {"a.md": "1", "models/m.md": "2", "old/deep/x.md": "3"})
    assert first.written == ("a.md", "models/m.md", "old/deep/x.md")
    (tmp_path / "runs" / "s").mkdir(parents=True)
    (tmp_path / "runs" / "s" / "run.json").write_text("{}")
    (tmp_path / ".a.md.0123.partial").write_text("left by a killed process")

    second = write_tree(tmp_path, {"a.md": "1", "models": "now a file", "b/c.md": "4"}, keep=["runs"])
    assert second.written == ("b/c.md", "models")
    assert second.unchanged == ("a.md",)
    assert second.removed == (".a.md.0123.partial", "models/m.md", "old/deep/x.md")
    assert not (tmp_path / "old").exists()
    assert (tmp_path / "runs" / "s" / "run.json").is_file()

    third = write_tree(tmp_path, {"a.md": "1", "models/m.md": "a folder again"}, keep=["runs"])
    assert third.written == ("models/m.md",)


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "", "a\\..\\x"])
def test_a_path_cannot_leave_the_tree(tmp_path: Path, name: str) -> None:
    root = tmp_path / "root"
    with pytest.raises(FilesError, match="outside"):
        write_tree(root, {"fine.md": "1", name: "2"})
    assert not (root / "fine.md").exists()


def test_a_linked_folder_is_not_a_way_out(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious.txt").write_text("mine")
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(outside)
    with pytest.raises(FilesError, match="outside"):
        write_tree(root, {"link/x": "1"})
    write_tree(root, {})
    assert (outside / "precious.txt").read_text() == "mine"


def test_nothing_is_removed_before_everything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped at any of its steps, the tree holds each file that is still wanted, as it was or as it will be."""
    old = {f"page-{number}.md": "old" for number in range(4)} | {"gone.md": "old", "models": "a file"}
    new = {f"page-{number}.md": "new" for number in range(5)} | {"models/m.md": "new"}
    for last in range(20):
        root = tmp_path / str(last)
        write_tree(root, old)
        steps = 0

        def step(original: Any, last: int = last) -> Any:
            def counted(*arguments: Any) -> Any:
                nonlocal steps
                steps += 1
                if steps > last:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "page")
                return original(*arguments)

            return counted

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", step(os.replace))
            patch.setattr(Path, "replace", step(Path.replace))
            patch.setattr(Path, "unlink", step(Path.unlink))
            try:
                write_tree(root, new, aside=tmp_path / "aside" / str(last))
            except FilesError as error:
                assert "free some space" in str(error)
            else:
                assert {path.relative_to(root).as_posix() for path in root.rglob("*.md")} == new.keys()
                break
        wanted = {name: (root / name).read_text() for name in old.keys() & new.keys()}
        assert set(wanted.values()) <= {"old", "new"}
        whole = all((root / name).is_file() and (root / name).read_text() == new[name] for name in new)
        assert whole or (root / "gone.md").is_file(), "what is not wanted goes last"
    else:
        pytest.fail("never came to its end")


def test_what_is_not_wanted_is_moved_aside(tmp_path: Path) -> None:
    root, aside = tmp_path / "tree", tmp_path / "aside"
    write_tree(root, {"a.md": "1"})
    for name in ("notes.md", "models", ".hidden", "deep/er/mine.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("mine")
    (root / ".a.md.0123.partial").write_text("left by a killed process")
    changes = write_tree(root, {"a.md": "1", "models/m.md": "2"}, aside=aside)
    assert changes.removed == (".a.md.0123.partial", ".hidden", "deep/er/mine.txt", "models", "notes.md")
    kept = {path.relative_to(aside).as_posix() for path in aside.rglob("*") if path.is_file()}
    assert kept == {"notes.md", "models", ".hidden", "deep/er/mine.txt"}

    (root / "models/m.md").write_text("by hand")
    (root / "notes.md").write_text("mine, again")
    write_tree(root, {"a.md": "1"}, aside=aside)
    assert (aside / "notes.md").read_text() == "mine, again"
    assert (aside / "models/m.md").read_text() == "by hand"


def test_a_tree_of_which_nothing_goes_is_walked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walks: list[Path] = []
    original = files._walk
    monkeypatch.setattr(files, "_walk", lambda root, kept: walks.append(root) or original(root, kept))
    write_tree(tmp_path, {"a/b/c.md": "1", "d.md": "2"})
    walks.clear()
    write_tree(tmp_path, {"d.md": "3"}, as_wanted=["a/b/c.md"])
    assert len(walks) == 1
    write_tree(tmp_path, {"d.md": "3"})
    assert not (tmp_path / "a").exists()
    (tmp_path / "e/f").mkdir(parents=True)
    write_tree(tmp_path, {"d.md": "3"})
    assert not (tmp_path / "e").exists(), "a folder that somebody left empty goes as well"
