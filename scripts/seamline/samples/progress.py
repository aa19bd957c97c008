"""How far a run has come: one bar with the time left on a terminal, elsewhere a line per finished sample."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


class Progress:
    """Progress over a known number of samples and a growing number of images.

    Args:
        say: takes the lines instead, if given.
    """

    def __init__(self, samples: int, say: Callable[[str], None] | None) -> None:
        self._samples, self._say, self._done = samples, say, 0
        self._bar: Any = None

    def expect(self, cells: int) -> None:
        if self._say is None and sys.stderr.isatty():
            from tqdm import tqdm

            if self._bar is None:
                self._bar = tqdm(total=0, unit="image", desc="drawing")
            self._bar.total += cells
            self._bar.refresh()

    def step(self) -> None:
        if self._bar is not None:
            self._bar.update()

    def say(self, line: str) -> None:
        self._done += 1
        line = f"[{self._done}/{self._samples}] {line}"
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
