"""An evaluation kept under changed code, if some of its edits, made again, measure as before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from seamline.errors import RecordError
from seamline.files import write_if_changed
from seamline.measures.evaluation_record import RECORD_PATH, REMEDY, EvaluationRecord, read
from seamline.measures.standing import code_of_evaluation
from seamline.runners.instruct_pix2pix.loading import load_pipeline
from seamline.seals import sealed
from tools.training.checkpoint import WEIGHTS
from tools.training.editing import BATCH
from tools.training.evaluation import CURVE_EDITS, consistency_at, edit_and_measure
from tools.training.held_out import held_out
from tools.training.pipeline_export import hashes

AS_BEFORE = 1e-4
"""A value that was measured again may differ by this much: machines add numbers up in different orders."""

Say = Callable[[str], None]


def carry_over(root: Path, count: int, *, say: Say = print) -> EvaluationRecord:
    """Keep the committed record under the present code, if `count` of its edits, made again now, measure the same.

    The edits are spread evenly over the rows, and the first point of the sweep is made again, too. Figures are computed
    from all rows again. The record says how many edits were made again.

    Raises:
        RecordError: there is no record, it is of other weights, or a value differs by more than `AS_BEFORE`.
        WeightsError: there is no pipeline of safetensors in the folder.
    """
    from seamline.measures.statistics import evaluation_of

    path, folder = root / RECORD_PATH, root / WEIGHTS
    known = read(path)
    if known is None or known.weights != hashes(folder):
        raise RecordError("no evaluation of these weights to keep", where=str(path), hint=REMEDY)
    pipe, edits = load_pipeline(folder), held_out(len(known.rows))
    count = min(count, len(edits))
    places = sorted({at * len(edits) // count for at in range(count)})
    for first in range(0, len(places), BATCH):
        some = places[first : first + BATCH]
        for at, (row, _) in zip(some, edit_and_measure(pipe, [edits[at] for at in some]), strict=True):
            off = _differences(known.rows[at].model_dump(mode="json"), row)
            if off:
                what = f"the edit of scene {edits[at].seed} measures otherwise now: {', '.join(sorted(off)[:3])}"
                raise RecordError(what, where=str(path), hint=REMEDY)
        say(f"{first + len(some)} of {len(places)} edits made again: as before")
    for point in known.consistency[:1]:
        again = consistency_at(pipe, point.image_guidance_scale, edits[:CURVE_EDITS])
        if abs(again.edit_strength.value - point.edit_strength.value) > AS_BEFORE:
            raise RecordError("the sweep of image guidance measures otherwise now", where=str(path), hint=REMEDY)
    result = evaluation_of(
        [row.model_dump(mode="json", exclude_none=True) for row in known.rows],
        known.consistency,
        weights=known.weights,
        code=code_of_evaluation(root),
        parameters=known.parameters,
        facts={**known.facts, "made_again": len(places)},
        further=[row.model_dump(mode="json", exclude_none=True) for row in known.further],
        earlier=known.earlier,
    )
    write_if_changed(path, sealed(result.to_json()))
    return result


def _differences(known: Mapping[str, Any], now: Mapping[str, Any]) -> set[str]:
    """Names of values that differ by more than `AS_BEFORE` or that one of two rows lacks, of any way made here."""
    pairs = [(known["truth"], now["truth"])]
    ways = {*known["ways"], *now["ways"]} - {"earlier"}
    pairs += [(known["ways"].get(way, {}), now["ways"].get(way, {})) for way in ways]
    missing = float("inf")
    return {
        name
        for old, new in pairs
        for name in {*old, *new}
        # Not `>`: no comparison with what is not a number holds.
        if not abs(old.get(name, missing) - new.get(name, -missing)) <= AS_BEFORE
    }
