"""A painted run that every test of the exhibits looks at."""

from __future__ import annotations

from pathlib import Path

import pytest
from exhibits.fake_run import SAMPLE, FakeRun, paint_run

from seamline.exhibits.view import ExhibitView, region_box


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> FakeRun:
    return paint_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="session")
def view(run: FakeRun) -> ExhibitView:
    return ExhibitView(SAMPLE, run.record(), run.measures, "runs/", region_box(Path(run.folder, "region.webp")))
