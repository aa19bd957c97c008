"""How well the mini editor edits: held-out scenes, held-out instructions, every figure next to its baselines.

The edits are those of `held_out`. The record that `evaluate` writes is what pages read.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from seamline.files import write_if_changed
from seamline.measures.evaluation_record import RECORD_PATH, ConsistencyPoint, EvaluationRecord
from seamline.measures.standing import code_of_evaluation
from seamline.runners.instruct_pix2pix.loading import load_pipeline
from seamline.scenes.edits import apply, edited_people
from seamline.scenes.state import Scene
from seamline.seals import sealed
from tools.training.card import write_card
from tools.training.checkpoint import WEIGHTS
from tools.training.contact_sheet import SHEET_EDITS, write_sheet
from tools.training.earlier_editor import EarlierEditor, described
from tools.training.editing import (
    BATCH,
    GUIDANCE_SCALE,
    HEIGHT,
    IMAGE_GUIDANCE_SCALE,
    STEPS,
    WIDTH,
    Picture,
    edit_pictures,
)
from tools.training.held_out import HeldOut, asked_of, held_out, held_out_expressions
from tools.training.pipeline_export import bundle_bytes, hashes

CURVE_SCALES, CURVE_EDITS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5), 24
"""Image guidance scales at which edit strength and consistency are compared, and on how many edits."""

Say = Callable[[str], None]


def evaluate(
    root: Path,
    *,
    count: int = 300,
    further: int = 40,
    weights: Path | None = None,
    earlier: Path | None = None,
    device: str = "cpu",
    record: bool = True,
    say: Say = print,
) -> EvaluationRecord:
    """Make and measure `count` held-out edits; write the record, the model card and a sheet of the first edits.

    Args:
        further: how many expression edits of other scenes are made, too.
        weights: a pipeline folder; `catalog/weights/mini` when not given.
        earlier: folder of an editor for smaller pictures, with its `training.yml`, to measure on the same edits.
        record: whether to write anything.
        say: called with each line of progress.

    Raises:
        WeightsError: there is no pipeline of safetensors in the folder.
    """
    from seamline.measures.statistics import evaluation_of

    folder = weights or root / WEIGHTS
    pipe = load_pipeline(folder, device)
    edits = held_out(count)
    seconds_per_edit = _seconds_of_one(pipe, edits[0])
    workers = (os.cpu_count() or 1) if device == "cpu" else 1
    chunks = _chunks(edits)
    started = time.monotonic()
    with ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (folder, device, earlier)) as pool:
        results = []
        for rows in pool.map(_edit_and_measure, chunks):
            results += rows
            left = (time.monotonic() - started) / 60 * (count / len(results) - 1)
            say(f"{len(results)} of {count} edits made and measured, {left:.0f} min left")
        more = [row for rows in pool.map(_further_rows, _chunks(held_out_expressions(further))) for row in rows]
        points = list(pool.map(_consistency_at, CURVE_SCALES, [edits[:CURVE_EDITS]] * len(CURVE_SCALES)))
    result = evaluation_of(
        [row for row, _ in results],
        points,
        weights=hashes(folder),
        code=code_of_evaluation(root),
        parameters={
            "num_inference_steps": STEPS,
            "guidance_scale": GUIDANCE_SCALE,
            "image_guidance_scale": IMAGE_GUIDANCE_SCALE,
            "scheduler": type(pipe.scheduler).__name__,
            "width": WIDTH,
            "height": HEIGHT,
        },
        facts={
            "edits": count,
            "made_again": 0,
            "seconds_per_edit": round(seconds_per_edit, 3),
            "bundle_megabytes": round(bundle_bytes(folder) / 1e6, 1),
            "device": device,
            **training_facts(folder),
        },
        further=more,
        earlier=described(earlier) if earlier else None,
    )
    if record:
        write_if_changed(root / RECORD_PATH, sealed(result.to_json()))
        shown = list(zip(edits, results, strict=True))[:SHEET_EDITS]
        sheet = [(rasterized(e.scene), picture, rasterized(apply(e.edit, e.scene))) for e, (_, picture) in shown]
        write_sheet(root, [edit for edit, _ in shown], sheet)
        write_card(root, result)
    return result


def _chunks(edits: Sequence[HeldOut]) -> list[Sequence[HeldOut]]:
    return [edits[at : at + BATCH] for at in range(0, len(edits), BATCH)]


def edit_and_measure(
    pipe: Any, edits: Sequence[HeldOut], earlier: EarlierEditor | None = None
) -> list[tuple[dict[str, Any], Picture]]:
    """Row of the record and edited image of each of `edits`: with the image, without it, and the autoencoder alone.

    Args:
        earlier: makes the same edits, if given.
    """
    inputs = {edit.seed: rasterized(edit.scene) for edit in edits}
    edited = edit_pictures(pipe, edits, inputs)
    unconditioned = edit_pictures(pipe, edits, inputs, with_image=False)
    before_it = earlier.edit(edits) if earlier else []
    results = []
    for index, edit in enumerate(edits):
        # Keys of the record: `ceiling` is the true picture through the autoencoder, `no_image` the unconditioned edit.
        pictures = {
            "edit": edited[index],
            "ceiling": autoencoder_round_trip(pipe, rasterized(apply(edit.edit, edit.scene))),
            "no_image": unconditioned[index],
            **({"earlier": before_it[index]} if earlier else {}),
        }
        results.append((measured_row(edit, pictures), edited[index]))
    return results


def measured_row(held: HeldOut, edited: Mapping[str, Picture]) -> dict[str, Any]:
    """One row of the record: all measures of one held-out edit, for every way of making it.

    Args:
        edited: (H,W,3) uint8 made by a model, by the record's name of the way; the baselines that need no model
            are added.
    """
    import numpy as np

    from seamline.measures.edited_picture import measure_edit
    from seamline.measures.ground_truth import scene_truth
    from seamline.scenes.paste import naive_paste

    truth = scene_truth(held.scene, held.edit, WIDTH, HEIGHT)
    pictures = {"no_edit": truth.before, **{way: picture.astype(np.float64) / 255 for way, picture in edited.items()}}
    if held.kind in ("swap", "exchange"):
        pictures["paste"] = np.moveaxis(naive_paste(held.scene, held.edit, WIDTH, HEIGHT).numpy(), 0, -1)
    person = apply(held.edit, held.scene).people[edited_people(held.edit, held.scene)[0]].identity
    return {
        "seed": held.seed,
        "kind": held.kind,
        "instruction": held.instruction,
        "skin": person.skin,
        "age": person.age,
        "presentation": person.presentation,
        "hair_style": person.hair_style,
        "hair_colour": person.hair_colour,
        "glasses": person.glasses,
        "beard": person.beard,
        "hat": person.hat,
        "light_azimuth": held.scene.light.azimuth,
        "asked": asked_of(held.edit),
        "ways": {way: measure_edit(picture, truth.before, truth) for way, picture in pictures.items()},
        "truth": measure_edit(truth.picture, truth.before, truth),
    }


def rasterized(scene: Scene) -> Picture:
    """A scene at the model's size, (HEIGHT,WIDTH,3) uint8."""
    from seamline.scenes.rasterizer import rasterize

    picture = rasterize([scene], WIDTH, HEIGHT).picture[0]
    array: Picture = picture.permute(1, 2, 0).mul(255).round().byte().numpy()
    return array


