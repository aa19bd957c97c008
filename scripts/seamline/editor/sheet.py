"""Edits side by side with their inputs and the truth, as one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seamline.files import write_if_changed
from seamline.samples.cells import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

    from seamline.editor.held_out import HeldOut

SHEET = Path("docs/assets/mini-editor/sheet.webp")
SHEET_EDITS = 12
"""How many edits the sheet shows: the first twelve that are evaluated, not the best."""
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


def write_sheet(root: Path, edits: Sequence[HeldOut], rows: Sequence[Sequence[Picture]]) -> Path:
    """Write the sheet of held-out edits that the mini editor's page shows.

    Args:
        rows: input, edit, truth of each of `edits`; laid out down the left half, then down the right.
    """
    from seamline.samples.marking import packet, webp
    from seamline.samples.weights import MINI_LABEL

    instructions = " | ".join(edit.instruction for edit in edits)
    marked = packet("edited", sample="mini-editor-sheet", weights=MINI_LABEL, instruction=instructions)
    write_if_changed(root / SHEET, webp(np.asarray(contact_sheet(rows)), "edited", marked))
    return root / SHEET
