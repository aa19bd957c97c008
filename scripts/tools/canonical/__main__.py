"""`python -m tools.canonical`: edit scenes through a canonical image and two other ways, and record what comes out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from seamline.cli.common import project_of
from seamline.files import write_if_changed
from seamline.hashing import digest_of
from seamline.measures.standing import CANONICAL, made_with
from seamline.runners.canonical_image.writing_back import middle_of, written_back
from seamline.scenes.camera_views import views_of
from seamline.scenes.cameras import CAMERAS, camera_row
from seamline.seals import sealed
from tools.canonical import canonical_figures, tried_edits, trying
from tools.carrying_over import KnownRecord, carry_over_option
from tools.command_line import HELP_OPTIONS, main, project_option
from tools.record_text import plain, text_of
from tools.training.checkpoint import WEIGHTS
from tools.training.editing import STEPS

KEPT = Path(".cache/canonical")
"""Rows that are done, by what they were made with: a command that was stopped goes on where it was."""
RANDOM_STARTS = 6
"""Scenes that are learned a second time, from a random start."""
TIMED = 1
"""Scenes whose edits are timed: the time does not depend on what a scene shows."""


@click.command(context_settings=HELP_OPTIONS)
@project_option
@click.option("--scenes", type=click.IntRange(min=4), default=24, show_default=True, help="How many.")
@click.option("--rows-only", is_flag=True, help="Stop when the rows are done, and write the record another day.")
@carry_over_option
@click.pass_context
def canonical(context: click.Context, scenes: int, rows_only: bool, carry_over: int | None) -> None:
    """Edit held-out scenes three ways, seen from 13 cameras, and record it in catalog/records/canonical.json.

    Takes about 50 s of one core a scene. Scenes that are done are kept in .cache/canonical/.

    \b
    Examples:
      python -m tools.canonical
      python -m tools.canonical --rows-only
      python -m tools.canonical --carry-over 2
    """
    root = project_of(context).root
    record = carried_over(root, carry_over) if carry_over else record_of(root, scenes, rows_only)
    if record is not None:
        write_if_changed(root / CANONICAL, sealed(text_of(record)))
        click.echo(f"wrote {CANONICAL}; next: `seamline render`")


def record_of(root: Path, scenes: int, rows_only: bool = False) -> dict[str, Any] | None:
    """The record: figures, and the rows they are computed from; None if rows alone are wanted."""
    import torch

    # Rendering is many small operations: on a busy machine threads would wait for each other at each of them.
    torch.set_num_threads(1)
    made = made_with(root, "canonical")
    pipe = _loaded(root / WEIGHTS)
    seeds = tried_edits.scene_seeds(scenes)
    made_by = digest_of({**made, "settings": trying.settings_facts()})[:16]
    with torch.no_grad():
        rows = [_kept(root, made_by, "scene", seed, lambda seed: trying.scene_row(pipe, seed)) for seed in seeds]
        wild = [_kept(root, made_by, "random", seed, trying.random_start_row) for seed in seeds[:RANDOM_STARTS]]
        if rows_only:
            return None
        seconds = [_timed(pipe, seed) for seed in seeds[:TIMED]]
    return {
        "made_with": made,
        "facts": {"scenes": scenes, "edits": 3 * scenes, **_facts(), "random_starts": len(wild)},
        "settings": trying.settings_facts(),
        **_figures({"scenes": rows, "random_start": wild}),
        "seconds": _mean_of(seconds) | {"scenes": TIMED},
        "rows": {"scenes": rows, "random_start": wild},
    }


def carried_over(root: Path, count: int) -> dict[str, Any]:
    """The committed record under the present code, if `count` scenes, and as many from a random start, come out as
    before. Its seconds stay: times are no rows.

    Raises:
        RecordError: there is no such record, or a row does not.
    """
    import torch

    torch.set_num_threads(1)
    known = KnownRecord.read(root, "canonical", _facts())
    if known.data["settings"] != trying.settings_facts():
        raise known.refusal("it was made with other settings of learning")
    pipe = _loaded(root / WEIGHTS)

    def again(name: str, make: Callable[[int], dict[str, Any]], places: Sequence[int]) -> Iterator[dict[str, Any]]:
        for place in places:
            yield make(known.rows[name][place]["seed"])

    makers: dict[str, Callable[[int], dict[str, Any]]] = {
        "scenes": partial(trying.scene_row, pipe),
        "random_start": trying.random_start_row,
    }
    made = known.check({name: partial(again, name, make) for name, make in makers.items()}, count, rounded=1e-4)
    return known.kept(_figures(known.rows), made)


def _facts() -> dict[str, Any]:
    return {
        "views": CAMERAS,
        "shown": CAMERAS - len(trying.HELD_OUT),
        "steps": STEPS,
        "learned_in": trying.SETTINGS.steps,
    }


def _figures(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    scenes, wild = rows["scenes"], rows["random_start"]
    found = {
        "edits": canonical_figures.edit_figures(scenes),
        "gains": canonical_figures.gains(scenes),
        "learned": canonical_figures.learned_figures(scenes),
        "same_scenes": canonical_figures.learned_figures(scenes[: len(wild)]),
        "random_start": canonical_figures.learned_figures(wild),
    }
    return {name: plain(part) for name, part in found.items()}


def _loaded(folder: Path) -> Any:
    from seamline.runners.instruct_pix2pix import RUNNER

    return RUNNER.load(folder, "cpu", "float32")


def _kept(root: Path, made_by: str, name: str, seed: int, make: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
    """A row, made now unless one of the same weights, code and settings is kept."""
    import torch

    path = root / KEPT / made_by / f"{name}-{seed}.json"
    if path.is_file():
        kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return kept
    with torch.enable_grad():
        row = make(seed)
    write_if_changed(path, json.dumps(row).encode())
    click.echo(f"{name} {seed}: held-out views {row['learned']['held_out']:.1f} dB")
    return row


def _timed(pipe: Any, seed: int) -> dict[str, float]:
    """Seconds of CPU for one edit seen from everywhere, and for an edit of each view; learning is not in them."""
    import torch

    scene, [tried, *_] = tried_edits.tried_edits(seed)
    views = views_of(scene, camera_row())
    with torch.enable_grad():
        learned = trying.learned_from(views, replace(trying.SETTINGS, steps=3))
    middle = middle_of(learned.canonical, learned.layout)
    trying.edited(pipe, [middle], tried.instruction, seed)
    began = time.process_time()
    [once] = trying.edited(pipe, [middle], tried.instruction, seed)
    edited = time.process_time()
    trying.seen_from_everywhere(learned, written_back(learned.canonical, once, learned.layout))
    rendered = time.process_time()
    trying.edited(pipe, list(views.pictures), tried.instruction, seed)
    ended = time.process_time()
    return {"edit": edited - began, "views": rendered - edited, "each_view": ended - rendered}


def _mean_of(seconds: list[dict[str, float]]) -> dict[str, float]:
    found = {name: sum(one[name] for one in seconds) / len(seconds) for name in seconds[0]}
    found["times"] = found["each_view"] / (found["edit"] + found["views"])
    return {name: round(value, 3) for name, value in found.items()}


if __name__ == "__main__":
    main(canonical, "tools.canonical")
