"""Ray with two workers beside one, on the same cells."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

CELLS, STEPS = 8, 10


def measure(root: Path) -> dict[str, Any]:
    """Seconds with one and with two workers, and the efficiency: half their ratio, 1 being perfect."""
    from seamline.samples.weights import MINI_FOLDER

    if not (root / MINI_FOLDER / "model_index.json").is_file():
        return {"efficiency": None, "why": "the mini editor's weights are not here"}
    try:
        one, two = (_seconds(root / MINI_FOLDER, workers) for workers in (1, 2))
    except ImportError:
        return {"efficiency": None, "why": "Ray is not installed"}
    return {"cells": CELLS, "steps": STEPS, "one_worker_seconds": one, "two_workers_seconds": two} | {
        "efficiency": one / two / 2
    }


def _seconds(folder: Path, workers: int) -> float:
    import numpy as np
    import ray  # noqa: F401  # an absent Ray is told apart from a broken one

    from seamline.samples.cells import Cell, Schedule
    from seamline.samples.cluster import RayEngine

    engine = RayEngine(folder, workers=workers)
    try:
        picture = {"grey": np.full((128, 192, 3), 128, np.uint8)}
        cells = [Cell("grey", "make the person on the left smile", 3.0, 1.5, seed=seed) for seed in range(CELLS)]
        list(engine.draw(picture, cells, Schedule(2)))
        start = time.perf_counter()
        assert all(result.drawn for result in engine.draw(picture, cells, Schedule(STEPS)))
        return time.perf_counter() - start
    finally:
        engine.close()
