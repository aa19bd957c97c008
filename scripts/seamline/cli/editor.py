"""Verbs about the mini editor: train, evaluate."""

from __future__ import annotations

from pathlib import Path

import click

from seamline.cli.common import echo_json, json_option, project_of, writing
from seamline.locking import ENGINE, TRAINING

DEVICE = click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@DEVICE
@click.option("--plan", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Another training plan.")
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), help="Train the U-Net no longer than this.")
@click.option("--start-from", type=FOLDER, help="Pipeline folder to start from, when there is no checkpoint yet.")
@click.option("--weights", type=FOLDER, help="Folder of weights to make, with a plan in it.  [default: mini's]")
@click.option("--only-autoencoder", is_flag=True, help="Stop when the autoencoder is trained.")
@click.option("--export/--no-export", "exporting", default=True, help="Write the weights into the project at the end.")
@click.pass_context
def train(
    context: click.Context,
    device: str,
    plan: Path | None,
    minutes: float | None,
    start_from: Path | None,
    weights: Path | None,
    only_autoencoder: bool,
    exporting: bool,
) -> None:
    """Train the mini editor on synthetic group photos: autoencoder, text encoder, U-Net.

    Goes on from the last checkpoint in .cache/; a kill loses minutes at most. At the end the weights are written to
    catalog/weights/mini/ (or --weights) as fp16 safetensors, in diffusers' own format.

    \b
    Examples:
      seamline train                                   from scratch, or from where it stopped
      seamline train --device cuda --minutes 20
      seamline train --start-from catalog/weights/mini go on from the committed weights
      seamline train --weights catalog/weights/next --only-autoencoder
    """
    from seamline.editor.checkpoint import WEIGHTS
    from seamline.editor.export import export, export_autoencoder
    from seamline.editor.training import train as train_editor

    root = project_of(context)
    into = _within(root, weights) if weights else WEIGHTS
    with writing(root, "training", job=TRAINING, wait=0):
        train_editor(
            root,
            plan_path=plan,
            device=device,
            minutes=minutes,
            start_from=start_from,
            weights=into,
            only_autoencoder=only_autoencoder,
            say=click.echo,
        )
        if not exporting:
            return
        # Whoever draws with the old weights is let finish: nobody may load half of each.
        with writing(root, "writing trained weights", job=ENGINE, wait=None), writing(root, "writing trained weights"):
            wrote = export_autoencoder(root, into) if only_autoencoder else export(root, into)
    click.echo(f"wrote {wrote.relative_to(root)}; next: seamline evaluate, then seamline samples")


def _within(root: Path, folder: Path) -> Path:
    try:
        return folder.resolve().relative_to(root.resolve())
    except ValueError as error:
        raise click.BadParameter(f"{folder} lies outside the project", param_hint="--weights") from error


@click.command()
@DEVICE
@click.option("--count", type=click.IntRange(min=2), default=300, show_default=True, help="How many held-out scenes.")
@click.option("--weights", type=FOLDER, help="Another pipeline folder than catalog/weights/mini.")
@click.option("--record/--no-record", default=True, help="Write catalog/records/evaluation.json.")
@click.option("--autoencoder", type=FOLDER, help="Measure only what this autoencoder keeps, beside today's enlarged.")
@json_option
@click.pass_context
def evaluate(
    context: click.Context,
    device: str,
    count: int,
    weights: Path | None,
    record: bool,
    autoencoder: Path | None,
    as_json: bool,
) -> None:
    """Measure the mini editor on held-out scenes and words, beside every rival.

    \b
    Examples:
      seamline evaluate
      seamline evaluate --count 24 --no-record    a quick look
      seamline evaluate --count 120 --autoencoder catalog/weights/next/vae
    """
    if autoencoder is not None:
        from seamline.editor.checkpoint import WEIGHTS
        from seamline.editor.round_trip import round_trip

        figures = round_trip(
            autoencoder,
            project_of(context) / WEIGHTS / "vae",
            count=count,
            say=lambda line: click.echo(line, err=as_json),
        )
        if as_json:
            echo_json(figures)
        else:
            for name, value in figures["larger"].items():
                click.echo(f"{name:<28}{value:>9}   enlarged {figures['enlarged'].get(name, '-'):>9}")
        return
    from seamline.editor.card import summary_lines
    from seamline.editor.evaluation import evaluate as evaluate_editor

    root = project_of(context)
    with writing(root, "evaluating", job=ENGINE, wait=0):
        found = evaluate_editor(
            root,
            count=count,
            weights=weights,
            device=device,
            record=record,
            say=lambda line: click.echo(line, err=as_json),
        )
    if as_json:
        echo_json(found.model_dump(mode="json"))
    else:
        click.echo("\n".join(summary_lines(found)))
