"""sha256 of files, remembered by path, size, and the times of modification and of change.

Hashing a gigabyte of weights, or the pictures of ten thousand runs, is what makes
planning slow. The time of change is the kernel's own: who alters a file and sets back
its time of modification is seen. A file that was touched in the last two seconds is hashed
but not remembered: a second write within the same tick of the clock must not go unseen.
What is dear to compute, such as a scene, has its digest remembered by a text that
names everything it is computed from.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any

from seamline.errors import RunError, SeamlineError
from seamline.files import write_if_changed

_SETTLED_NS = 2_000_000_000


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(data: Any) -> str:
    """The one JSON text of `data`: sorted keys, no spaces, no NaN."""
    return _CANONICAL.encode(data)


def digest_of(data: Any) -> str:
    """sha256, in hex, of the canonical JSON of `data`."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


class Hashes:
    """sha256 of files below a project, kept between commands in `.cache/`.

    The cache is a convenience: without it, or with a damaged one, everything is hashed anew.

    Args:
        root: project folder.
        file: name of the cache.
    """

    def __init__(self, root: Path, file: str = "hashes.json") -> None:
        self._below_root = f"{root}{os.sep}"
        self._file = root / ".cache" / file
        self._known: dict[str, str] = self._load()
        self._changed = False
        self._once: dict[Hashable, str] = {}

    def sha256(self, path: Path | str) -> str:
        """sha256 of a file, in hex.

        Raises:
            FileNotFoundError: there is no such file.
            RunError: it cannot be read.
        """
        status = os.stat(path)  # noqa: PTH116  # ten thousand times: `Path.stat` costs more than the call itself
        name = str(path).removeprefix(self._below_root)
        seen = f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} "
        known = self._known.get(name, "")
        if known.startswith(seen):
            return known.removeprefix(seen)
        try:
            with Path(path).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise RunError(f"cannot be read: {error.strerror}", where=str(path)) from error
        if time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) > _SETTLED_NS:
            self._known[name] = seen + digest
            self._changed = True
        return digest

    def digest(self, computed_from: str, compute: Callable[[], Any]) -> str:
        """sha256, in hex, of the canonical JSON of what `compute` gives, which `computed_from` alone decides."""
        name = f"= {computed_from}"
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = digest_of(compute())
            self._changed = True
        return known

    def once(self, name: Hashable, compute: Callable[[], str]) -> str:
        """What `compute` gave when `name` was first asked for; forgotten with this object."""
        if name not in self._once:
            self._once[name] = compute()
        return self._once[name]

    def save(self) -> None:
        """Keep what was hashed. A cache that cannot be written is no reason to stop."""
        if self._changed:
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                write_if_changed(self._file, json.dumps(self._known, separators=(",", ":")))
            except (OSError, SeamlineError):
                return
            self._changed = False

    def _load(self) -> dict[str, str]:
        """What was kept, each entry a text: lists for ten thousand runs would keep the garbage collector busy."""
        try:
            known = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(known, Mapping):
            return {}
        return {name: entry for name, entry in known.items() if isinstance(entry, str)}
