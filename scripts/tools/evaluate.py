"""`python -m tools.evaluate`: measure the mini editor on held-out scenes."""

from __future__ import annotations

from pathlib import Path

import click

from seamline.cli.common import echo_json, json_option, project_of, writing
from seamline.locking import ENGINE
from tools.command_line import FOLDER, HELP_OPTIONS, device_option, main, project_option


@click.command(context_settings=HELP_OPTIONS)
@project_option
@device_option
@click.option("--count", type=click.IntRange(min=2), default=300, show_default=True, help="How many held-out scenes.")
@click.option(
    "--further", type=click.IntRange(min=0), default=40, show_default=True, help="How many further expression edits."
)
@click.option("--weights", type=FOLDER, help="Another pipeline folder than catalog/weights/mini.")
@click.option(
    "--baseline",
    type=FOLDER,
    help="An earlier editor, or with --autoencoder an earlier autoencoder, whose smaller pictures are enlarged.",
)
@click.option("--record/--no-record", default=True, help="Write catalog/records/evaluation.json.")
@click.option(
    "--autoencoder",
    type=FOLDER,
    help="Measure only the round trip through this autoencoder, beside that of --baseline, or the mini editor's own.",
)
@click.option(
    "--carry-over",
    type=click.IntRange(min=1),
    help="After a change of code: make this many edits again, and keep the record if they measure the same.",
)
@json_option
@click.pass_context
def evaluate(
    context: click.Context,
    device: str,
    count: int,
    further: int,
    weights: Path | None,
    baseline: Path | None,
    record: bool,
    autoencoder: Path | None,
    carry_over: int | None,
    as_json: bool,
) -> None:
    """Measure the mini editor on held-out scenes and instructions, next to every baseline.

    \b
    Examples:
      python -m tools.evaluate
      python -m tools.evaluate --count 24 --further 0 --no-record    a quick look
      python -m tools.evaluate --baseline ../mini-192x128            with an earlier editor beside it
      python -m tools.evaluate --carry-over 24
      python -m tools.evaluate --count 120 --autoencoder catalog/weights/mini/vae --baseline ../mini-192x128/vae
    """
    root = project_of(context).root

    def say(line: str) -> None:
        click.echo(line, err=as_json)

    if autoencoder is not None:
        from tools.training.checkpoint import WEIGHTS
        from tools.training.round_trip import round_trip

        figures = round_trip(autoencoder, baseline or root / WEIGHTS / "vae", count=count, say=say)
        if as_json:
            echo_json(figures)
        else:
            for name, value in figures["larger"].items():
                click.echo(f"{name:<28}{value:>9}   enlarged {figures['enlarged'].get(name, '-'):>9}")
        return
    from tools.training.card import summary_lines
    from tools.training.carrying_over import carry_over as keep
    from tools.training.evaluation import evaluate as evaluated

    with writing(root, "evaluating", job=ENGINE, wait=0):
        if carry_over:
            result = keep(root, carry_over, say=say)
        else:
            result = evaluated(
                root,
                count=count,
                further=further,
                weights=weights,
                earlier=baseline,
                device=device,
                record=record,
                say=say,
            )
    if as_json:
        echo_json(result.model_dump(mode="json"))
    else:
        click.echo("\n".join(summary_lines(result)))


if __name__ == "__main__":
    main(evaluate, "tools.evaluate")
