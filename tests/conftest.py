"""What holds for all tests."""

from __future__ import annotations

from gate import pytest_make_collect_report, pytest_runtest_makereport

__all__ = ["pytest_make_collect_report", "pytest_runtest_makereport"]
