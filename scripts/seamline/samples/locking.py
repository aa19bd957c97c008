"""One Seamline at a time on a project.

The kernel holds the lock (`flock`), so a killed process leaves none behind: a lock file
whose owner is gone is simply taken over. Shards of a job array share the project and
exclude only a second process with the same shard.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from seamline.errors import FilesError, LockedError


@contextlib.contextmanager
def locked(root: Path, doing: str, shard: tuple[int, int] | None = None) -> Iterator[None]:
    """Hold the project's lock while `doing` something, `drawing samples`.

    Raises:
        LockedError: another process holds it; the message says which, since when and what it does.
        FilesError: the lock file cannot be written.
    """
    folder = root / ".cache"
    with contextlib.ExitStack() as stack:
        stack.enter_context(_flock(folder / "lock", doing, shared=shard is not None))
        if shard is not None:
            stack.enter_context(_flock(folder / f"lock-{shard[0]}-of-{shard[1]}", doing, shared=False))
        yield


@contextlib.contextmanager
def _flock(path: Path, doing: str, *, shared: bool) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise FilesError(f"the lock cannot be taken: {error.strerror}", where=str(path)) from error
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        owner = {"pid": os.getpid(), "host": socket.gethostname(), "doing": doing, "since": since}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(owner).encode(), 0)
        yield
    except BlockingIOError as error:
        raise LockedError(
            f"another Seamline is at work here: {_owner(path)}", where=str(path), hint="wait for it, or stop it"
        ) from error
    finally:
        os.close(descriptor)


def _owner(path: Path) -> str:
    try:
        owner = json.loads(path.read_text("utf-8"))
        return f"process {owner['pid']} on {owner['host']}, {owner['doing']} since {owner['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "a process that has not said its name yet"
