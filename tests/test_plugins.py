"""Plug-ins of other packages are found, and looking for them costs nothing where there are none."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from seamline.plugins import REGISTRIES, is_offered

GROUP = "seamline.runners"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that alone is on `sys.path`."""
    monkeypatch.setattr("sys.path", [str(tmp_path), str(tmp_path / "gone")])
    return tmp_path


@pytest.mark.parametrize("kind", ["dist-info", "egg-info"])
def test_a_group_that_a_distribution_names_is_offered(place: Path, kind: str) -> None:
    information = place / f"ada-1.0.{kind}"
    information.mkdir()
    assert not is_offered(GROUP)
    (information / "entry_points.txt").write_text("[seamline.runners.more]\nblur = ada:RUNNER\n")
    assert not is_offered(GROUP)
    (information / "entry_points.txt").write_text(f"[other]\na = b:c\n\n[{GROUP}]\nblur = ada:RUNNER\n")
    assert is_offered(GROUP)


def test_an_archive_may_hold_a_distribution(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(place / "all.zip", "w") as archive:
        archive.writestr("ada-1.0.dist-info/entry_points.txt", f"[{GROUP}]\nblur = ada:RUNNER\n")
    assert not is_offered(GROUP)
    monkeypatch.setattr("sys.path", [str(place / "all.zip")])
    assert is_offered(GROUP)


def test_every_registry_has_a_group_of_its_own() -> None:
    assert len({registry.group for registry in REGISTRIES}) == len(REGISTRIES)
