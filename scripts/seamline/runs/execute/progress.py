"""How far a run has come: one bar with the time left on a terminal, elsewhere a line per finished sample."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


class Progress:
    """Progress over a known number of samples and a growing number of images.

    Args:
        say: takes the lines instead, if given.
        total: how many samples there are.
    """

    def __init__(self, say: Callable[[str], None] | None, total: int = 0) -> None:
        self.total, self._say, self._done = total, say, 0
        self._bar: Any = None

    def expect(self, requests: int) -> None:
        if self._say is None and sys.stderr.isatty():
            from tqdm import tqdm

            if self._bar is None:
                self._bar = tqdm(total=0, unit="image", desc="running")
            self._bar.total += requests
            self._bar.refresh()

    def step(self) -> None:
        if self._bar is not None:
            self._bar.update()

    def say(self, line: str) -> None:
        """A sample is finished."""
        self._done += 1
        self.note(f"[{self._done}/{self.total}] {line}")

    def note(self, line: str) -> None:
        """Something to know before the next sample is finished."""
        if self._say is not None:
            self._say(line)
        elif self._bar is not None:
            self._bar.write(line, file=sys.stderr)
        else:
            print(line, file=sys.stderr, flush=True)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
