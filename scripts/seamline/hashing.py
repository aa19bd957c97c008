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
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from seamline.errors import RunError, SeamlineError
from seamline.files import write_if_changed

_SETTLED_NS = 2_000_000_000


def canonical(data: Any) -> str:
    """The one JSON text of `data`: sorted keys, no spaces, no NaN."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_of(data: Any) -> str:
    """sha256, in hex, of the canonical JSON of `data`."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


class Hashes:
    """sha256 of files below a project, kept between commands in `.cache/hashes.json`.

    The cache is a convenience: without it, or with a damaged one, everything is hashed anew.
    """

    def __init__(self, root: Path) -> None:
        self._below_root = f"{root}{os.sep}"
        self._file = root / ".cache" / "hashes.json"
        self._known: dict[str, list[Any]] = self._load()
        self._changed = False

    def sha256(self, path: Path) -> str:
        """sha256 of a file, in hex.

        Raises:
            FileNotFoundError: there is no such file.
            RunError: it cannot be read.
        """
        status = os.stat(path)  # noqa: PTH116  # ten thousand times: `Path.stat` costs more than the call itself
        name = str(path).removeprefix(self._below_root)
        seen = [status.st_size, status.st_mtime_ns, status.st_ctime_ns]
        known = self._known.get(name)
        if known and known[:-1] == seen:
            return str(known[-1])
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise RunError(f"cannot be read: {error.strerror}", where=str(path)) from error
        if time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) > _SETTLED_NS:
            self._known[name] = [*seen, digest]
            self._changed = True
        return digest

    def digest(self, computed_from: str, compute: Callable[[], Any]) -> str:
        """sha256, in hex, of the canonical JSON of what `compute` gives, which `computed_from` alone decides."""
        name = f"= {computed_from}"
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = [digest_of(compute())]
            self._changed = True
        return str(known[-1])

    def save(self) -> None:
        """Keep what was hashed. A cache that cannot be written is no reason to stop."""
        if self._changed:
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                write_if_changed(self._file, json.dumps(self._known, separators=(",", ":")))
            except (OSError, SeamlineError):
                return
            self._changed = False

    def _load(self) -> dict[str, list[Any]]:
        try:
            known = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(known, Mapping):
            return {}
        return {name: entry for name, entry in known.items() if isinstance(entry, list) and entry}
