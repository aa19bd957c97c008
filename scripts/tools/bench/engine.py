"""Edits per second on the CPU: our engine over every edit of one committed sample, compared with a stock call per edit.

The sample is the one of a single step with the most edits: its guidance grid, its seeds, its changed word.
Both make all of them, each edit once, and every picture is compared. The stock pipeline is
as diffusers makes it, with as many threads as torch gives it here.

Also recorded is what they could reach: the arithmetic of one prediction in each, the peak
rate of a core in the same run, and the speed-up in CPU seconds that we would have if
nothing took time but our arithmetic at that rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.bench.flops import operations, peak
from tools.bench.machine import alternate

if TYPE_CHECKING:
    from seamline.catalog import Catalog
    from seamline.catalog.entries import Sample
    from seamline.runners.base import Picture
    from seamline.runners.instruct_pix2pix.edit_request import EditRequest


def measure(root: Path) -> dict[str, Any]:
    """Edits per second of both, their ratio, and the largest difference of a pixel (in 255ths)."""
    from seamline.catalog import load
    from seamline.runners.instruct_pix2pix.runner import InstructPix2Pix
    from seamline.runners.instruct_pix2pix.stand_in import MINI_EDITOR
    from seamline.runs.inputs.scene_input import input_of

    if not (root / MINI_EDITOR.folder / "model_index.json").is_file():
        return {"speed_up": None, "why": "the mini editor's weights are not here"}
    catalog = load(root)
    if not catalog.samples:
        return {"speed_up": None, "why": "the catalog has no samples"}
    name, sample = _richest(catalog)
    picture = input_of(root, sample, InstructPix2Pix.stand_in_size, None).picture
    found = compare(root / MINI_EDITOR.folder, picture, edits_of(catalog, name))
    return {"sample": name, **found}


def edits_of(catalog: Catalog, name: str) -> list[EditRequest]:
    """The different edits of a sample that the stock pipeline can be asked for.

    They are conditioned on their image, at image guidance of 1 or more: below, the stock pipeline drops all guidance.
    """
    from seamline.catalog.recipe_reading import recipe_of
    from seamline.runs.plan.requests import requests_of

    sample = catalog.samples[name]
    requests: list[EditRequest] = []
    for step in recipe_of(sample, catalog.models).steps:
        if step.runner == "instruct_pix2pix":
            requests += [planned.request for planned in requests_of(name, sample, step, {})]
    plain = (replace(request, snapshots=0, attention=False) for request in requests)
    return [request for request in dict.fromkeys(plain) if not request.unconditioned and not request.beyond_stock]


def compare(folder: Path, picture: Picture, requests: Sequence[EditRequest]) -> dict[str, Any]:
    """Our engine and the stock pipeline on the same `requests` of one `picture`, with the weights in `folder`."""
    import numpy as np
    import torch
    from PIL import Image

    from seamline.runners.instruct_pix2pix.loading import load_pipeline
    from seamline.runners.instruct_pix2pix.sampler import scheduler_for
    from seamline.runs.engines.base import Loading
    from seamline.runs.engines.local import LocalEngine

    engine, loading = LocalEngine(device="cpu"), Loading("instruct_pix2pix", folder)
    pipe = load_pipeline(folder, "cpu", "float32")
    steps = requests[0].num_inference_steps
    pipe.scheduler = scheduler_for(pipe, requests[0].scheduler, steps)
    values = {request.image: picture for request in requests}
    edited: dict[int, Any] = {}
    stock: dict[int, Any] = {}
    predictions: list[int] = []
    stock_predictions: list[int] = []

    def ours() -> None:
        with _counted(predictions):
            for result in engine.run(loading, values, requests):
                assert result.output is not None, result.error
                edited[result.index] = result.output.values["image"]

    def theirs() -> None:
        with _counted(stock_predictions):
            for index, request in enumerate(requests):
                stock[index] = pipe(
                    request.instruction,
                    Image.fromarray(picture),
                    num_inference_steps=steps,
                    guidance_scale=request.guidance_scale,
                    image_guidance_scale=request.image_guidance_scale,
                    generator=torch.Generator("cpu").manual_seed(request.seed),
                ).images[0]

    def generate_first(steps: int) -> None:
        list(engine.run(loading, values, [replace(requests[0], num_inference_steps=steps)]))

    def call_first(steps: int) -> None:
        pipe(requests[0].instruction, Image.fromarray(picture), num_inference_steps=steps)

    generate_first(2)
    call_first(2)
    (seconds, cpu), (stock_seconds, stock_cpu) = alternate(ours, theirs, rounds=1)
    needed, coding = _arithmetic(generate_first)
    stock_needed, stock_coding = _arithmetic(call_first)
    fastest = peak()
    ours_an_edit = needed * sum(predictions) / len(requests) + coding
    theirs_an_edit = stock_needed * sum(stock_predictions) / len(requests) + stock_coding
    return {
        "edits": len(requests),
        "steps": steps,
        "edits_per_second": len(requests) / seconds,
        "stock_edits_per_second": len(requests) / stock_seconds,
        "speed_up": stock_seconds / seconds,
        "speed_up_in_cpu_seconds": stock_cpu / cpu,
        "largest_pixel_difference": max(
            int(np.abs(np.asarray(stock[index]).astype(int) - edited[index]).max()) for index in range(len(requests))
        ),
        "predictions_per_edit_and_step": sum(predictions) / len(requests) / steps,
        "stock_predictions_per_edit_and_step": sum(stock_predictions) / len(requests) / steps,
        "gflop_per_prediction": needed / 1e9,
        "stock_gflop_per_prediction": stock_needed / 1e9,
        "peak_gflop_per_second_and_core": fastest / 1e9,
        "share_of_peak": ours_an_edit * len(requests) / cpu / fastest,
        "stock_share_of_peak": theirs_an_edit * len(requests) / stock_cpu / fastest,
        "speed_up_at_peak": stock_cpu / len(requests) / (ours_an_edit / fastest),
        "threads": torch.get_num_threads(),
    }


def _arithmetic(edit: Callable[[int], None]) -> tuple[float, float]:
    """Operations of one prediction, and of the rest of an edit: encoding, decoding. `edit` takes a number of steps."""
    counts: list[tuple[int, int]] = []
    for steps in (1, 2):
        predictions: list[int] = []
        with _counted(predictions):
            amount = operations(partial(edit, steps))
        counts.append((amount, sum(predictions)))
    (one, few), (two, more) = counts
    each = (two - one) / (more - few)
    return each, one - few * each


def _richest(catalog: Catalog) -> tuple[str, Sample]:
    alone = {name: sample for name, sample in catalog.samples.items() if not sample.steps} or catalog.samples
    return max(alone.items(), key=lambda item: len(edits_of(catalog, item[0])))


@contextmanager
def _counted(predictions: list[int]) -> Iterator[None]:
    """Appends how many predictions each call of a U-Net makes, while the context lasts."""
    from diffusers import UNet2DConditionModel
    from torch.nn.modules.module import register_module_forward_pre_hook

    def note(module: Any, inputs: Any) -> None:
        if isinstance(module, UNet2DConditionModel):
            predictions.append(len(inputs[0]))

    hook = register_module_forward_pre_hook(note)
    try:
        yield
    finally:
        hook.remove()
