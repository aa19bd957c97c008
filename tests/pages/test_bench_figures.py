"""The page of benchmarks says what was aimed for, reached or not, and never fills in what was not measured."""

from __future__ import annotations

from typing import Any

import pytest

from seamline.pages.tables.bench_table import AIMS, benchmark_aims, benchmark_tables

RECORD: dict[str, Any] = {
    "starting": {
        "slowest_seconds_beyond_python": 0.315,
        "commands": [{"command": "seamline check", "seconds_beyond_python": 0.2}, {"command": "seamline audit"}],
        "machine": {"processor": "A | B", "cores": 2},
    },
    "engine": {"speed_up": 1.589},
    "planning": {"times_faster_than_dvc": 12.13, "times_faster_than_sphinx_gallery": 10.0},
    "real_size": {"speed_up": None, "share_of_peak": 0.4567},
}


@pytest.mark.parametrize(
    "row",
    [
        "| 0.315 s | below 0.5 s | yes |",
        "| 1.59x | at least 3x | no |",
        "| 10x | at least 10x | yes |",
        "| not measured | at least 4x | – |",
        "| 46 % | at least 45 % | yes |",
    ],
)
def test_an_aim_stands_beside_its_figure(row: str) -> None:
    assert row in benchmark_aims(RECORD)


def test_too_slow_is_not_reached() -> None:
    slow = {"starting": {"slowest_seconds_beyond_python": 0.5}}
    assert "| 0.5 s | below 0.5 s | no |" in benchmark_aims(slow)


@pytest.mark.parametrize("record", [None, {}, {"engine": {}}])
def test_without_a_record_nothing_is_claimed(record: dict[str, Any] | None) -> None:
    assert benchmark_aims(record).count("| not measured |") == len(AIMS)


def test_every_aim_names_a_figure_that_some_benchmark_writes() -> None:
    from inspect import getsource

    from tools.bench import cli_startup, engine, first_edit, planning, real_size

    programs = {
        "engine": engine,
        "live": first_edit,
        "planning": planning,
        "real_size": real_size,
        "starting": cli_startup,
    }
    for aim in AIMS:
        benchmark, figure = aim.path
        written = figure.replace("dvc", "{name}").replace("sphinx_gallery", "{name}")
        assert f'"{figure}"' in getsource(programs[benchmark]) or f'"{written}"' in getsource(programs[benchmark])


def test_every_figure_is_there_and_the_machine_in_a_line() -> None:
    shown = benchmark_tables(RECORD)
    assert "### Engine" in shown
    assert "| speed up | 1.59 |" in shown
    assert "| speed up | not measured |" in shown
    assert "cores <code>2</code>" in shown
    assert "| seamline audit | not measured |" in shown, "a row that lacks a figure keeps its place"
    assert "A | B" not in shown, "text of the machine cannot break a table"
    assert "Not measured yet" in benchmark_tables(None)
