"""Verbs about the mini editor: train, evaluate."""

from __future__ import annotations

from pathlib import Path

import click

from seamline.cli.common import project_of

DEVICE = click.option("--device", type=click.Choice(["auto", "cpu", "cuda", "mps"]), default="auto", show_default=True)


@click.command()
@DEVICE
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Training configuration.")
@click.pass_context
def train(context: click.Context, device: str, config: Path | None) -> None:
    """Train the mini editor on synthetic group photos, going on from the last checkpoint.

    \b
    Examples:
      seamline train
      seamline train --device cuda
    """
    from seamline.editor.training import train as train_editor

    train_editor(project_of(context), config, device)


@click.command()
@DEVICE
@click.pass_context
def evaluate(context: click.Context, device: str) -> None:
    """Measure the mini editor on held-out scenes, and record the figures in catalog/records/evaluation.json.

    \b
    Examples:
      seamline evaluate
    """
    from seamline.editor.evaluation import evaluate as evaluate_editor

    evaluate_editor(project_of(context), device)
