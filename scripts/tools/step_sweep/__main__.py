"""`python -m tools.step_sweep`: measure edits at each number of denoising steps, and record what comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from seamline.cli.common import project_of, writing
from seamline.files import write_if_changed
from seamline.locking import ENGINE
from seamline.measures.standing import STEPS_RECORD, made_with
from seamline.seals import sealed
from tools.carrying_over import KnownRecord, carry_over_option
from tools.causes.experiments import editing_with, loaded
from tools.command_line import HELP_OPTIONS, main, project_option
from tools.record_text import plain
from tools.step_sweep.sweeping import OWN, Generate, differences_of, figures_of, rows_of
from tools.training.checkpoint import WEIGHTS
from tools.training.editing import GUIDANCE_SCALE, IMAGE_GUIDANCE_SCALE
from tools.training.held_out import held_out


@click.command(context_settings=HELP_OPTIONS)
@project_option
@click.option("--edits", type=click.IntRange(min=4), default=48, show_default=True, help="How many held-out edits.")
@carry_over_option
@click.pass_context
def step_sweep(context: click.Context, edits: int, carry_over: int | None) -> None:
    """Make held-out edits with 1 to 20 denoising steps and several schedulers; record catalog/records/steps.json.

    \b
    Examples:
      python -m tools.step_sweep
      python -m tools.step_sweep --edits 8
      python -m tools.step_sweep --carry-over 4
    """
    import torch

    # Rasterizing is thousands of small operations: on a busy machine threads would wait for each other at each of them.
    torch.set_num_threads(1)
    root = project_of(context).root
    with writing(root, "measuring steps", job=ENGINE, wait=0):
        known = KnownRecord.read(root, "steps", _settings()) if carry_over else None
        generate = editing_with(loaded(root / WEIGHTS))
        record = carried_over(known, generate, carry_over) if known and carry_over else record_of(root, generate, edits)
        write_if_changed(root / STEPS_RECORD, sealed(_text(record)))
    click.echo(f"wrote {STEPS_RECORD}; next: `seamline render`")


def record_of(root: Path, generate: Generate, count: int) -> dict[str, Any]:
    """The record: figures, and the rows they are computed from."""
    rows: list[dict[str, Any]] = []
    for row in rows_of(generate, held_out(count)):
        rows.append(row)
        click.echo(f"{len(rows)} of {count} edits made at each setting and measured")
    facts = {"edits": count, **_settings()}
    return {"made_with": made_with(root, "steps"), "facts": facts, **_figures(rows), "rows": rows}


def carried_over(known: KnownRecord, generate: Generate, count: int) -> dict[str, Any]:
    """The known record under the present code, if `count` of its rows come out as before.

    Raises:
        RecordError: one does not.
    """
    [rows] = known.rows.values()
    edits = held_out(len(rows))
    again = known.check({"": lambda places: rows_of(generate, [edits[place] for place in places])}, count)
    return known.kept(_figures(rows), again)


def _settings() -> dict[str, Any]:
    return {"own": OWN, "guidance_scale": GUIDANCE_SCALE, "image_guidance_scale": IMAGE_GUIDANCE_SCALE}


def _figures(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    found = {"figures": figures_of(rows), "differences": differences_of(rows)}
    return {name: plain(part) for name, part in found.items()}


def _text(record: dict[str, Any]) -> str:
    """JSON with one row a line."""
    rows = ",\n  ".join(json.dumps(row) for row in record["rows"])
    head = json.dumps({name: part for name, part in record.items() if name != "rows"}, indent=1)[:-2]
    return f'{head},\n "rows": [\n  {rows}\n ]\n}}\n'


if __name__ == "__main__":
    main(step_sweep, "tools.step_sweep")
