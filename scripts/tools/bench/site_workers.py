"""Rendering and building a site by one process, and by Ray with one worker and with two."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from tools.bench.machine import command
from tools.bench.question_documents import write_documents

QUESTIONS = 500
_SEAMLINE = [sys.executable, "-m", "seamline"]
_RAY = ["--engine", "ray", "--workers"]


def measure(_root: Path, questions: int = QUESTIONS) -> dict[str, Any]:
    """Seconds by the clock of `seamline build` from nothing, and the efficiency of a second worker, 1 being perfect.

    Args:
        questions: of the site, which is made up.
    """
    if not importlib.util.find_spec("ray"):
        return {"efficiency": None, "why": "Ray is not installed"}
    with tempfile.TemporaryDirectory(prefix="seamline-workers-") as folder:
        project = Path(folder, "project")
        command([*_SEAMLINE, "init", str(project), "--bare"], Path(folder))
        documents = [str(path) for path in write_documents(Path(folder, "documents"), questions)]
        command([*_SEAMLINE, "import", *documents], project)
        alone, one, two = (_seconds(project, options) for options in ([], [*_RAY, "1"], [*_RAY, "2"]))
    return {
        "questions": questions,
        "one_process_seconds": alone,
        "one_worker_seconds": one,
        "two_workers_seconds": two,
        "speed_up_of_two_workers_beside_one_process": alone / two,
        "efficiency": one / two / 2,
    }


def _seconds(project: Path, options: list[str]) -> float:
    for left in ("generated", "site", ".cache"):
        shutil.rmtree(project / left, ignore_errors=True)
    return command([*_SEAMLINE, "build", *options], project).seconds
