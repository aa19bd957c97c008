"""`python -m tools.evaluate_matting`: measure the mini matting network, and the chain that uses it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from seamline.cli.common import project_of
from seamline.errors import RecordError
from seamline.files import write_if_changed
from seamline.measures.standing import MATTING_RECORD, made_with, read_records
from seamline.runners.instruct_pix2pix import RUNNER as EDITOR
from seamline.seals import sealed
from tools.carrying_over import KnownRecord, carry_over_option
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
@carry_over_option
@click.pass_context
def evaluate_matting(
    context: click.Context,
    scenes: int,
    solved: int,
    swaps: int,
    size: tuple[int, int],
    chain_only: bool,
    carry_over: int | None,
) -> None:
    """Measure mattes and composites, and record them in catalog/records/matting.json.

    Closed-form matting needs pymatting, which `pip install -e .[dev]` brings; --solved 0 does without.

    \b
    Examples:
      python -m tools.evaluate_matting
      python -m tools.evaluate_matting --size 192 128
      python -m tools.evaluate_matting --scenes 40 --solved 0 --swaps 8
      python -m tools.evaluate_matting --carry-over 8
    """
    root = project_of(context).root
    from tools.training.mattes.matting_card import matting_card
    from tools.training.mattes.matting_training import MATTING

    if carry_over:
        record = carried_over(root, carry_over)
    else:
        record = record_of(root, scenes, solved, swaps, size, _kept(root, size) if chain_only else None)
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
    from tools.training.editing import STEPS
    from tools.training.mattes.composite_evaluation import evaluate_composites
    from tools.training.mattes.matting_evaluation import evaluate_mattes, settings
    from tools.training.mattes.matting_training import MATTING

    pipe, network, autoencoder = _loaded(root)
    chain = evaluate_composites(pipe, network, swaps, size, click.echo)
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


def carried_over(root: Path, count: int) -> dict[str, Any]:
    """The committed record under the present code, if its first rows come out as before.

    Rows of mattes hold one figure of four, so the code that computes the others must be as it was.

    Args:
        count: of each set's scenes, and of the swaps.

    Raises:
        RecordError: there is no such record, or it does not hold.
    """
    from seamline.measures.statistics import mean
    from tools.training.editing import STEPS
    from tools.training.mattes.composite_evaluation import evaluate_composites
    from tools.training.mattes.matting_evaluation import evaluate_mattes, settings

    known = KnownRecord.read(root, MATTING_RECORD.stem, {"steps": STEPS})
    before, now = known.data["made_with"]["code"], made_with(root, known.name)["code"]
    if all(before.get(name) != now[name] for name in ("matte errors", "mattes")):
        raise known.refusal("its figures of mattes are not in its rows, and the code that computes them is another")
    for way in known.rows["chain"][0]:
        values = [row[way] for row in known.rows["chain"]]
        names = dict.fromkeys(name for one in values for name in one)
        figures = {name: mean([one[name] for one in values if name in one]) for name in names}
        if plain(figures) != known.data["chain"]["ways"][way]:
            raise known.refusal("its figures of composites do not follow from its rows now")
    pipe, network, autoencoder = _loaded(root)
    facts = known.data["facts"]
    size = (facts["width"], facts["height"])
    rows = {"chain": evaluate_composites(pipe, network, count, size, click.echo)["rows"]}
    for one in settings(facts["scenes"], facts["solved"]):
        few = replace(one, scenes=min(count, one.scenes), solved=min(count, one.solved))
        found = evaluate_mattes(network, autoencoder if one.size == size else None, few, click.echo)
        if plain(found["tuned"]) != known.data["mattes"][one.name]["tuned"]:
            raise known.refusal(f"rivals of {one.name} are tuned otherwise now")
        rows |= {f"{one.name}.{kind}": some for kind, some in found["rows"].items()}
    for name, some in rows.items():
        for place, row in enumerate(some):
            known.compare(name, place, row, rounded=1e-4 if name == "chain" else 0.1)
    return known.kept({}, sum(map(len, rows.values())))


def _loaded(root: Path) -> tuple[Any, Any, Any]:
    """The mini editor, the matting network, and the editor's autoencoder."""
    import torch
    from diffusers import AutoencoderTiny

    from seamline.runners.instruct_pix2pix.loading import load_pipeline
    from seamline.runners.matting.estimation import load
    from seamline.weights.opening import load_part
    from tools.training.checkpoint import WEIGHTS
    from tools.training.mattes.matting_training import MATTING

    # Rasterizing is thousands of small operations: on a busy machine threads would wait for each other at each of them.
    torch.set_num_threads(1)
    network = load(root / MATTING, "cpu", "float32").model
    autoencoder = load_part(AutoencoderTiny, root / WEIGHTS / "vae").eval()
    return load_pipeline(root / WEIGHTS), network, autoencoder


def _kept(root: Path, size: tuple[int, int]) -> dict[str, Any]:
    """The record that is there, if its figures of mattes are those that would be measured now.

    Raises:
        RecordError: there is none, or it rests on another matting network, autoencoder, size or code.
    """
    record: dict[str, Any] = read_records(root).get(MATTING_RECORD.stem, {})
    now, made = made_with(root, "matting"), record.get("made_with", {})

    def decides(one: Mapping[str, Any]) -> Any:
        code = {name: one["code"].get(name) for name in made.get("code", ()) if name != EDITOR.name}
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
