"""Edits side by side with their inputs and the truth, as one picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from seamline.files import write_if_changed
from seamline.samples.cells import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

SHEET, SHEET_RECORD = "sheet.webp", "sheet.json"
SHEET_EDITS, SHEET_FIRST_SEED = 12, 510_000
"""How many held-out edits the sheet shows, and from which seed on: the first twelve, not the best."""
_GAP, _WIDE_GAP = 4, 24
_PAPER = (250, 247, 242)


def contact_sheet(rows: Sequence[Sequence[Picture]], columns: int = 2) -> Image:
    """Rows of equally large pictures, filled down `columns` columns of rows."""
    from PIL import Image

    height, width = rows[0][0].shape[:2]
    per_row = len(rows[0])
    deep = -(-len(rows) // columns)
    across = per_row * width + (per_row - 1) * _GAP
    sheet = Image.new(
        "RGB", (columns * across + (columns - 1) * _WIDE_GAP, deep * height + (deep - 1) * _GAP), color=_PAPER
    )
    for index, row in enumerate(rows):
        left, top = index // deep * (across + _WIDE_GAP), index % deep * (height + _GAP)
        for place, picture in enumerate(row):
            sheet.paste(Image.fromarray(picture), (left + place * (width + _GAP), top))
    return sheet


def write_sheet(folder: Path) -> Path:
    """Draw twelve held-out edits with the weights in `folder`; write `sheet.webp` and `sheet.json` beside them.

    Each row of the sheet is input, edit, truth; the JSON gives seeds and instructions in the
    sheet's order: down the left half, then down the right.

    Raises:
        WeightsError: there is no pipeline in the folder.
    """
    from seamline.editor import evaluation
    from seamline.scenes.edits import apply

    edits = evaluation.held_out(SHEET_EDITS, SHEET_FIRST_SEED)
    inputs = {edit.seed: evaluation.drawn(edit.scene) for edit in edits}
    edited = evaluation.draw_edits(evaluation.load_pipeline(folder), edits, inputs)
    rows = [
        (inputs[edit.seed], picture, evaluation.drawn(apply(edit.edit, edit.scene)))
        for edit, picture in zip(edits, edited, strict=True)
    ]
    bytes_ = BytesIO()
    contact_sheet(rows).save(bytes_, "WEBP", quality=88, method=6)
    write_if_changed(folder / SHEET, bytes_.getvalue())
    told = {
        "columns": ["input image", "edited image", "true picture"],
        "num_inference_steps": evaluation.STEPS,
        "guidance_scale": evaluation.GUIDANCE_SCALE,
        "image_guidance_scale": evaluation.IMAGE_GUIDANCE_SCALE,
        "edits": [{"seed": edit.seed, "instruction": edit.instruction} for edit in edits],
    }
    write_if_changed(folder / SHEET_RECORD, json.dumps(told, indent=1) + "\n")
    return folder / SHEET
