"""Processes that do the parts of a job, on this machine or on a Ray cluster."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from seamline.errors import EngineError, SeamlineError

if TYPE_CHECKING:
    from seamline.runs.engines.making import EngineName

Job = TypeVar("Job")
Made = TypeVar("Made")
_LAST_LINES = 500
"""Characters of what a process said that an error quotes."""
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Workers:
    """Who does a job.

    Attributes:
        count: how many processes at a time; with Ray, None for one per core of the cluster.
        engine: `local`, or `ray` for a cluster at `address`, whose machines find the project at the same path.
    """

    count: int | None = 1
    engine: EngineName = "local"
    address: str | None = None


class Pool(Protocol):
    """Processes, each of which does one part and ends, so that what a part needed of memory is free again."""

    @property
    def workers(self) -> int:
        """How many there are at a time, 1 at least."""
        ...

    def map(self, work: Callable[[Job], Made], jobs: Iterable[Job]) -> list[Made]:
        """What `work`, a function of a module, makes of each job, in their order.

        Raises:
            SeamlineError: as `work` raised it, the first that did; other jobs may have been done.
            EngineError: a process ended without saying why.
        """
        ...


@contextmanager
def pool_of(workers: Workers | None) -> Iterator[Pool]:
    """The pool, which is dismissed at the end; by default of one process at a time.

    Raises:
        EngineError: Ray is not installed, or the cluster cannot be reached.
    """
    workers = workers or Workers()
    if workers.engine == "local":
        yield LocalPool(workers.count or os.cpu_count() or 1)
        return
    from seamline.runs.engines.ray_session import RaySession

    session = RaySession(workers.address)
    try:
        yield RayPool(session.ray, workers.count or max(1, session.count("CPU")))
    finally:
        session.close()


@dataclass(frozen=True, slots=True)
class LocalPool:
    """Processes of this machine; they end with this one, however it ends."""

    workers: int

    def map(self, work: Callable[[Job], Made], jobs: Iterable[Job]) -> list[Made]:
        """See `Pool`."""
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(self.workers) as threads:
            return list(threads.map(lambda job: _in_a_process(work, job), jobs))


@dataclass(frozen=True, slots=True)
class RayPool:
    """Tasks on a Ray cluster. One whose machine or process is lost is done again by another."""

    ray: Any
    workers: int

    def map(self, work: Callable[[Job], Made], jobs: Iterable[Job]) -> list[Made]:
        """See `Pool`."""
        task = self.ray.remote(num_cpus=1, max_calls=1, max_retries=_TRIES - 1)(_done)
        begun: list[Any] = []
        running: list[Any] = []
        for job in jobs:
            if len(running) == self.workers:
                _, running = self.ray.wait(running, num_returns=1)
            begun.append(task.remote(work, job))
            running.append(begun[-1])
        return [_unwrapped(self._result(one)) for one in begun]

    def _result(self, task: Any) -> Any:
        try:
            return self.ray.get(task)
        except self.ray.exceptions.RayError as error:
            raise EngineError(f"a part could not be done in {_TRIES} tries: {error}", where="ray") from error


def _done(work: Callable[[Job], Made], job: Job) -> Made | SeamlineError:
    """What `work` made, or why it could not: Ray would try again after an error, and change what kind it is of."""
    try:
        return work(job)
    except SeamlineError as error:
        return error


def _unwrapped(made: Made | SeamlineError) -> Made:
    if isinstance(made, SeamlineError):
        raise made
    return made


def _in_a_process(work: Callable[[Job], Made], job: Job) -> Made:
    import pickle
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory(prefix="seamline-part-") as folder:
        given, made = Path(folder, "job"), Path(folder, "made")
        given.write_bytes(pickle.dumps((work, job)))
        # Attached: a process that outlived this one would go on writing pages under the next command's hands.
        line = [sys.executable, "-m", "seamline.site.attached", __name__, str(given), str(made)]
        process = subprocess.Popen(
            line, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        with process:
            assert process.stderr
            said = process.stderr.read()
        if not made.is_file():
            raise EngineError(
                f"a process that did a part ended with {process.returncode}: {said.strip()[-_LAST_LINES:]}",
                hint="run it again with fewer --workers: each needs memory of its own",
            )
        result: Made | SeamlineError = pickle.loads(made.read_bytes())
        return _unwrapped(result)


def main() -> None:
    """Do the job in the file that the first argument names; what it made goes into the file of the second."""
    import pickle

    given, made = map(Path, sys.argv[1:])
    work, job = pickle.loads(given.read_bytes())
    partial = made.with_suffix(".partial")
    partial.write_bytes(pickle.dumps(_done(work, job)))
    partial.replace(made)


if __name__ == "__main__":
    main()
