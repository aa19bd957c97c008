"""Whether the files on disk are what the catalog says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Drift:
    """One file that differs from what would be rendered.

    Attributes:
        path: below the rendered tree.
        line: first differing line, from 1; None when the file is missing, superfluous or not text.
        found, wanted: that line on disk and as rendered; None past the end.
    """

    path: str
    reason: str
    line: int | None = None
    found: str | None = None
    wanted: str | None = None

    def __str__(self) -> str:
        if self.line is None:
            return f"{self.path}: {self.reason}"
        return (
            f"{self.path}:{self.line}: {self.reason}\n  found:  {_shown(self.found)}\n  wanted: {_shown(self.wanted)}"
        )


def drift(root: Path, tree: Mapping[str, str | bytes], keep: Iterable[str] = ("runs/",)) -> list[Drift]:
    """How the files below `root` differ from `tree`, in order of their paths; empty when they do not.

    Args:
        root: the rendered tree on disk, `generated/`.
        tree: what `render` returns.
        keep: prefixes of paths that other stages write.
    """
    kept = tuple(keep)
    on_disk = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    superfluous = {path for path in on_disk - set(tree) if not path.startswith(kept)}
    found = []
    for path in sorted({*tree, *superfluous}):
        if path in superfluous:
            found.append(Drift(path, "is not a page any more"))
        elif path not in on_disk:
            found.append(Drift(path, "is missing"))
        elif difference := _difference(path, (root / path).read_bytes(), tree[path]):
            found.append(difference)
    return found


def _difference(path: str, found: bytes, wanted: str | bytes) -> Drift | None:
    if found == (wanted.encode() if isinstance(wanted, str) else wanted):
        return None
    if isinstance(wanted, bytes):
        return Drift(path, "differs from its source")
    if found.replace(b"\r\n", b"\n") == wanted.encode():
        return Drift(
            path, "differs in its line endings only: `git config core.autocrlf false`, then check it out again"
        )
    here_as_unix = found.replace(b"\r\n", b"\n").decode(errors="replace")
    lines = zip_longest(here_as_unix.split("\n"), wanted.split("\n"))
    for number, (here, there) in enumerate(lines, start=1):
        if here != there:
            return Drift(path, "was changed by hand, or its sources changed", number, here, there)
    return Drift(path, "is not UTF-8 text any more")


def _shown(line: str | None) -> str:
    return "(end of file)" if line is None else line if len(line) <= 160 else line[:159] + "…"
