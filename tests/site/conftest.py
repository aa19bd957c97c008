"""A copy of this very project to build and break, and a tiny catalog to audit against."""

from __future__ import annotations

from pathlib import Path

import pytest
from project_copies import copy_project


@pytest.fixture(scope="session")
def project_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy for tests that only read sources and build."""
    return copy_project(tmp_path_factory.mktemp("project") / "copy")


@pytest.fixture
def own_copy(tmp_path: Path) -> Path:
    """A copy for a test that changes sources."""
    return copy_project(tmp_path / "copy")
