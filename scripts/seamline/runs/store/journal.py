"""Which samples are being drawn, so that whoever comes after a kill can tidy up."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path

from seamline.files import remove, write_if_changed
from seamline.runs.store.run_folder import tidy


class Journal:
    """Which samples are being drawn, so that whoever comes after a kill can tidy up behind it.

    A shard tidies behind itself only: its neighbours may be at work.

    Args:
        shard: (i, n) for the i-th of n parts; None for the whole.
    """

    def __init__(self, root: Path, shard: tuple[int, int] | None) -> None:
        self._root, self._shard = root, shard
        self._file = root / ".cache" / ("drawing.json" if shard is None else f"drawing-{shard[0]}-of-{shard[1]}.json")

    def tidy(self) -> None:
        """Remove what a killed process left half done, and its journal.

        Raises:
            FilesError: the file system refused.
        """
        left = [self._file] if self._shard else sorted(self._file.parent.glob("drawing*.json"))
        for file in left:
            with contextlib.suppress(OSError, ValueError):
                for sample, weights in json.loads(file.read_text("utf-8")):
                    tidy(self._root, sample, weights)
            remove(file)

    def open(self, runs: Iterable[tuple[str, str]]) -> None:
        """Note which runs, by sample and weights, are about to be drawn.

        Raises:
            FilesError: the file system refused.
        """
        noted = [list(run) for run in runs]
        if noted:
            write_if_changed(self._file, json.dumps(noted))

    def close(self) -> None:
        """Everything noted is done.

        Raises:
            FilesError: the file system refused.
        """
        remove(self._file)
