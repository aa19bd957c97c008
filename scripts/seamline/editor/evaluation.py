"""How well the mini editor edits: held-out scenes, held-out words, every figure beside its rivals.

The edits are those of `held_out`. The record is what pages read.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from seamline.editor.card import write_card
from seamline.editor.checkpoint import WEIGHTS
from seamline.editor.export import bundle_bytes, hashes
from seamline.editor.held_out import HeldOut, asked_of, held_out
from seamline.editor.sheet import SHEET_EDITS, write_sheet
from seamline.files import write_if_changed
from seamline.measures.evaluation_record import RECORD_PATH, ConsistencyPoint, EvaluationRecord
from seamline.measures.standing import code_of_evaluation
from seamline.samples.cells import Cell, Picture, Schedule
from seamline.samples.opening import load_pipeline
from seamline.scenes.edits import apply, edited_people
from seamline.scenes.state import Scene
from seamline.seals import sealed

WIDTH, HEIGHT = 192, 128
STEPS, GUIDANCE_SCALE, IMAGE_GUIDANCE_SCALE = 20, 1.5, 1.0
CURVE_SCALES, CURVE_EDITS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5), 24
"""Image guidance scales at which strength is held against consistency, and on how many edits."""
_BATCH = 8

Say = Callable[[str], None]


def evaluate(
    root: Path,
    *,
    count: int = 300,
    weights: Path | None = None,
    device: str = "cpu",
    record: bool = True,
    say: Say = print,
) -> EvaluationRecord:
    """Edit `count` held-out scenes, measure every result, and write `catalog/records/evaluation.json`
    and the sheet of the first twelve edits.

    Args:
        weights: a pipeline folder; `catalog/weights/mini` when not given.
        record: whether to write record and sheet.
        say: where progress goes, one line a call.

    Raises:
        WeightsError: there is no pipeline of safetensors in the folder.
    """

    from seamline.measures.summary import evaluation_of

    folder = weights or root / WEIGHTS
    pipe = load_pipeline(folder, device)
    edits = held_out(count)
    alone = _seconds_of_one(pipe, edits[0])
    workers = (os.cpu_count() or 1) if device == "cpu" else 1
    chunks = [edits[at : at + _BATCH] for at in range(0, count, _BATCH)]
    begun = time.monotonic()
    with ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (folder, device)) as pool:
        done = []
        for rows in pool.map(_drawn_and_measured, chunks):
            done += rows
            left = (time.monotonic() - begun) / 60 * (count / len(done) - 1)
            say(f"{len(done)} of {count} edits drawn and measured, {left:.0f} min left")
        points = list(pool.map(_consistency_at, CURVE_SCALES, [edits[:CURVE_EDITS]] * len(CURVE_SCALES)))
    result = evaluation_of(
        [row for row, _ in done],
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
            "seconds_per_edit": round(alone, 3),
            "bundle_megabytes": round(bundle_bytes(folder) / 1e6, 1),
            "device": device,
            **_course(folder),
        },
    )
    if record:
        write_if_changed(root / RECORD_PATH, sealed(result.to_json()))
        shown = list(zip(edits, done, strict=True))[:SHEET_EDITS]
        sheet = [(drawn(e.scene), picture, drawn(apply(e.edit, e.scene))) for e, (_, picture) in shown]
        write_sheet(root, [edit for edit, _ in shown], sheet)
        write_card(root, result)
    return result


def draw_edits(
    pipe: Any,
    edits: Sequence[HeldOut],
    inputs: dict[int, Picture],
    *,
    sees_picture: bool = True,
    guidance_scale: float = GUIDANCE_SCALE,
    image_guidance_scale: float = IMAGE_GUIDANCE_SCALE,
    steps: int = STEPS,
) -> list[Picture]:
    """Edited pictures, in the order of `edits`; each scene's seed also seeds its noise."""
    from seamline.samples.loop import denoise

    results: list[Picture] = []
    for at in range(0, len(edits), _BATCH):
        some = edits[at : at + _BATCH]
        cells = [
            Cell(
                picture=str(edit.seed),
                instruction=edit.instruction,
                guidance_scale=guidance_scale,
                image_guidance_scale=image_guidance_scale,
                seed=edit.seed,
                sees_picture=sees_picture,
                beyond_stock=True,
            )
            for edit in some
        ]
        pictures = {str(edit.seed): inputs[edit.seed] for edit in some}
        results += [cell.picture for cell in denoise(pipe, pictures, cells, Schedule(steps))]
    return results