def autoencoder_round_trip(pipe: Any, picture: Picture) -> Picture:
    """A picture encoded and decoded by the pipeline's autoencoder: an upper bound for edits in its latents."""
    import torch

    from tools.training.autoencoder import decode, encode

    pixels = torch.from_numpy(picture).permute(2, 0, 1)[None].to(pipe.device)
    decoded = decode(pipe.vae, encode(pipe.vae, pixels))[0]
    array: Picture = decoded.permute(1, 2, 0).mul(255).round().byte().cpu().numpy()
    return array


def training_facts(folder: Path) -> dict[str, int | float]:
    """How long the weights in `folder` were trained, according to their `training.json`; empty without one."""
    path = folder / "training.json"
    if not path.exists():
        return {}
    training_record = json.loads(path.read_text(encoding="utf-8"))
    return {
        "pictures_seen": training_record["pictures_seen"],
        "minutes_of_training": training_record["minutes"],
    }


def consistency_at(pipe: Any, scale: float, edits: Sequence[HeldOut]) -> ConsistencyPoint:
    """Edit strength and consistency of `edits` at one image guidance scale."""
    import numpy as np

    from seamline.measures.arrays import Undefined
    from seamline.measures.builtin.closeness import edit_strength, ssim
    from seamline.measures.statistics import consistency_point

    inputs = {edit.seed: rasterized(edit.scene) for edit in edits}
    pictures = edit_pictures(pipe, edits, inputs, image_guidance_scale=scale)
    strengths, consistencies = [], []
    for edit, picture in zip(edits, pictures, strict=True):
        image, known = picture.astype(np.float64) / 255, _known_of(edit)
        consistencies.append(round(ssim(image, known["before"], known["kept"]), 5))
        with suppress(Undefined):
            strengths.append(round(edit_strength(image, known["before"], known["picture"], known["region"]), 5))
    return consistency_point(scale, GUIDANCE_SCALE, strengths, consistencies)


