"""`python -m tools.evaluate_matting`: measure the mini matting network, and the chain that uses it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from seamline.cli.common import project_of
from seamline.errors import RecordError
from seamline.files import write_if_changed
from seamline.measures.standing import MATTING_RECORD, made_with, read_records
from seamline.runners.instruct_pix2pix import RUNNER as EDITOR
from seamline.seals import sealed
from tools.command_line import HELP_OPTIONS, main, project_option
from tools.record_text import plain, text_of


@click.command(context_settings=HELP_OPTIONS)
@project_option
@click.option("--scenes", type=click.IntRange(min=8), default=300, show_default=True, help="How many at 192 x 128.")
@click.option(
    "--solved", type=click.IntRange(min=0), default=40, show_default=True, help="Of each set, for closed form."
)
@click.option("--swaps", type=click.IntRange(min=4), default=48, show_default=True, help="How many for the chain.")
@click.option(
    "--size", type=(int, int), metavar="WIDTH HEIGHT", default=EDITOR.stand_in_size, help="Of the chain's pictures.  "
    "[default: what the mini editor takes]",
)  # fmt: skip
@click.option("--chain-only", is_flag=True, help="Keep the record's figures of mattes, where nothing of them changed.")
@click.pass_context
def evaluate_matting(
    context: click.Context, scenes: int, solved: int, swaps: int, size: tuple[int, int], chain_only: bool
) -> None:
    """Measure mattes and composites, and record them in catalog/records/matting.json.

    Closed-form matting needs pymatting, which `pip install -e .[dev]` brings; --solved 0 does without.

    \b
    Examples:
      python -m tools.evaluate_matting
      python -m tools.evaluate_matting --size 192 128
      python -m tools.evaluate_matting --scenes 40 --solved 0 --swaps 8
    """
    root = project_of(context).root
    from tools.training.mattes.matting_card import matting_card
    from tools.training.mattes.matting_training import MATTING

    kept = _kept(root, size) if chain_only else None
    record = record_of(root, scenes, solved, swaps, size, kept)
    training = json.loads((root / MATTING / "training.json").read_text("utf-8"))
    write_if_changed(root / MATTING / "README.md", matting_card(training, record))
    write_if_changed(root / MATTING_RECORD, sealed(text_of(record)))
    click.echo(f"wrote {MATTING_RECORD}; next: `seamline render`")


def record_of(
    root: Path, scenes: int, solved: int, swaps: int, size: tuple[int, int], kept: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The record: figures, and the rows they are computed from.

    Args:
        size: width and height of the editor's pictures: of the chain, and of what goes through its autoencoder.
        kept: an earlier record, whose figures of mattes are taken over.
    """
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
    chain = evaluate_composites(load_pipeline(root / WEIGHTS), network, swaps, size, click.echo)
    rows = {"chain": chain.pop("rows")}
    if kept:
        sets, counts = kept["mattes"], {name: kept["facts"][name] for name in ("scenes", "solved")}
        rows |= {name: some for name, some in kept["rows"].items() if name != "chain"}
    else:
        sets, counts = {}, {"scenes": scenes, "solved": solved}
        for one in settings(scenes, solved):
            found = evaluate_mattes(network, autoencoder if one.size == size else None, one, click.echo)
            rows |= {f"{one.name}.{kind}": some for kind, some in found.pop("rows").items()}
            sets[one.name] = found
    training = json.loads((root / MATTING / "training.json").read_text("utf-8"))
    facts = {**counts, "swaps": swaps, "steps": STEPS, "width": size[0], "height": size[1]}
    facts |= {name: training[name] for name in ("weights", "minutes", "pictures_seen")}
    return {"made_with": made_with(root, "matting"), "facts": facts, "chain": plain(chain), "mattes": plain(sets),
            "rows": rows}  # fmt: skip


def _kept(root: Path, size: tuple[int, int]) -> dict[str, Any]:
    """The record that is there, if its figures of mattes are those that would be measured now.

    Raises:
        RecordError: there is none, or it rests on another matting network, autoencoder, size or code.
    """
    record: dict[str, Any] = read_records(root).get(MATTING_RECORD.stem, {})
    now, made = made_with(root, "matting"), record.get("made_with", {})

    def decides(one: Mapping[str, Any]) -> Any:
        code = {name: digest for name, digest in one.get("code", {}).items() if name != EDITOR.name}
        vae = {name: digest for name, digest in one.get("weights", {}).items() if name.startswith("vae/")}
        return one.get("own_weights"), vae, code

    same_size = [record.get("facts", {}).get(name) for name in ("width", "height")] == [*size]
    if not same_size or decides(now) != decides(made):
        raise RecordError(
            "its figures of mattes are of another network, autoencoder, size or code",
            where=str(MATTING_RECORD),
            hint="leave --chain-only out: all of it must be measured again",
        )
    return record


if __name__ == "__main__":
    main(evaluate_matting, "tools.evaluate_matting")
