"""Edits per second on the CPU: our loop over a grid of the two knobs, beside one call of the stock pipeline an edit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seamline.bench.machine import alternate

STEPS = 10
GRID = (2.0, 3.0, 5.0, 8.0), (1.0, 1.2, 1.5, 2.0)
STOCK_CELLS = 4
"""So many of the grid's cells are drawn by the stock pipeline in a round; all cost the same there."""
INSTRUCTION = "swap the face on the left with an old woman with curly grey hair and glasses"


def measure(root: Path) -> dict[str, Any]:
    """Edits per second of both, their ratio, and the largest difference of a pixel (in 255ths)."""
    import numpy as np
    import torch
    from PIL import Image

    from seamline.samples.cells import Cell, Schedule
    from seamline.samples.engines import load_pipeline
    from seamline.samples.loop import denoise
    from seamline.samples.weights import MINI_FOLDER
    from seamline.scenes.drawing import draw
    from seamline.scenes.sampling import scene_from_seed

    if not (root / MINI_FOLDER / "model_index.json").is_file():
        return {"speed_up": None, "why": "the mini editor's weights are not here"}
    pipe = load_pipeline(root / MINI_FOLDER, "cpu", "float32")
    scene = draw([scene_from_seed(32, 3)], 192, 128).picture[0]
    picture = scene.mul(255).round().byte().permute(1, 2, 0).numpy()
    cells = [Cell("scene", INSTRUCTION, s_text, s_image, seed=1) for s_image in GRID[1] for s_text in GRID[0]]
    some = cells[:: len(cells) // STOCK_CELLS]
    found: dict[str, Any] = {}

    def ours() -> None:
        found["ours"] = denoise(pipe, {"scene": picture}, cells, Schedule(STEPS))

    def stock() -> None:
        found["stock"] = [
            pipe(
                cell.instruction,
                Image.fromarray(picture),
                num_inference_steps=STEPS,
                guidance_scale=cell.guidance_scale,
                image_guidance_scale=cell.image_guidance_scale,
                generator=torch.Generator("cpu").manual_seed(cell.seed),
            ).images[0]
            for cell in some
        ]

    denoise(pipe, {"scene": picture}, cells[:1], Schedule(2))
    (wall_ours, cpu_ours), (wall_stock, cpu_stock) = alternate(ours, stock, rounds=1)
    drawn = {cell: one.picture for cell, one in zip(cells, found["ours"], strict=True)}
    furthest = max(
        int(np.abs(np.asarray(image).astype(int) - drawn[cell].astype(int)).max())
        for cell, image in zip(some, found["stock"], strict=True)
    )
    return {
        "edits": len(cells),
        "steps": STEPS,
        "edits_per_second": len(cells) / wall_ours,
        "stock_edits_per_second": len(some) / wall_stock,
        "speed_up": (len(cells) / wall_ours) / (len(some) / wall_stock),
        "speed_up_in_cpu_seconds": (cpu_stock / len(some)) / (cpu_ours / len(cells)),
        "largest_pixel_difference": furthest,
        "threads": torch.get_num_threads(),
    }
