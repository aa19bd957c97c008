"""What the live editor's weights cost in quality: held-out edits with them, and with every weight as it is.

Both are made by the package's own sampler in torch and measured as the evaluation measures. What is
compared is therefore the rounding of weights to a byte alone, not the browser. Edits take as few steps as those whose
time is measured: with the evaluation's twenty it took a quarter of an hour, and nobody ran it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seamline.live.fitness import PARTS

EDITS, STEPS = 100, 4
FIGURES = (
    "edit_strength",
    "identity",
    "expression",
    "right_person",
    "change_outside",
    "psnr_face",
    "psnr_outside",
    "light_angle",
    "light_agreement",
    "seam_visibility",
)
"""Measures of the evaluation that say most about an edit."""


def quality(root: Path, count: int = EDITS) -> dict[str, Any]:
    """Means of the evaluation's measures over `count` held-out edits: with both weights, and with nothing done.

    Raises:
        WeightsError: the mini editor's weights are not here.
    """
    import numpy as np

    from seamline.runners.instruct_pix2pix.loading import load_pipeline
    from tools.training.checkpoint import WEIGHTS
    from tools.training.editing import edit_pictures
    from tools.training.evaluation import measured_row, rasterized
    from tools.training.held_out import held_out

    edits = held_out(count)
    inputs = {edit.seed: rasterized(edit.scene) for edit in edits}
    pipe = load_pipeline(root / WEIGHTS)
    exact = edit_pictures(pipe, edits, inputs, steps=STEPS)
    round_to_bytes(pipe)
    served = edit_pictures(pipe, edits, inputs, steps=STEPS)
    rows = [
        measured_row(edit, {"exact": one, "served": other})["ways"]
        for edit, one, other in zip(edits, exact, served, strict=True)
    ]
    apart = [float(np.abs(one.astype(int) - other).mean()) for one, other in zip(exact, served, strict=True)]
    return {
        "held_out_edits": count,
        "steps_of_a_held_out_edit": STEPS,
        "mean_difference_of_255": round(sum(apart) / count, 3),
        "largest_mean_difference_of_255": round(max(apart), 3),
        "figures": [_row(name, rows) for name in FIGURES],
    }


def round_to_bytes(pipe: Any) -> None:
    """Replace the weights of a pipeline, in place, by those that a page computes with."""
    import torch

    from seamline.live.graph_export import LARGE
    from seamline.live.weights_pack import levels_of, quantised

    with torch.no_grad():
        for part in PARTS:
            parameters = dict(getattr(pipe, part).named_parameters())
            levels = levels_of(part, parameters)
            large = {name for name, one in parameters.items() if one.numel() >= LARGE and one.ndim > 1}
            for name in large & levels.keys():
                numbers, scales = quantised(parameters[name].numpy(), levels[name])
                shape = (-1, *[1] * (numbers.ndim - 1))
                parameters[name].copy_(torch.from_numpy(numbers * scales.reshape(shape)))


def _row(name: str, rows: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, Any]:
    def mean(way: str) -> float | None:
        values = [row[way][name] for row in rows if name in row[way]]
        return round(sum(values) / len(values), 4) if values else None

    return {"measure": name, "nothing_done": mean("no_edit"), "every_weight": mean("exact"), "served": mean("served")}
