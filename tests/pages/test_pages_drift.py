"""Drift: a file that is not what the catalog says is named, with its first differing line."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamline.pages import drift

TREE: dict[str, str | bytes] = {"a.md": "one\ntwo\nthree\n", "b/c.svg": "<svg/>\n", "d.bin": b"\x00\x01"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, content in TREE.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "run.json").write_text("{}")
    return tmp_path


def test_an_equal_tree_does_not_drift(root: Path) -> None:
    assert drift(root, TREE) == []


def test_a_hand_edited_page_is_named_with_its_line(root: Path) -> None:
    (root / "a.md").write_text("one\nTWO\nthree\n")
    (found,) = drift(root, TREE)
    assert (found.path, found.line, found.found, found.wanted) == ("a.md", 2, "TWO", "two")
    assert str(found).startswith("a.md:2: ")


@pytest.mark.parametrize(
    ("text", "line", "found", "wanted"),
    [
        ("one\ntwo\nthree\nfour\n", 4, "four", ""),
        ("one\ntwo", 3, None, "three"),
        ("one\r\nzwei\nthree\n", 2, "zwei", "two"),
    ],
)
def test_longer_shorter_and_other_line_ends(root: Path, text: str, line: int, found: str | None, wanted: str) -> None:
    (root / "a.md").write_bytes(text.encode())
    (one,) = drift(root, TREE)
    assert (one.line, one.found, one.wanted) == (line, found, wanted)


def test_missing_superfluous_and_binary_files(root: Path) -> None:
    (root / "b" / "c.svg").unlink()
    (root / "d.bin").write_bytes(b"\x00\x02")
    (root / "old.md").write_text("left over")
    found = {one.path: one.reason for one in drift(root, TREE)}
    assert set(found) == {"b/c.svg", "d.bin", "old.md"}
    assert "missing" in found["b/c.svg"]
    assert "not a page" in found["old.md"]


def test_bytes_that_are_not_text_are_a_difference(root: Path) -> None:
    (root / "a.md").write_bytes(b"one\ntwo\n\xff\n")
    (found,) = drift(root, TREE)
    assert found.line == 3


@pytest.mark.parametrize("text", ["one\r\ntwo\r\nthree\r\n", "one\r\ntwo\nthree\n"])
def test_other_line_ends_alone_are_called_that(root: Path, text: str) -> None:
    """As a checkout with `core.autocrlf` leaves them."""
    (root / "a.md").write_bytes(text.encode())
    (one,) = drift(root, TREE)
    assert "line endings only" in str(one)
    assert "found:" not in str(one)


def test_line_endings_do_not_hide_which_line_differs(root: Path) -> None:
    (root / "a.md").write_bytes(b"one\r\nTWO\r\nthree\r\n")
    (found,) = drift(root, TREE)
    assert (found.line, found.found, found.wanted) == (2, "TWO", "two")
