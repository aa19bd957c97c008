"""A contact sheet: edits next to their input images and the true pictures, as one image."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seamline.files import write_if_changed
from tools.training.editing import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

    from tools.training.held_out import HeldOut

SHEET = Path("docs/assets/mini-editor/sheet.webp")
SHEET_EDITS = 12
"""How many edits it shows: the first that are evaluated, not the best."""
_GAP, _WIDE_GAP = 4, 24
_PAPER = (250, 247, 242)


def contact_sheet(rows: Sequence[Sequence[Picture]], columns: int = 2) -> Image:
    """Rows of pictures of one size, arranged in `columns` columns that are filled downward."""
    from PIL import Image

    height, width = rows[0][0].shape[:2]
    per_row = len(rows[0])
    lines = -(-len(rows) // columns)
    across = per_row * width + (per_row - 1) * _GAP
    sheet = Image.new(
        "RGB", (columns * across + (columns - 1) * _WIDE_GAP, lines * height + (lines - 1) * _GAP), color=_PAPER
    )
    for index, row in enumerate(rows):
        left, top = index // lines * (across + _WIDE_GAP), index % lines * (height + _GAP)
        for place, picture in enumerate(row):
            sheet.paste(Image.fromarray(picture), (left + place * (width + _GAP), top))
    return sheet


def write_sheet(root: Path, edits: Sequence[HeldOut], rows: Sequence[Sequence[Picture]]) -> Path:
    """Write the contact sheet of held-out edits that the mini editor's page shows.

    Args:
        rows: input image, edited image and true picture of each of `edits`; down the left half, then down the right.
    """
    from seamline.runners.instruct_pix2pix.stand_in import MINI_EDITOR
    from seamline.runs.store.encoding import encode, packet

    instructions = " | ".join(edit.instruction for edit in edits)
    marked = packet(
        "trained-composite", sample="mini-editor-sheet", made_by=MINI_EDITOR.label, instruction=instructions
    )
    write_if_changed(root / SHEET, encode(np.asarray(contact_sheet(rows)), "Img", marked).data)
    return root / SHEET