def _known_of(edit: HeldOut) -> dict[str, Any]:
    """Input image, true picture, region and what is kept of an edit: drawn once, as each scale asks for them."""
    from seamline.measures.ground_truth import scene_truth

    if edit.seed not in _known:
        truth = scene_truth(edit.scene, edit.edit, WIDTH, HEIGHT)
        _known[edit.seed] = {name: getattr(truth, name) for name in ("before", "picture", "region", "kept")}
    return _known[edit.seed]


def _seconds_of_one(pipe: Any, edit: HeldOut) -> float:
    """Seconds of the fastest of three single edits."""
    inputs = {edit.seed: rasterized(edit.scene)}
    times = []
    for _ in range(3):
        started = time.perf_counter()
        edit_pictures(pipe, [edit], inputs)
        times.append(time.perf_counter() - started)
    return min(times)


_worker: dict[str, Any] = {}
"""State of a worker process: its pipeline, and that of an earlier editor."""
_known: dict[int, dict[str, Any]] = {}
"""What scenes of the sweep know, by seed; in each worker process."""


def _start_worker(folder: Path, device: str, earlier: Path | None) -> None:
    import torch

    torch.set_num_threads(1)
    _worker["pipe"] = load_pipeline(folder, device)
    _worker["earlier"] = EarlierEditor.loaded(earlier, device) if earlier else None


def _edit_and_measure(edits: Sequence[HeldOut]) -> list[tuple[dict[str, Any], Picture]]:
    return edit_and_measure(_worker["pipe"], edits, _worker["earlier"])


def _further_rows(edits: Sequence[HeldOut]) -> list[dict[str, Any]]:
    """Rows of further edits: what the model makes of them, and an earlier one."""
    inputs = {edit.seed: rasterized(edit.scene) for edit in edits}
    made = {"edit": edit_pictures(_worker["pipe"], edits, inputs)}
    if _worker["earlier"]:
        made["earlier"] = _worker["earlier"].edit(edits)
    return [measured_row(edit, {way: some[index] for way, some in made.items()}) for index, edit in enumerate(edits)]


def _consistency_at(scale: float, edits: Sequence[HeldOut]) -> ConsistencyPoint:
    return consistency_at(_worker["pipe"], scale, edits)
