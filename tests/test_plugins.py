"""Plug-ins of other packages are found, and looking for them costs nothing where there are none."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seamline.errors import PluginError
from seamline.plugins import REGISTRIES, Registry, is_offered, offered_groups

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
    offered_groups.cache_clear()
    (information / "entry_points.txt").write_text("[seamline.runners.more]\nblur = ada:RUNNER\n")
    assert not is_offered(GROUP)
    offered_groups.cache_clear()
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


def test_an_import_path_is_looked_through_once(place: Path) -> None:
    offered_groups.cache_clear()
    for registry in REGISTRIES:
        is_offered(registry.group)
    assert offered_groups.cache_info().misses == 1


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry[Any]]:
    """A registry with two built-in plug-ins, of which one is not what its name says."""
    for name, called in (("kind", "kind"), ("wrong", "other")):
        folder = tmp_path / "ada_house" / name
        folder.mkdir(parents=True)
        text = f"class Kind:\n    name = '{called}'\n\n\nKIND = Kind()\n"
        (folder / "__init__.py").write_text(text)
    for name in ("__init__", "helper"):
        (tmp_path / "ada_house" / f"{name}.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    yield Registry("ada.kinds", "ada_house", "KIND", "kind")
    for name in [name for name in sys.modules if name.partition(".")[0] == "ada_house"]:
        del sys.modules[name]


def test_listing_names_imports_no_plugin(registry: Registry[Any]) -> None:
    assert (list(registry.all), len(registry.all), "kind" in registry.all) == (["kind", "wrong"], 2, True)
    assert "ada_house.kind" not in sys.modules
    assert registry.all["kind"].name == "kind"
    assert "ada_house.kind" in sys.modules
    assert not {"ada_house.helper", "ada_house.wrong"} & sys.modules.keys()


def test_a_built_in_plugin_is_named_as_its_module(registry: Registry[Any]) -> None:
    with pytest.raises(PluginError, match="holds no kind called `wrong`"):
        registry.all["wrong"]
    with pytest.raises(KeyError):
        registry.all["gone"]


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: registry.noun)
def test_every_built_in_plugin_is_named_as_its_module(registry: Registry[Any]) -> None:
    assert {name: plugin.name for name, plugin in registry.all.items()} == {name: name for name in registry.all}
