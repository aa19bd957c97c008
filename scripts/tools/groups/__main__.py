"""`python -m tools.groups`: measure whom the mini editor serves worse, and record it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from seamline.cli.common import project_of, writing
from seamline.files import write_if_changed
from seamline.formulation.trait_reading import read_traits
from seamline.locking import ENGINE
from seamline.measures.standing import GROUPS, made_with
from seamline.runners.instruct_pix2pix.loading import load_pipeline
from seamline.seals import sealed
from tools.carrying_over import KnownRecord, carry_over_option
from tools.command_line import HELP_OPTIONS, main, project_option
from tools.groups import group_figures
from tools.groups.edited_sets import SETS, TRAITS, edits_of, kept_under, made_and_measured
from tools.groups.group_sheets import write_sheets
from tools.record_text import compact_text_of, plain
from tools.training.checkpoint import WEIGHTS
from tools.training.editing import GUIDANCE_SCALE, IMAGE_GUIDANCE_SCALE, STEPS

CACHE = Path(".cache/groups")


@click.command(context_settings=HELP_OPTIONS)
@project_option
@click.option("--count", type=click.IntRange(min=0), default=300, show_default=True, help="Edits a set, at least.")
@click.option("--record/--no-record", default=True, help="Write catalog/records/groups.json and the sheets.")
@carry_over_option
@click.pass_context
def groups(context: click.Context, count: int, record: bool, carry_over: int | None) -> None:
    """Edit the people of a systematic grid, and the same with demographics alone, and measure each group.

    What is finished lies in .cache/groups/, so that an interrupted run goes on where it stopped. With 300 edits a set
    it takes about 20 minutes on one core.

    \b
    Examples:
      python -m tools.groups
      python -m tools.groups --count 0 --no-record     as few as cover all pairs, a quick look
      python -m tools.groups --carry-over 12
    """
    import torch

    # Rasterizing is thousands of small operations: on a busy machine threads would wait for each other at each of them.
    torch.set_num_threads(1)
    root = project_of(context).root
    with writing(root, "measuring groups", job=ENGINE, wait=0):
        found = carried_over(root, carry_over) if carry_over else record_of(root, count, write=record)
        if carry_over and record:
            write_if_changed(root / GROUPS, sealed(compact_text_of(found)))
    for name in SETS:
        shares = {one: by_way["edit"] for one, by_way in found["sets"][name]["all"].items()}
        click.echo(f"{name}: " + ", ".join(f"{one} {figure['value']:.3g}" for one, figure in shares.items()))
        for one in found["sets"][name]["apart"]:
            click.echo(f"  {one['trait']} {one['value']}: {one['outcome']} wrong in {one['wrong']} of {one['n']}")
    if record:
        click.echo(f"wrote {GROUPS}; next: `seamline render`")


def record_of(root: Path, count: int, *, write: bool) -> dict[str, Any]:
    """The record: settings, figures, and the rows they are computed from; with `write`, also on disk, with sheets."""
    declared, made = read_traits(root / TRAITS), made_with(root, "groups")
    edits = edits_of(declared, count)
    pipe = load_pipeline(root / WEIGHTS)
    settings = _settings()
    kept = root / CACHE / kept_under(root, [made["weights"], made["files"], settings, count])
    rows: dict[str, list[dict[str, Any]]] = {}
    for name in SETS:
        rows[name] = []
        for row in made_and_measured(pipe, edits[name], kept / name):
            rows[name].append(group_figures.shortened(row))
            if len(rows[name]) % 24 == 0:
                click.echo(f"{name}: {len(rows[name])} of {len(edits[name])} edits made and measured")
    record = {
        "made_with": made,
        "facts": {"edits": len(rows[SETS[0]]), **settings},
        **plain(group_figures.all_figures(rows, declared)),
    }
    if write:
        record["shown"] = write_sheets(root, edits, rows, declared, kept)
        write_if_changed(
            root / GROUPS,
            sealed(
                compact_text_of(
                    {
                        **record,
                        "rows": {name: [group_figures.judged(row) for row in some] for name, some in rows.items()},
                    }
                )
            ),
        )
    return record


def carried_over(root: Path, count: int) -> dict[str, Any]:
    """The committed record under the present code, if `count` rows of each set come out as before.

    The sheets stay: they show edits that were made then.

    Raises:
        RecordError: there is no such record, or a row does not.
    """
    known, declared = KnownRecord.read(root, "groups", _settings()), read_traits(root / TRAITS)
    edits, pipe = edits_of(declared, known.data["facts"]["edits"]), load_pipeline(root / WEIGHTS)

    def again(name: str, places: Sequence[int]) -> Iterator[dict[str, Any]]:
        with TemporaryDirectory() as folder:
            for row in made_and_measured(pipe, [edits[name][place] for place in places], Path(folder)):
                yield group_figures.judged(group_figures.shortened(row))

    # What is right follows from what was measured, by the present rules; what was measured must be as before.
    rows = {name: [group_figures.judged(row) for row in some] for name, some in known.rows.items()}
    made = replace(known, rows=rows).check({name: partial(again, name) for name in SETS}, count, rounded=0.01)
    return known.kept({**plain(group_figures.all_figures(rows, declared)), "rows": rows}, made)


def _settings() -> dict[str, Any]:
    return {
        "num_inference_steps": STEPS,
        "guidance_scale": GUIDANCE_SCALE,
        "image_guidance_scale": IMAGE_GUIDANCE_SCALE,
        "light_right": group_figures.LIGHT_RIGHT,
        "level": group_figures.LEVEL,
    }


if __name__ == "__main__":
    main(groups, "tools.groups")
