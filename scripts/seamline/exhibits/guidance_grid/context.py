"""What the grid of guidance scales shows of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from seamline.exhibits.numbers import RULE, Number, numbers, scale_text, share, verdict
from seamline.exhibits.view import ExhibitView, Picture
from seamline.runners.instruct_pix2pix.edit_request import LOWEST
from seamline.runners.instruct_pix2pix.parameters import EditParameters
from seamline.runs.store.records import ArtifactRecord

DEMO_TEXT_SCALES, DEMO_IMAGE_SCALES = (6.0, 9.0), (1.2, 1.8)
"""Ranges from which InstructPix2Pix's own demo draws its settings.

Source: `edit_app.py`, "Randomize CFG", github.com/timothybrooks/instruct-pix2pix at 0dffd1e.
Its defaults, 7.5 and 1.5, lie inside.
"""

_OF_A_CELL = ("edit_strength", "identity", "attribute", "expression", "change_inside", "change_outside", "change")


@dataclass(frozen=True, slots=True)
class Cell:
    """The edit at one pair of guidance scales.

    Attributes:
        spill: share of the pixels outside that change, if it was measured.
        fails: whether a measure says that this setting does not do what was asked.
        verdict: how it fares, in words.
    """

    text_scale: str
    image_scale: str
    picture: Picture
    numbers: tuple[Number, ...]
    spill: float | None
    fails: bool
    verdict: str

    @property
    def name(self) -> str:
        """What a screen reader says for the cell."""
        name = f"text guidance {self.text_scale}, image guidance {self.image_scale}"
        return f"{name}: {self.verdict}" if self.verdict else name

    def text_of(self, label: str) -> str:
        """The number under `label`, or a dash."""
        return next((item.text for item in self.numbers if item.label == label), "–")


@dataclass(frozen=True, slots=True)
class Line:
    """A row or a column of the grid."""

    text: str
    usual: bool
    cells: tuple[Cell | None, ...] = ()


def context(view: ExhibitView) -> dict[str, Any]:
    """The grid of text guidance (columns) by image guidance (rows), the sample's own setting picked first."""
    images = view.record.all("guidance-grid")
    cells = {_scales(image): _cell(view, image) for image in images}
    text_scales = sorted({text for text, _ in cells})
    image_scales = sorted({image for _, image in cells})
    own = view.parameters_of(EditParameters)
    nearest = min(
        cells,
        key=lambda at: (abs(at[0] - own.guidance_scale), abs(at[1] - own.image_guidance_scale)),
    )
    columns = [Line(scale_text(value), _within(value, DEMO_TEXT_SCALES)) for value in text_scales]
    rows = [
        Line(
            scale_text(value),
            _within(value, DEMO_IMAGE_SCALES),
            tuple(cells.get((text, value)) for text in text_scales),
        )
        for value in image_scales
    ]
    return {
        "before": view.before,
        "chosen": cells[nearest],
        "columns": columns,
        "rows": rows,
        "measured": _labels([cell.numbers for cell in cells.values()]),
        "caption": _caption(list(cells.values())),
        "finding": _finding([cells[at] for at in sorted(cells, key=itemgetter(1)) if at[0] == nearest[0]]),
        "below_one": image_scales[0] < LOWEST,
        "text_of_one": text_scales[0] == LOWEST,
        "usual_words": _usual_words(columns, rows),
    }


def _cell(view: ExhibitView, image: ArtifactRecord) -> Cell:
    text, held = (scale_text(value) for value in _scales(image))
    measured = view.measured(image)
    fails, words = verdict(measured)
    alt = f"Edit at text guidance {text} and image guidance {held}: {view.instruction_of(image)}"
    spill = measured.get("change_outside")
    return Cell(text, held, view.picture(image, alt), numbers(measured, _OF_A_CELL), spill, fails, words)


def _scales(image: ArtifactRecord) -> tuple[float, float]:
    return float(image.facts["guidance_scale"]), float(image.facts["image_guidance_scale"])


def _within(value: float, ends: tuple[float, float]) -> bool:
    return ends[0] <= value <= ends[1]


def _caption(cells: Sequence[Cell]) -> str:
    judged = [cell for cell in cells if cell.verdict]
    if not judged:
        return "Every pair of settings."
    kept = len(judged) - sum(cell.fails for cell in judged)
    return f"By the numbers, {kept} of {len(judged)} settings do what was asked; ✕ marks those that do not. {RULE}"


def _finding(column: Sequence[Cell]) -> str:
    """At which image guidance the rest of the picture changes least, other things equal; empty when nothing tells.

    Args:
        column: cells of one text guidance, in order of their image guidance.
    """
    spills = [(cell.spill, at) for at, cell in enumerate(column) if cell.spill is not None]
    if len(spills) < len(column) or len(column) < 2:
        return ""
    least, best = min(spills)
    ends = [f"{share(spill)} at {column[at].image_scale}" for spill, at in (spills[0], spills[-1]) if at != best]
    return (
        f"At text guidance {column[best].text_scale}, fewest pixels outside change at image guidance "
        f"{column[best].image_scale}: {share(least)}, against {' and '.join(ends)}."
    )


def _usual_words(columns: Sequence[Line], rows: Sequence[Line]) -> str:
    """What the marks mean, and how the settings that lie in both ranges fare here."""
    if not any(line.usual for line in (*columns, *rows)):
        return ""
    text, image = ("–".join(map(scale_text, ends)) for ends in (DEMO_TEXT_SCALES, DEMO_IMAGE_SCALES))
    words = f"Marked: where InstructPix2Pix’s own demo draws its settings (text {text}, image {image})."
    both = [
        cell
        for row in rows
        if row.usual
        for cell, column in zip(row.cells, columns, strict=True)
        if cell and cell.verdict and column.usual
    ]
    if not both:
        return words
    kept = sum(not cell.fails for cell in both)
    return f"{words} Of the settings here that lie in both ranges, {kept} of {len(both)} does what was asked."


def _labels(rows: Sequence[tuple[Number, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number.label for row in rows for number in row))
