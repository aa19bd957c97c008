"""Which edits a reader can open in each cell, and one sheet of their faces for each set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from seamline.files import write_if_changed
from seamline.formulation.declared_traits import TraitFile
from seamline.scenes.edits import apply
from tools.groups.edited_sets import DEMOGRAPHIC, SYSTEMATIC, GroupEdit, picture_file
from tools.groups.group_figures import ACCESSORIES, CLOSENESS, OUTCOMES, Row, groups_of, outcome, weakest
from tools.training.editing import HEIGHT, WIDTH, Picture
from tools.training.evaluation import rasterized

SHEETS = Path("docs/assets/groups")
CUT, TILE = HEIGHT * 5 // 8, 120
"""Side of a face's square, in pixels, as it is cut and as it is kept: a page shows it smaller."""
ACROSS = 4
"""Edits beside one another in a sheet; each is three squares: input image, edit, true picture."""
FAILING, PASSING = 2, 1
"""At most so many edits of either outcome in a cell."""

Cells = dict[str, dict[str, dict[str, list[int]]]]
"""Places by trait, value and outcome."""


def write_sheets(
    root: Path,
    edits: Mapping[str, Sequence[GroupEdit]],
    rows: Mapping[str, Sequence[Row]],
    declared: TraitFile,
    kept: Path,
) -> dict[str, Any]:
    """Write a sheet for each set; which places it holds in which order, and which places each cell opens.

    Args:
        kept: folder below which the edited images of each set lie.
    """

    def strip(name: str, place: int) -> Picture:
        from PIL import Image

        with Image.open(picture_file(kept / name, place)) as picture:
            return _strip(edits[name][place], np.asarray(picture))

    found: dict[str, Any] = {}
    pair = pair_of(rows[SYSTEMATIC], rows[DEMOGRAPHIC], declared)
    for name, some in rows.items():
        cells = cells_of(some, declared)
        places = sorted(
            {place for by in cells.values() for one in by.values() for each in one.values() for place in each}
        )
        sheet = _write_sheet(root, name, [strip(name, place) for place in places], ACROSS)
        found[name] = {**sheet, "places": places, "cells": cells}
    if pair is None:
        return {**found, "pair": None}
    # Apart, as the page that shows this pair alone would load both sheets for it.
    sets = (DEMOGRAPHIC, SYSTEMATIC)
    of_pair = _write_sheet(root, "pair", [strip(name, pair) for name in sets], 1)
    return {**found, "pair": {**of_pair, "place": pair, "places": list(sets)}}


def _write_sheet(root: Path, name: str, strips: Sequence[Picture], across: int) -> dict[str, Any]:
    """Write strips as one picture; its file, relative to `docs/`, and measures in pixels."""
    from seamline.runners.instruct_pix2pix.stand_in import MINI_EDITOR
    from seamline.runs.store.encoding import encode, packet

    path = SHEETS / f"{name}.webp"
    marked = packet("trained-composite", sample=f"groups-{name}", made_by=MINI_EDITOR.label, instruction="")
    sheet = encode(_arranged(strips, across), "Img", marked, low_fidelity=True)
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    write_if_changed(root / path, sheet.data)
    return {
        "file": path.relative_to("docs").as_posix(), "width": sheet.width, "height": sheet.height,
        "tile": TILE, "across": across,
    }  # fmt: skip


def pair_of(grid: Sequence[Row], plain: Sequence[Row], declared: TraitFile) -> int | None:
    """The first place, in the grid's weakest group for attributes, that went wrong there and right in the other set."""
    found = weakest(grid, declared).get("attributes")
    by_place = {row["place"]: row for row in plain}
    for row in grid:
        inside = found and groups_of(row, declared).get(found["trait"]) == found["value"]
        both = outcome(row, "edit", "attributes"), outcome(by_place[row["place"]], "edit", "attributes")
        if inside and both == (0.0, 1.0):
            return int(row["place"])
    return None


def cells_of(rows: Sequence[Row], declared: TraitFile) -> Cells:
    """For each cell at most two edits that went wrong and one that went right, by number.

    Edits that another cell shows already go first, so that the sheet stays small. Of closeness: the one nearest to the
    group's median, and the lowest.
    """
    members: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        for trait, value in groups_of(row, declared).items():
            members.setdefault(trait, {}).setdefault(value, []).append(row)
    chosen: set[int] = set()
    cells: Cells = {}
    for trait in (*declared.traits, ACCESSORIES):
        by_value = members.get(trait, {})
        for value, some in by_value.items() if len(by_value) > 1 else ():
            for name in (*OUTCOMES, CLOSENESS):
                places = _closeness(some) if name == CLOSENESS else _right_and_wrong(some, name, chosen)
                chosen |= set(places)
                cells.setdefault(trait, {}).setdefault(value, {})[name] = places
    return cells


def _right_and_wrong(rows: Sequence[Row], name: str, chosen: set[int]) -> list[int]:
    by_outcome: dict[float | None, list[int]] = {0.0: [], 1.0: []}
    for row in rows:
        by_outcome.setdefault(outcome(row, "edit", name), []).append(row["place"])
    wrong, right = (sorted(by_outcome[one], key=lambda place: (place not in chosen, place)) for one in (0.0, 1.0))
    return wrong[:FAILING] + right[:PASSING]


def _closeness(rows: Sequence[Row]) -> list[int]:
    values = sorted((row["ways"]["edit"][CLOSENESS], row["place"]) for row in rows)
    return list(dict.fromkeys((values[len(values) // 2][1], values[0][1])))


def _strip(edit: GroupEdit, picture: Picture) -> Picture:
    one = edit.held_out
    person = one.scene.people[one.scene.index(one.edit.person)]
    # A hat needs more room above than a chin below.
    across, down = WIDTH / 2 + person.x * HEIGHT, HEIGHT * (0.5 + person.y - 0.05)
    left = int(np.clip(round(across - CUT / 2), 0, WIDTH - CUT))
    top = int(np.clip(round(down - CUT / 2), 0, HEIGHT - CUT))
    shown = (rasterized(one.scene), picture, rasterized(apply(one.edit, one.scene)))
    strip: Picture = np.concatenate([_tile(each[top : top + CUT, left : left + CUT]) for each in shown], axis=1)
    return strip


def _tile(face: Picture) -> Picture:
    from PIL import Image

    return np.asarray(Image.fromarray(face).resize((TILE, TILE), Image.Resampling.LANCZOS))


def _arranged(strips: Sequence[Picture], across: int) -> Picture:
    lines = -(-len(strips) // across)
    sheet: Picture = np.full((lines * TILE, across * 3 * TILE, 3), 250, dtype=np.uint8)
    for index, strip in enumerate(strips):
        top, left = index // across * TILE, index % across * 3 * TILE
        sheet[top : top + TILE, left : left + 3 * TILE] = strip
    return sheet
