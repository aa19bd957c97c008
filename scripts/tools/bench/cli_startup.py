"""How long each command that needs no model takes to start, compared with `python -c pass`.

A command that has nothing to do, in an empty project, takes only its start-up time. Bare Python is timed in every
round, so that all are measured on the same machine in the same minutes; CPU seconds vary least on a busy machine.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tools.bench import machine
from tools.bench.machine import Taken

ROUNDS = int(os.environ.get("SEAMLINE_BENCH_STARTS", "7"))
BARE = ("-c", "pass")
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("--help",),
    ("import", "question.txt"),
    ("check",),
    ("samples", "--status"),
    ("render",),
    ("render", "--check"),
    ("build", "--help"),
    ("serve", "--help"),
    ("audit",),
    ("doctor", "--help"),
    ("plugins",),
    ("init", "--help"),
    ("weights", "--help"),
    ("enrich", "--help"),
    ("draft", "--help"),
    ("live", "--help"),
    ("inspect", "--help"),
    ("prompts", "--help"),
)
"""`build` and `serve` start MkDocs, `doctor` imports torch, `enrich` asks the network; `inspect` and `prompts`
need a file, `init`, `weights` and `draft` write: of those, only the help is timed."""

_DOCUMENT = """\
"How does AI remove the rain from my holiday photo?"

### Recommended AI Models:
Model: ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix

### Related Papers:
Model: A paper about rain
Paper: https://arxiv.org/abs/2211.09800
Summary: Rain falls in streaks.
"""
_PAGE = "<!doctype html><html lang='en'><head><title>x</title></head><body><h1>x</h1></body></html>"

Times = tuple[float, float]
"""Wall and CPU seconds."""


def measure(root: Path) -> dict[str, Any]:
    """Median seconds of bare Python, and by how much each command takes longer."""
    with tempfile.TemporaryDirectory() as folder:
        empty, other = _project(Path(folder) / "empty"), _project(Path(folder) / "other")
        starts = {command: ("-m", "seamline", *command) for command in COMMANDS}
        places = {command: other if command[0] == "import" else empty for command in COMMANDS}
        for command in COMMANDS:  # only the first run compiles byte code and reads files from disk
            _timed(starts[command], places[command])
        bare: list[Taken] = []
        times: dict[tuple[str, ...], list[Taken]] = {command: [] for command in COMMANDS}
        for _ in range(ROUNDS):
            bare.append(_timed(BARE, empty))
            for command in COMMANDS:
                times[command].append(_timed(starts[command], places[command]))
    wall, cpu = _medians(bare)
    rows = [_row(command, _medians(taken), wall, cpu) for command, taken in times.items()]
    slowest = max(rows, key=lambda row: float(row["seconds_beyond_python"]))
    return {
        "how": "medians in an empty project, byte code at hand; a busy machine blurs wall more than CPU seconds",
        "rounds": ROUNDS,
        "python_pass_seconds": wall,
        "python_pass_cpu_seconds": cpu,
        "slowest": slowest["command"],
        "slowest_seconds_beyond_python": slowest["seconds_beyond_python"],
        "slowest_cpu_seconds_beyond_python": slowest["cpu_seconds_beyond_python"],
        "commands": rows,
    }


def _row(command: Sequence[str], taken: Times, wall: float, cpu: float) -> dict[str, Any]:
    return {
        "command": " ".join(("seamline", *command)),
        "seconds_beyond_python": taken[0] - wall,
        "cpu_seconds_beyond_python": taken[1] - cpu,
    }


def _project(folder: Path) -> Path:
    """A project without entries, a document to import, and a site of one page."""
    (folder / "site").mkdir(parents=True)
    (folder / "docs").mkdir()
    (folder / "mkdocs.yml").write_text("site_name: bench\ndocs_dir: generated\n", encoding="utf-8")
    (folder / "docs" / "index.md").write_text("# bench\n", encoding="utf-8")
    (folder / "question.txt").write_text(_DOCUMENT, encoding="utf-8")
    (folder / "site" / "index.html").write_text(_PAGE, encoding="utf-8")
    return folder


def _timed(arguments: Sequence[str], folder: Path) -> Taken:
    return machine.command([sys.executable, *arguments], folder)


def _medians(taken: Sequence[Taken]) -> Times:
    return median(one.seconds for one in taken), median(one.cpu_seconds for one in taken)
