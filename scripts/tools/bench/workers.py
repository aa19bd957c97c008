"""Ray with two workers beside one, on the same requests."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

REQUESTS, STEPS = 8, 10
INSTRUCTION = "make the person on the left smile"


def measure(root: Path) -> dict[str, Any]:
    """Seconds with one and with two workers, and the efficiency: half their ratio, 1 being perfect."""
    from seamline.runners.instruct_pix2pix.stand_in import MINI_EDITOR

    if not (root / MINI_EDITOR.folder / "model_index.json").is_file():
        return {"efficiency": None, "why": "the mini editor's weights are not here"}
    try:
        one, two = (_seconds(root / MINI_EDITOR.folder, workers) for workers in (1, 2))
    except ImportError:
        return {"efficiency": None, "why": "Ray is not installed"}
    return {"cells": REQUESTS, "steps": STEPS, "one_worker_seconds": one, "two_workers_seconds": two} | {
        "efficiency": one / two / 2
    }


def _seconds(folder: Path, workers: int) -> float:
    import numpy as np
    import ray  # noqa: F401  # tells an absent Ray from a broken one

    from seamline.runners.instruct_pix2pix.edit_request import EditRequest
    from seamline.runs.engines.base import Loading
    from seamline.runs.engines.ray_cluster import RayEngine
    from tools.training.editing import HEIGHT, WIDTH

    engine, loading = RayEngine(workers=workers), Loading("instruct_pix2pix", folder)
    try:
        picture = {"grey": np.full((HEIGHT, WIDTH, 3), 128, np.uint8)}
        warm_up, measured = (
            [
                EditRequest("grey", INSTRUCTION, 3.0, 1.5, seed=seed, num_inference_steps=steps)
                for seed in range(REQUESTS)
            ]
            for steps in (2, STEPS)
        )
        list(engine.run(loading, picture, warm_up))
        start = time.perf_counter()
        assert all(result.output for result in engine.run(loading, picture, measured))
        return time.perf_counter() - start
    finally:
        engine.close()
