"""`python -m tools.causes`: run the three experiments and record what comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from seamline.cli.common import project_of
from seamline.errors import SeamlineError
from seamline.files import write_if_changed
from seamline.measures.standing import CAUSES, made_with
from seamline.seals import sealed
from tools.carrying_over import KnownRecord, carry_over_option
from tools.causes import cause_figures, experiments
from tools.command_line import HELP_OPTIONS, main, project_option
from tools.record_text import plain, text_of
from tools.training.checkpoint import WEIGHTS
from tools.training.editing import STEPS
from tools.training.held_out import HeldOut

ADAPTERS = {"agree": "pairs-agree", "differ": "pairs-differ"}


@click.command(context_settings=HELP_OPTIONS)
@project_option
@click.option("--scenes", type=click.IntRange(min=4), default=32, show_default=True, help="How many, per experiment.")
@carry_over_option
@click.pass_context
def causes(context: click.Context, scenes: int, carry_over: int | None) -> None:
    """Measure on held-out scenes why light and expression match, and record it in catalog/records/causes.json.

    \b
    Examples:
      python -m tools.causes
      python -m tools.causes --scenes 8
      python -m tools.causes --carry-over 4
    """
    root = project_of(context).root
    record = carried_over(root, carry_over) if carry_over else record_of(root, scenes)
    write_if_changed(root / CAUSES, sealed(text_of(record)))
    click.echo(f"wrote {CAUSES}; next: `seamline render`")


def record_of(root: Path, scenes: int) -> dict[str, Any]:
    """The record: figures, and the rows they are computed from."""
    made = _experiments(_loaded(root), experiments.swaps(scenes))
    rows = {name: _collected(name, some, scenes) for name, some in made.items()}
    return {
        "made_with": made_with(root, "causes", tuple(f"adapters/{name}.safetensors" for name in ADAPTERS.values())),
        "facts": {"scenes": scenes, **_settings()},
        **_figures(rows),
        "rows": rows,
    }


def carried_over(root: Path, count: int) -> dict[str, Any]:
    """The committed record under the present code, if `count` of each experiment's rows come out as before.

    Raises:
        RecordError: there is no such record, or a row does not.
    """
    known = KnownRecord.read(root, "causes", _settings())
    chosen = {held.seed: held for held in experiments.swaps(known.data["facts"]["scenes"])}
    edits = _loaded(root)

    def again(name: str, places: Sequence[int]) -> Iterator[dict[str, Any]]:
        # By seed: a scene on which something cannot be measured has no row.
        return _experiments(edits, [chosen[known.rows[name][place]["seed"]] for place in places])[name]

    made = known.check({name: partial(again, name) for name in known.rows}, count)
    return known.kept(_figures(known.rows), made)


def _loaded(root: Path) -> dict[str, experiments.Edit]:
    """Edits by the mini editor as it is, `start`, and with each adapter."""
    import torch

    # Rasterizing is thousands of small operations: on a busy machine threads would wait for each other at each of them.
    torch.set_num_threads(1)
    folder = root / WEIGHTS
    return {"start": experiments.editing_with(experiments.loaded(folder))} | {
        name: experiments.editing_with(experiments.loaded(folder, adapter)) for name, adapter in ADAPTERS.items()
    }


def _experiments(
    edits: Mapping[str, experiments.Edit], chosen: Sequence[HeldOut]
) -> dict[str, Iterator[dict[str, Any]]]:
    """Rows of each experiment over some swaps, made as they are taken."""
    return {
        "lamp": experiments.lamp_rows(edits["start"], chosen),
        "photo_swap": experiments.photo_swap_rows(edits["start"], chosen),
        "upbringings": experiments.upbringing_rows(edits, chosen),
    }


def _settings() -> dict[str, Any]:
    return {"lamps": len(experiments.LAMPS), "steps": STEPS, "photo_swap_steps": experiments.AFTER[-1]}


def _figures(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    found = {
        "lamp": cause_figures.lamp_figures(rows["lamp"]),
        "photo_swap": cause_figures.photo_swap_figures(rows["photo_swap"]),
        "upbringings": cause_figures.upbringing_figures(rows["upbringings"]),
    }
    return {name: plain(part) for name, part in found.items()}


def _collected(name: str, rows: Any, scenes: int) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        found.append(row)
        click.echo(f"{name}: {len(found)} of at most {scenes} scenes")
    if len(found) < 4:
        raise SeamlineError(f"only {len(found)} scenes could be measured", where=name, hint="use more --scenes")
    return found


if __name__ == "__main__":
    main(causes, "tools.causes")
