"""A project's folder in somebody's hands, and its lock."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from seamline.locking import MOMENT, locked

Say = Callable[[str], None]


class OpenFolder:
    """A folder, and whom to tell what happens in it."""

    def __init__(self, root: Path, *, say: Say | None = None) -> None:
        """See `Project.open`, which also finds the folder."""
        self.root, self._say = root, say

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.root)!r})"

    def _writing(self, doing: str) -> AbstractContextManager[None]:
        return locked(self.root, doing, wait=MOMENT, say=self._say)
