"""What a benchmark ran on, and how to time fairly on a machine that others use too."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any


def facts() -> dict[str, Any]:
    """The machine in a few words; `load` is how many processes wanted its cores just now."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "torch": _version("torch"),
        "load": round(os.getloadavg()[0], 1),
    }


def alternate(*contestants: Callable[[], object], rounds: int) -> tuple[tuple[float, float], ...]:
    """Run the contestants in turn, `rounds` times; each one's median (wall seconds, CPU seconds).

    Taking turns spreads a neighbour's noise over all of them. CPU seconds are those of this
    process, all threads together: what a busy machine does not blur.
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in contestants]
    for _ in range(rounds):
        for place, contestant in enumerate(contestants):
            wall, cpu = time.perf_counter(), time.process_time()
            contestant()
            taken[place].append((time.perf_counter() - wall, time.process_time() - cpu))
    return tuple((median(wall for wall, _ in times), median(cpu for _, cpu in times)) for times in taken)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
