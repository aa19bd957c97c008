"""The machine a benchmark ran on, and how to time fairly while other programs use it."""

from __future__ import annotations

import itertools
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

from seamline.errors import SeamlineError

PATIENCE = 1800
"""Seconds after which a command counts as failed."""

BYTE_CODE = Path(".cache/bench/bytecode")

_GIB = 2**30 if sys.platform == "darwin" else 2**20
"""GiB in the unit of the system's peak memory: bytes on macOS, KiB elsewhere."""


@dataclass(frozen=True)
class Taken:
    """What a command took: seconds by the clock and of CPU, the most memory at once in GiB; and what it said.

    `largest_gib` is the most that any one of its processes had, those that it started included.
    """

    seconds: float
    cpu_seconds: float
    memory_gib: float
    said: str = ""
    largest_gib: float = 0.0


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

    Taking turns spreads the load of other programs over all of them. CPU seconds are those of this
    process, all threads together, and vary less on a busy machine.
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in contestants]
    for _ in range(rounds):
        for place, contestant in enumerate(contestants):
            wall, cpu = time.perf_counter(), time.process_time()
            contestant()
            taken[place].append((time.perf_counter() - wall, time.process_time() - cpu))
    return tuple((median(wall for wall, _ in times), median(cpu for _, cpu in times)) for times in taken)


def command(arguments: Sequence[str], folder: Path, patience: float = PATIENCE) -> Taken:
    """Run a command in `folder` as a new process, and measure that process alone.

    Python keeps byte code for it in `.cache/bench/`, whatever the settings of this process: all but the first start of
    a program find it compiled, as they do by default.

    Args:
        patience: seconds after which it counts as failed.

    Raises:
        SeamlineError: it failed or took too long, so that its time says nothing.
    """
    environment = {**os.environ, "DVC_NO_ANALYTICS": "1", "PYTHONPYCACHEPREFIX": str(BYTE_CODE.resolve())}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints:
        start = time.perf_counter()
        process = subprocess.Popen(
            arguments, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=complaints, text=True
        )
        end = threading.Timer(patience, process.kill)
        end.start()
        peak = _Peak(process.pid)
        peak.start()
        assert process.stdout is not None
        with process.stdout as output:
            said = output.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        end.cancel()
        peak.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            complaints.seek(0)
            reason = complaints.read().strip()[-300:] or f"exit code {process.returncode}"
            raise SeamlineError(f"`{' '.join(arguments)}` failed: {reason}", where="bench")
    own, cpu_seconds = peak.kib or usage.ru_maxrss, usage.ru_utime + usage.ru_stime
    return Taken(seconds, cpu_seconds, own / _GIB, said, max(own, peak.largest_kib) / _GIB)


class _Peak(threading.Thread):
    """The most memory that a process had at once, in KiB, looked at every 10 ms until it ends; 0 without `/proc`.

    Those that it started are looked at every tenth time; `largest_kib` is the most that one of them had. `ru_maxrss`
    will not do on Linux: a process starts with that of the one that started it, however large that was.
    """

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.kib, self.largest_kib, self._process = 0, 0, process

    def run(self) -> None:
        """Read the high-water mark until there is none any more: an ended process has no memory."""
        for turn in itertools.count():
            if (own := _mark(self._process)) is None:
                return
            self.kib = max(self.kib, own)
            if turn % 10 == 0:
                self.largest_kib = max([self.largest_kib, *(_mark(one) or 0 for one in _descendants(self._process))])
            time.sleep(0.01)


def _mark(process: int) -> int | None:
    try:
        lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)


def _descendants(process: int) -> Iterator[int]:
    """Processes that it started and that still run, and theirs."""
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = [int(one) for one in listed.read_text("ascii").split()]
        except OSError:
            continue
        for child in children:
            yield child
            yield from _descendants(child)


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
