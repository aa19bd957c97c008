"""Engines by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from seamline.runs.engines.base import Engine

EngineName = Literal["local", "ray"]
MakeEngine = Callable[[], Engine]
ENGINES: tuple[EngineName, ...] = ("local", "ray")


def make_engine(engine: EngineName | MakeEngine, address: str | None, root: Path, dtype: str | None) -> MakeEngine:
    """How to make the engine of that name; a function is taken as it is.

    Args:
        address: of a Ray cluster.
        dtype: number format; the engine's choice if None.
    """
    if not isinstance(engine, str):
        return engine

    def local() -> Engine:
        from seamline.runs.engines.local import LocalEngine

        return LocalEngine(dtype=dtype, memory=root / ".cache" / "batches.json")

    def ray() -> Engine:
        from seamline.runs.engines.ray_cluster import RayEngine

        return RayEngine(dtype=dtype, address=address)

    return ray if engine == "ray" else local
