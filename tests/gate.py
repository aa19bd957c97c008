"""Where these tests are the gate (`CI=true`), what was skipped was not tested: it fails."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest


def refused(reason: str) -> str:
    """Why a skip with `reason` counts as a failure here; empty where it does not."""
    return f"skipped under CI=true: {reason.removeprefix('Skipped: ')}" if os.environ.get("CI") == "true" else ""


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