def edited_and_measured(pipe: Any, edits: Sequence[HeldOut]) -> list[tuple[dict[str, Any], Picture]]:
    """Row of the record and edited picture of each of `edits`, made in every way."""
    inputs = {edit.seed: drawn(edit.scene) for edit in edits}
    edited = draw_edits(pipe, edits, inputs)
    blind = draw_edits(pipe, edits, inputs, sees_picture=False)
    found = []
    for index, edit in enumerate(edits):
        ceiling = _through_autoencoder(pipe, drawn(apply(edit.edit, edit.scene)))
        ways = {"edit": edited[index], "ceiling": ceiling, "no_image": blind[index]}
        found.append((measured_row(edit, ways), edited[index]))
    return found


def measured_row(held: HeldOut, edited: Mapping[str, Picture]) -> dict[str, Any]:
    """One row of the record: all measures of one held-out edit, for every way of making it.

    Args:
        edited: what a model drew, by way; the ways that need no model are added.
    """
    import numpy as np

    from seamline.measures.edit import measure_edit
    from seamline.measures.truth import scene_truth
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
        "light_azimuth": held.scene.light.azimuth,
        "asked": asked_of(held.edit),
        "ways": {way: measure_edit(picture, truth.before, truth) for way, picture in pictures.items()},
        "truth": measure_edit(truth.picture, truth.before, truth),
    }


def drawn(scene: Scene) -> Picture:
    """A scene at the model's size."""
    from seamline.scenes.drawing import draw

    picture = draw([scene], WIDTH, HEIGHT).picture[0]
    array: Picture = picture.permute(1, 2, 0).mul(255).round().byte().numpy()
    return array


def _through_autoencoder(pipe: Any, picture: Picture) -> Picture:
    import torch

    from seamline.editor.autoencoder import decode, encode

    pixels = torch.from_numpy(picture).permute(2, 0, 1)[None].to(pipe.device)
    there_and_back = decode(pipe.vae, encode(pipe.vae, pixels))[0]
    array: Picture = there_and_back.permute(1, 2, 0).mul(255).round().byte().cpu().numpy()
    return array


def _course(folder: Path) -> dict[str, int | float]:
    """How long the weights in `folder` were trained, if they say so."""
    path = folder / "training.json"
    if not path.exists():
        return {}
    told = json.loads(path.read_text(encoding="utf-8"))
    return {"pictures_seen": told["pictures_seen"], "minutes_of_training": told["minutes"]}


def _seconds_of_one(pipe: Any, edit: HeldOut) -> float:
    """Seconds of the fastest of three single edits."""
    inputs = {edit.seed: drawn(edit.scene)}
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        draw_edits(pipe, [edit], inputs)
        times.append(time.perf_counter() - begun)
    return min(times)


_worker: dict[str, Any] = {}
"""What a worker process keeps: its pipeline."""


def _start_worker(folder: Path, device: str) -> None:
    import torch

    torch.set_num_threads(1)
    _worker["pipe"] = load_pipeline(folder, device)


def _drawn_and_measured(edits: Sequence[HeldOut]) -> list[tuple[dict[str, Any], Picture]]:
    return edited_and_measured(_worker["pipe"], edits)


def _consistency_at(scale: float, edits: Sequence[HeldOut]) -> ConsistencyPoint:
    """The same edits at one image guidance scale, computed in a worker."""
    import numpy as np

    from seamline.measures.edit import measure_edit
    from seamline.measures.summary import consistency_point
    from seamline.measures.truth import scene_truth

    inputs = {edit.seed: drawn(edit.scene) for edit in edits}
    strengths, consistencies = [], []
    for edit, picture in zip(
        edits, draw_edits(_worker["pipe"], edits, inputs, image_guidance_scale=scale), strict=True
    ):
        truth = scene_truth(edit.scene, edit.edit, WIDTH, HEIGHT)
        values = measure_edit(picture.astype(np.float64) / 255, truth.before, truth)
        consistencies.append(values["ssim_outside"])
        if "edit_strength" in values:
            strengths.append(values["edit_strength"])
    return consistency_point(scale, GUIDANCE_SCALE, strengths, consistencies)
