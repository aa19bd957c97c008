"""Edits per second on the CPU: our engine over every edit of one committed sample, beside one stock call an edit.

The sample is the one with the most edits: its grid of the two knobs, its seeds, its other
word. Both draw all of them, each edit once, and every picture is compared. The stock
pipeline is as diffusers makes it, with as many threads as torch gives it here.

Beside them stands what they could reach: the arithmetic of one prediction in each, the
most that a core does in the same run, and the speed-up in CPU seconds that would be ours
if nothing took time but our arithmetic at that rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seamline.bench.arithmetic import operations, peak
from seamline.bench.machine import alternate

if TYPE_CHECKING:
    from seamline.catalog import Catalog
    from seamline.catalog.entries import Sample
    from seamline.samples.cells import Cell, Picture, Schedule


def measure(root: Path) -> dict[str, Any]:
    """Edits per second of both, their ratio, and the largest difference of a pixel (in 255ths)."""
    from seamline.catalog import load
    from seamline.samples.inputs import input_of
    from seamline.samples.recipes import schedule_of
    from seamline.samples.weights import MINI_FOLDER, NATIVE_SIZE

    if not (root / MINI_FOLDER / "model_index.json").is_file():
        return {"speed_up": None, "why": "the mini editor's weights are not here"}
    catalog = load(root)
    if not catalog.samples:
        return {"speed_up": None, "why": "the catalog has no samples"}
    name, sample = _richest(catalog)
    picture = input_of(root, sample, NATIVE_SIZE["mini"]).picture
    found = compare(root / MINI_FOLDER, picture, edits_of(name, sample), schedule_of(sample))
    return {"sample": name, **found}


def edits_of(name: str, sample: Sample) -> list[Cell]:
    """The different edits of a sample that the stock pipeline can be asked for.

    They see their picture, at image guidance of 1 or more: below, the stock pipeline drops all guidance.
    """
    from seamline.samples.recipes import orders_of

    cells = (replace(order.cell, moments=0, attention=False) for order in orders_of(name, sample))
    return [cell for cell in dict.fromkeys(cells) if cell.sees_picture and not cell.beyond_stock]


def compare(folder: Path, picture: Picture, cells: Sequence[Cell], schedule: Schedule) -> dict[str, Any]:
    """Our engine and the stock pipeline on the same `cells` of one `picture`, with the weights in `folder`."""
    import numpy as np
    import torch
    from PIL import Image

    from seamline.samples.engines import LocalEngine
    from seamline.samples.loop import scheduler_for
    from seamline.samples.opening import load_pipeline

    engine = LocalEngine(folder, device="cpu")
    pipe = load_pipeline(folder, "cpu", "float32")
    pipe.scheduler = scheduler_for(pipe, schedule)
    pictures = {cell.picture: picture for cell in cells}
    steps = schedule.num_inference_steps
    drawn: dict[int, Any] = {}
    stock: dict[int, Any] = {}
    predictions: list[int] = []
    stock_predictions: list[int] = []

    def ours() -> None:
        with _counted(predictions):
            for result in engine.draw(pictures, cells, schedule):
                assert result.drawn is not None, result.error
                drawn[result.index] = result.drawn.picture

    def theirs() -> None:
        with _counted(stock_predictions):
            for index, cell in enumerate(cells):
                stock[index] = pipe(
                    cell.instruction,
                    Image.fromarray(picture),
                    num_inference_steps=steps,
                    guidance_scale=cell.guidance_scale,
                    image_guidance_scale=cell.image_guidance_scale,
                    generator=torch.Generator("cpu").manual_seed(cell.seed),
                ).images[0]

    def draw_first(steps: int) -> None:
        list(engine.draw(pictures, cells[:1], replace(schedule, num_inference_steps=steps)))

    def call_first(steps: int) -> None:
        pipe(cells[0].instruction, Image.fromarray(picture), num_inference_steps=steps)

    draw_first(2)
    call_first(2)
    (seconds, cpu), (stock_seconds, stock_cpu) = alternate(ours, theirs, rounds=1)
    needed, coding = _arithmetic(draw_first)
    stock_needed, stock_coding = _arithmetic(call_first)
    fastest = peak()
    ours_an_edit = needed * sum(predictions) / len(cells) + coding
    theirs_an_edit = stock_needed * sum(stock_predictions) / len(cells) + stock_coding
    return {
        "edits": len(cells),
        "steps": steps,
        "edits_per_second": len(cells) / seconds,
        "stock_edits_per_second": len(cells) / stock_seconds,
        "speed_up": stock_seconds / seconds,
        "speed_up_in_cpu_seconds": stock_cpu / cpu,
        "largest_pixel_difference": max(
            int(np.abs(np.asarray(stock[index]).astype(int) - drawn[index]).max()) for index in range(len(cells))
        ),
        "predictions_per_edit_and_step": sum(predictions) / len(cells) / steps,
        "stock_predictions_per_edit_and_step": sum(stock_predictions) / len(cells) / steps,
        "gflop_per_prediction": needed / 1e9,
        "stock_gflop_per_prediction": stock_needed / 1e9,
        "peak_gflop_per_second_and_core": fastest / 1e9,
        "share_of_peak": ours_an_edit * len(cells) / cpu / fastest,
        "stock_share_of_peak": theirs_an_edit * len(cells) / stock_cpu / fastest,
        "speed_up_at_peak": stock_cpu / len(cells) / (ours_an_edit / fastest),
        "threads": torch.get_num_threads(),
    }


def _arithmetic(draw: Callable[[int], None]) -> tuple[float, float]:
    """Operations of one prediction, and of the rest of an edit: encoding, decoding. `draw` takes a number of steps."""
    counts: list[tuple[int, int]] = []
    for steps in (1, 2):
        predictions: list[int] = []
        with _counted(predictions):
            amount = operations(partial(draw, steps))
        counts.append((amount, sum(predictions)))
    (one, few), (two, more) = counts
    each = (two - one) / (more - few)
    return each, one - few * each


def _richest(catalog: Catalog) -> tuple[str, Sample]:
    return max(catalog.samples.items(), key=lambda item: len(edits_of(*item)))


@contextmanager
def _counted(predictions: list[int]) -> Iterator[None]:
    """Notes how many predictions each call of a U-Net makes, while the context lasts."""
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
