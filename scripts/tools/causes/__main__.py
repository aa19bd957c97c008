"""`python -m tools.causes`: run the three experiments and record what comes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from seamline.cli.common import project_of
from seamline.errors import SeamlineError
from seamline.files import write_if_changed
from seamline.measures.standing import CAUSES, made_with
from seamline.seals import sealed
from tools.causes import cause_figures, experiments
from tools.command_line import HELP_OPTIONS, main, project_option
from tools.record_text import plain, text_of
from tools.training.checkpoint import WEIGHTS
from tools.training.editing import STEPS

ADAPTERS = {"agree": "pairs-agree", "differ": "pairs-differ"}


@click.command(context_settings=HELP_OPTIONS)
@project_option
@click.option("--scenes", type=click.IntRange(min=4), default=32, show_default=True, help="How many, per experiment.")
@click.pass_context
def causes(context: click.Context, scenes: int) -> None:
    """Measure on held-out scenes why light and expression match, and record it in catalog/records/causes.json.

    \b
    Examples:
      python -m tools.causes
      python -m tools.causes --scenes 8
    """
    root = project_of(context).root
    write_if_changed(root / CAUSES, sealed(text_of(record_of(root, scenes))))
    click.echo(f"wrote {CAUSES}; next: `seamline render`")


def record_of(root: Path, scenes: int) -> dict[str, Any]:
    """The record: figures, and the rows they are computed from."""
    import torch

    # Rasterizing is thousands of small operations: on a busy machine threads would wait for each other at each of them.
    torch.set_num_threads(1)
    folder = root / WEIGHTS
    start = experiments.editing_with(experiments.loaded(folder))
    edits = {"start": start} | {
        name: experiments.editing_with(experiments.loaded(folder, adapter)) for name, adapter in ADAPTERS.items()
    }
    chosen = experiments.swaps(scenes)
    rows: dict[str, list[dict[str, Any]]] = {
        "lamp": _collected("lamp", experiments.lamp_rows(start, chosen), scenes),
        "photo_swap": _collected("photo_swap", experiments.photo_swap_rows(start, chosen), scenes),
        "upbringings": _collected("upbringings", experiments.upbringing_rows(edits, chosen), scenes),
    }
    found = {
        "lamp": cause_figures.lamp_figures(rows["lamp"]),
        "photo_swap": cause_figures.photo_swap_figures(rows["photo_swap"]),
        "upbringings": cause_figures.upbringing_figures(rows["upbringings"]),
    }
    return {
        "made_with": made_with(root, "causes", tuple(f"adapters/{name}.safetensors" for name in ADAPTERS.values())),
        "facts": {
            "scenes": scenes,
            "lamps": len(experiments.LAMPS),
            "steps": STEPS,
            "photo_swap_steps": experiments.AFTER[-1],
        },
        **plain(found),
        "rows": rows,
    }


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
