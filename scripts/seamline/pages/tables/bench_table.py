"""What `make bench` measured, as the page of benchmarks shows it: first what we aim for, then every figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from seamline.pages.html import code, markdown, table

NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Aim:
    """One figure of the record beside what we want it to be.

    Attributes:
        what: what is measured, in words.
        path: benchmark and figure in the record.
        goal: what we aim for, a number to be reached, or to stay below for seconds and memory.
        unit: what follows the number: `x` for a ratio, `s` for seconds, `MB` for memory or a download, `%` for a share.
    """

    what: str
    path: tuple[str, str]
    goal: float
    unit: str = "x"

    def row(self, record: Mapping[str, Any]) -> tuple[str, str, str, str]:
        """What it is, what it was, what it is to be, and whether it is."""
        value = record.get(self.path[0], {}).get(self.path[1])
        least = self.unit not in ("s", "MB")
        side = "at least" if least else "below"
        goal = f"{side} {self._said(self.goal)}"
        if value is None:
            return self.what, NOT_MEASURED, goal, "–"
        reached = value >= self.goal if least else value < self.goal
        return self.what, self._said(value), goal, "yes" if reached else "no"

    def _said(self, value: float) -> str:
        if self.unit == "%":
            return f"{100 * value:.0f} %"
        return f"{value:.3g}{self.unit}" if self.unit == "x" else f"{value:.3g} {self.unit}"


AIMS = (
    Aim("The command that starts slowest, beyond bare Python", ("starting", "slowest_seconds_beyond_python"), 0.5, "s"),
    Aim("The engine, beside the stock pipeline called once an edit", ("engine", "speed_up"), 3),
    Aim("Planning, beside DVC", ("planning", "times_faster_than_dvc"), 10),
    Aim("Planning, beside sphinx-gallery", ("planning", "times_faster_than_sphinx_gallery"), 10),
    Aim("An edit of four steps in the reader's page, once it is loaded", ("live", "next_edit_seconds"), 4, "s"),
    Aim("What the reader's page loads for it", ("live", "megabytes_loaded"), 12, "MB"),
    Aim("The page's memory while it edits", ("live", "page_memory_mb"), 500, "MB"),
    Aim("Real size, beside the stock pipeline called once an edit, both compiled", ("real_size", "speed_up"), 4),
    Aim("Real size, share of the GPU's measured peak", ("real_size", "share_of_peak"), 0.45, "%"),
)


def benchmark_aims(record: Mapping[str, Any] | None) -> Markup:
    """What we aim for beside what was measured, reached or not."""
    rows = [aim.row(record or {}) for aim in AIMS]
    return Markup("\n\n" + table(("What", "Measured", "Aim", "Reached"), rows) + "\n\n")


def benchmark_tables(record: Mapping[str, Any] | None) -> Markup:
    """Every benchmark of the record, each as a table of its figures; a sentence when nothing was measured."""
    if not record:
        return Markup("Not measured yet: `make bench` writes the figures.")
    parts = [_section(name, figures) for name, figures in record.items() if isinstance(figures, dict)]
    return Markup("\n\n" + "\n\n".join(parts) + "\n\n")


def _section(name: str, figures: Mapping[str, Any]) -> str:
    contestants = [value for value in figures.values() if _is_table(value)]
    single = {path: value for path, value in figures.items() if not isinstance(value, dict) and not _is_table(value)}
    rows = [(_spaced(path), _figure(value)) for path, value in single.items()]
    machine = figures.get("machine", {})
    return "\n\n".join(
        [
            f"### {markdown(_spaced(name).capitalize())}",
            *([f"On {_in_words(machine)}."] if machine else []),
            table(("What", "Value"), rows),
            *map(_side_by_side, contestants),
        ]
    )


def _is_table(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _in_words(machine: Mapping[str, Any]) -> str:
    return ", ".join(f"{markdown(_spaced(name))} {code(_figure(value))}" for name, value in machine.items())


def _side_by_side(rows: Sequence[Mapping[str, Any]]) -> Markup:
    """Contestants of one benchmark as a table, a row each."""
    heads = list(dict.fromkeys(name for row in rows for name in row))
    return table(
        [_spaced(name).capitalize() for name in heads], [[_figure(row.get(name)) for name in heads] for row in rows]
    )


def _spaced(name: str) -> str:
    return name.replace("_", " ").replace("cpu", "CPU").replace("gib", "GiB").replace("gflop", "GFLOP")


def _figure(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: NOT_MEASURED}[value]
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"
    if isinstance(value, int):
        return f"{value:,}"
    return ", ".join(map(_figure, value)) if isinstance(value, list) else str(value)
