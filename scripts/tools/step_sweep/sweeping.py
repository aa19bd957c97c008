"""The sweep: the same held-out edits at each scheduler and number of steps, and the figures of each setting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from seamline.measures.edited_picture import measure_edit
from seamline.measures.evaluation_record import Figure
from seamline.measures.ground_truth import scene_truth
from seamline.measures.registry import measure_named
from seamline.measures.statistics import mean, share
from seamline.runners.base import Picture
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from tools.training.editing import BATCH, GUIDANCE_SCALE, HEIGHT, IMAGE_GUIDANCE_SCALE, WIDTH
from tools.training.evaluation import rasterized
from tools.training.held_out import HeldOut

Generate = Callable[[Mapping[str, Picture], Sequence[EditRequest]], list[Picture]]
"""Edited images of requests, in their order; the first argument holds their input images."""
Values = dict[str, float]
Row = dict[str, Any]
Figures = dict[str, dict[str, Figure]]

OWN = "DDIMScheduler"
"""The scheduler that came with the weights."""
SCHEDULERS = (OWN, "DPMSolverMultistepScheduler", "UniPCMultistepScheduler")
STEPS = (1, 2, 3, 4, 6, 10, 20)
MEASURES = (
    "psnr_face",
    "ssim_face",
    "psnr_outside",
    "edit_strength",
    "right_person",
    "identity",
    "expression",
    "light_angle",
)


def rows_of(generate: Generate, edits: Sequence[HeldOut]) -> Iterator[Row]:
    """For each edit: measures of nothing done, and of the edit by scheduler and number of steps."""
    for at in range(0, len(edits), BATCH):
        some = edits[at : at + BATCH]
        given = {str(edit.seed): rasterized(edit.scene) for edit in some}
        pictures = {
            (scheduler, steps): generate(given, [_request(edit, scheduler, steps) for edit in some])
            for scheduler in SCHEDULERS
            for steps in STEPS
        }
        for place, edit in enumerate(some):
            truth = scene_truth(edit.scene, edit.edit, WIDTH, HEIGHT)
            settings: dict[str, dict[str, Values]] = {scheduler: {} for scheduler in SCHEDULERS}
            for (scheduler, steps), edited in pictures.items():
                settings[scheduler][str(steps)] = _taken(measure_edit(edited[place] / 255, truth.before, truth))
            no_edit = _taken(measure_edit(truth.before, truth.before, truth))
            yield {"seed": edit.seed, "kind": edit.kind, "no_edit": no_edit, "settings": settings}


def figures_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, Figures]:
    """By scheduler and number of steps, figure by measure; `no_edit` stands beside the schedulers."""
    found: dict[str, Figures] = {"no_edit": {"0": _figures([row["no_edit"] for row in rows])}}
    for scheduler in SCHEDULERS:
        by_steps = {str(steps): [row["settings"][scheduler][str(steps)] for row in rows] for steps in STEPS}
        found[scheduler] = {steps: _figures(values) for steps, values in by_steps.items()}
    return found


def differences_of(rows: Sequence[Mapping[str, Any]]) -> Figures:
    """With the weights' own scheduler: mean, over edits, of a measure at fewer steps less the same at the most.

    Edit by edit, so that what makes one scene harder than another cancels out.
    """
    own = [row["settings"][OWN] for row in rows]
    most = str(max(STEPS))
    found: Figures = {}
    for steps in map(str, STEPS[:-1]):
        pairs = {
            name: [(one[steps][name], one[most][name]) for one in own if name in one[steps] and name in one[most]]
            for name in MEASURES
        }
        found[steps] = {name: mean([few - many for few, many in some]) for name, some in pairs.items() if some}
    return found


def _figures(values: Sequence[Values]) -> dict[str, Figure]:
    found = {}
    for name in MEASURES:
        if some := [one[name] for one in values if name in one]:
            found[name] = (share if measure_named(name).unit == "yes or no" else mean)(some)
    return found


def _request(edit: HeldOut, scheduler: str, steps: int) -> EditRequest:
    return EditRequest(
        image=str(edit.seed),
        instruction=edit.instruction,
        guidance_scale=GUIDANCE_SCALE,
        image_guidance_scale=IMAGE_GUIDANCE_SCALE,
        seed=edit.seed,
        num_inference_steps=steps,
        scheduler=scheduler,
    )


def _taken(values: Mapping[str, float]) -> Values:
    return {name: round(float(values[name]), 5) for name in MEASURES if name in values and np.isfinite(values[name])}
