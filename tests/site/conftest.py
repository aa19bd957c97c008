"""A copy of this very project to build and break, and a tiny catalog to audit against."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("mkdocs.yml", "docs", "catalog", "generated", ".seamline", "scripts")


def copy_project(target: Path) -> Path:
    """Everything that a site is built from, without weights and caches."""
    target.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        weights = ("weights",) if part == "catalog" else ()
        ignore = shutil.ignore_patterns("__pycache__", "*.partial", *weights)
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=ignore)
        else:
            shutil.copy(source, target / part)
    return target


@pytest.fixture(scope="session")
def project_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy for tests that only read sources and build."""
    return copy_project(tmp_path_factory.mktemp("project") / "copy")


@pytest.fixture
def own_copy(tmp_path: Path) -> Path:
    """A copy for a test that changes sources."""
    return copy_project(tmp_path / "copy")
