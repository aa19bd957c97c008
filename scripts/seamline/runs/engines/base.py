"""What executes requests: one small protocol, and the data it speaks. Needs no torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from seamline.errors import RunError
from seamline.runners.base import Output, Value


@dataclass(frozen=True, slots=True)
class Loading:
    """Which weights an engine is to run, and as what.

    Attributes:
        runner: name of the runner that loads them.
        folder: where they lie, at this path on every node.
        own: whether they are the model's own; a stand-in always runs in float32, in which machines agree best.
        dtype: number format; the engine's choice if None.
        adapter: file of a fine-tune, relative to the folder; empty for the weights as they are.
    """

    runner: str
    folder: Path
    own: bool = False
    dtype: str | None = None
    adapter: str = ""


@dataclass(frozen=True)
class Result:
    """What became of the request at `index`: an output or an error. `seconds` is its share of its batch."""

    index: int
    output: Output | None
    error: RunError | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Facts:
    """Where and with what an engine runs some weights.

    Attributes:
        shapes: tensor shapes, without the batch, for a picture size.
    """

    device: str
    dtype: str
    versions: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


class Engine(Protocol):
    """Executes requests. Weights that were loaded once are kept for the next call that names them."""

    def facts(self, loading: Loading, size: tuple[int, int]) -> Facts:
        """Where and with what pictures of `size` (width, height) are made."""
        ...

    def run(self, loading: Loading, values: Mapping[str, Value], requests: Sequence[Any]) -> Iterator[Result]:
        """Each request's result, once, in any order. All requests may share a batch.

        Raises:
            WeightsError: the weights cannot be loaded.
            EngineError: the engine itself cannot go on.
        """
        ...

    def close(self) -> None:
        """Release what it holds."""
        ...
