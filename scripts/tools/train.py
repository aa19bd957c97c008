"""`python -m tools.train`: train the mini editor."""

from __future__ import annotations

from pathlib import Path

import click

from seamline.cli.common import project_of, writing
from seamline.locking import ENGINE, TRAINING
from tools.command_line import FOLDER, HELP_OPTIONS, device_option, main, project_option


@click.command(context_settings=HELP_OPTIONS)
@project_option
@device_option
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

    Training resumes from the last checkpoint in .cache/; a kill loses a few minutes at most. At the end the weights
    are written to catalog/weights/mini/ (or --weights) as fp16 safetensors, in diffusers' own format.

    \b
    Examples:
      python -m tools.train                                    from scratch, or from where it stopped
      python -m tools.train --device cuda --minutes 20
      python -m tools.train --start-from catalog/weights/mini  continue from the committed weights
      python -m tools.train --weights catalog/weights/larger --only-autoencoder
    """
    from tools.training.checkpoint import WEIGHTS
    from tools.training.pipeline_export import export, export_autoencoder
    from tools.training.training_stages import train as train_editor

    root = project_of(context).root
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
        # A process that generates with the old weights finishes first: none may load half of each.
        with writing(root, "writing trained weights", job=ENGINE, wait=None), writing(root, "writing trained weights"):
            wrote = export_autoencoder(root, into) if only_autoencoder else export(root, into)
    click.echo(f"wrote {wrote.relative_to(root)}; next: `python -m tools.evaluate`, then `seamline samples`")


def _within(root: Path, folder: Path) -> Path:
    try:
        return folder.resolve().relative_to(root.resolve())
    except ValueError as error:
        raise click.BadParameter(f"{folder} lies outside the project", param_hint="--weights") from error


if __name__ == "__main__":
    main(train, "tools.train")
