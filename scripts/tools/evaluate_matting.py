"""`python -m tools.evaluate_matting`: measure the mini matting network, and the chain that uses it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from seamline.cli.common import project_of
from seamline.files import write_if_changed
from seamline.measures.standing import MATTING_RECORD, matting_made_with
from seamline.seals import sealed
from tools.command_line import HELP_OPTIONS, main, project_option
from tools.record_text import plain, text_of


@click.command(context_settings=HELP_OPTIONS)
@project_option
@click.option("--scenes", type=click.IntRange(min=8), default=300, show_default=True, help="How many at 192 x 128.")
@click.option("--solved", type=click.IntRange(min=0), default=40, show_default=True, help="Of them for closed form.")
@click.option("--swaps", type=click.IntRange(min=4), default=48, show_default=True, help="How many for the chain.")
@click.pass_context
def evaluate_matting(context: click.Context, scenes: int, solved: int, swaps: int) -> None:
    """Measure mattes and composites, and record them in catalog/records/matting.json.

    Closed-form matting needs pymatting, which `pip install -e .[dev]` brings; --solved 0 does without.

    \b
    Examples:
      python -m tools.evaluate_matting
      python -m tools.evaluate_matting --scenes 40 --solved 0 --swaps 8
    """
    root = project_of(context).root
    from tools.training.mattes.matting_card import matting_card
    from tools.training.mattes.matting_training import MATTING

    record = record_of(root, scenes, solved, swaps)
    training = json.loads((root / MATTING / "training.json").read_text("utf-8"))
    write_if_changed(root / MATTING / "README.md", matting_card(training, record))
    write_if_changed(root / MATTING_RECORD, sealed(text_of(record)))
    click.echo(f"wrote {MATTING_RECORD}; next: `seamline render`")


def record_of(root: Path, scenes: int, solved: int, swaps: int) -> dict[str, Any]:
    """The record: figures, and the rows they are computed from."""
    import torch
    from diffusers import AutoencoderTiny

    from seamline.runners.instruct_pix2pix.loading import load_pipeline
    from seamline.runners.matting.estimation import load
    from seamline.weights.opening import load_part
    from tools.training.checkpoint import WEIGHTS
    from tools.training.editing import STEPS
    from tools.training.mattes.composite_evaluation import evaluate_composites
    from tools.training.mattes.matting_evaluation import evaluate_mattes, settings
    from tools.training.mattes.matting_training import MATTING

    # Rasterizing is thousands of small operations: on a busy machine threads would wait for each other at each of them.
    torch.set_num_threads(1)
    network = load(root / MATTING, "cpu", "float32").model
    autoencoder = load_part(AutoencoderTiny, root / WEIGHTS / "vae").eval()
    chain = evaluate_composites(load_pipeline(root / WEIGHTS), network, swaps, click.echo)
    sets = {one.name: evaluate_mattes(network, autoencoder, one, click.echo) for one in settings(scenes, solved)}
    rows = {"chain": chain.pop("rows")} | {
        f"{name}.{kind}": some for name, found in sets.items() for kind, some in found.pop("rows").items()
    }
    training = json.loads((root / MATTING / "training.json").read_text("utf-8"))
    facts = {"scenes": scenes, "solved": solved, "swaps": swaps, "steps": STEPS}
    facts |= {name: training[name] for name in ("weights", "minutes", "steps", "pictures_seen") if name != "steps"}
    return {"made_with": matting_made_with(root), "facts": facts, "chain": plain(chain), "mattes": plain(sets),
            "rows": rows}  # fmt: skip


if __name__ == "__main__":
    main(evaluate_matting, "tools.evaluate_matting")
