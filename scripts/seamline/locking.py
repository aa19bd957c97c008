"""Who may write to a project now: one process at a time, held by the kernel.

There are two locks. The project's own is held while files are written that others read: entries, pages, the site, a
finished run. Whoever holds it is done in seconds or minutes, so that others wait a moment for it. The one of the job
`ENGINE` is held for as long as models draw, are measured or are replaced, which may be hours: pages can be rendered
and the site built meanwhile, since a run becomes visible under the project's lock, all at once.

A killed process leaves no lock behind, only the file that says who it was: the next one takes both over. Shards of a
job array share a lock and exclude only a second process with the same shard, and a process without one.

Where Python has `fcntl`, its `flock` is called directly: three calls, against an import of portalocker 4.4 that reads
package metadata and took 60 ms when measured, about as long as the whole of `seamline --version`. Elsewhere, on
Windows, portalocker does it; the tests run both ways.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from seamline.errors import FilesError, LockedError
from seamline.files import refusal

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

ENGINE = "engine"
"""The job of everything that loads weights or replaces them: samples, evaluation, the end of a training."""
TRAINING = "training"
"""The job that keeps its checkpoints in .cache/."""

MOMENT = 20.0
"""Seconds that commands wait for one another before they give up."""

_PAUSE = 0.1


@contextlib.contextmanager
def locked(
    root: Path,
    doing: str,
    shard: tuple[int, int] | None = None,
    *,
    job: str = "",
    wait: float | None = 0.0,
    say: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Hold a lock of the project at `root` while `doing` something, `building the site`.

    Args:
        shard: (i, n) for the i-th of n processes that share the lock.
        job: whose lock; empty for the project's own. Take a job's lock before the project's, never after it.
        wait: seconds to wait for another holder, at least 0; None for as long as it takes.
        say: takes one line when there is somebody to wait for.

    Raises:
        LockedError: another process holds it; the message says which, since when and what it does.
        FilesError: the lock cannot be taken here: the disk is full or read-only, or its file system knows no locks.
    """
    folder, name = root / ".cache", f"lock-{job}" if job else "lock"
    with contextlib.ExitStack() as stack:
        stack.enter_context(_held(folder / name, doing, wait, say, shared=shard is not None))
        if shard is not None:
            own = folder / f"{name}-{shard[0]}-of-{shard[1]}"
            stack.enter_context(_held(own, doing, wait, say, shared=False))
        yield


@contextlib.contextmanager
def _held(
    path: Path, doing: str, wait: float | None, say: Callable[[str], None] | None, *, shared: bool
) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        raise refusal(path, error, "take the lock") from error
    with file:
        _take(file, path, wait, say, shared=shared)
        try:
            _sign(path, doing)
            yield
        finally:
            _unlock(file)  # else a child that was forked meanwhile would hold on to it


def _take(file: BinaryIO, path: Path, wait: float | None, say: Callable[[str], None] | None, *, shared: bool) -> None:
    since, waiting = time.monotonic(), False
    while not _lock(file, path, shared=shared):
        if wait is not None and time.monotonic() - since >= wait:
            what = f"another Seamline is at work here: {_owner(path)}"
            raise LockedError(what, where=str(path), hint="wait for it, or stop it")
        if say and not waiting:
            say(f"waiting for another Seamline: {_owner(path)}")
        waiting = True
        time.sleep(_PAUSE)


def _lock(file: BinaryIO, path: Path, *, shared: bool) -> bool:
    """Take the lock of an open file, unless another process holds it."""
    try:
        if fcntl:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        else:
            _portalocker_lock(file, shared=shared)
    except BlockingIOError:
        return False
    except OSError as error:
        raise FilesError(
            f"cannot take the lock: {error.strerror or error}",
            where=str(path),
            hint="work on a disk of this machine: not every other knows locks",
        ) from error
    return True


def _unlock(file: BinaryIO) -> None:
    if fcntl:
        fcntl.flock(file, fcntl.LOCK_UN)
    else:
        import portalocker

        portalocker.unlock(file)


def _portalocker_lock(file: BinaryIO, *, shared: bool) -> None:
    """The lock where Python has no `flock`."""
    import portalocker

    flags = portalocker.LockFlags.SHARED if shared else portalocker.LockFlags.EXCLUSIVE
    try:
        portalocker.lock(file, flags | portalocker.LockFlags.NON_BLOCKING)
    except portalocker.AlreadyLocked as error:
        raise BlockingIOError from error
    except portalocker.LockException as error:
        raise OSError(str(error)) from error


def _sign(path: Path, doing: str) -> None:
    """Say who holds the lock, in a file of its own: a locked file cannot be read everywhere."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    owner = {"pid": os.getpid(), "host": platform.node(), "doing": doing, "since": now}
    try:
        _signature(path).write_text(json.dumps(owner), encoding="utf-8")
    except OSError as error:
        raise refusal(path, error, "take the lock") from error


def _signature(path: Path) -> Path:
    return path.with_name(f"{path.name}.owner")


def _owner(path: Path) -> str:
    try:
        owner = json.loads(_signature(path).read_text("utf-8"))
        return f"process {owner['pid']} on {owner['host']}, {owner['doing']} since {owner['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "a process that has not said its name yet"
