"""Where these tests are the gate (`CI=true`), what was skipped was not tested: it fails."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping

import pytest

MAY_BE_SKIPPED: Mapping[str, str] = {
    "root writes wherever it likes": "file permissions bind nobody on a runner that is root",
}
"""Reasons that are no gap in what is tested, by how they begin, and why."""


def refused(reason: str) -> str:
    """Why a skip with `reason` counts as a failure here; empty where it does not."""
    if os.environ.get("CI") != "true":
        return ""
    plain = reason.removeprefix("Skipped: ")
    return "" if plain.startswith(tuple(MAY_BE_SKIPPED)) else f"skipped under CI=true: {plain}"


def _failed(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if why := refused(str(reason)):
            report.outcome = "failed"
            report.longrepr = why


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _failed(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _failed(report)
    return report
