"""`python -m tools.train_matting`: train the mini matting network."""

from __future__ import annotations

import click

from seamline.cli.common import project_of, writing
from seamline.locking import TRAINING
from tools.command_line import HELP_OPTIONS, main, project_option


@click.command(context_settings=HELP_OPTIONS)
@project_option
@click.option("--minutes", type=click.FloatRange(min=0), help="Stop after this long; another call goes on.")
@click.option("--threads", type=click.IntRange(min=1), help="Threads of one operation.  [default: all cores]")
@click.pass_context
def train_matting(context: click.Context, minutes: float | None, threads: int | None) -> None:
    """Train by catalog/weights/mini-matting/training.yml, and write the network beside it.

    \b
    Examples:
      python -m tools.train_matting
      python -m tools.train_matting --minutes 30 --threads 1
    """
    import math

    import torch

    from tools.training.mattes.matting_plan import load_matting_plan
    from tools.training.mattes.matting_training import MATTING, train

    root = project_of(context).root
    plan = load_matting_plan(root / MATTING / "training.yml")
    if threads:
        torch.set_num_threads(threads)
    with writing(root, "training the mini matting network", job=TRAINING, wait=0):
        train(root, plan, click.echo, minutes=math.inf if minutes is None else minutes)


if __name__ == "__main__":
    main(train_matting, "tools.train_matting")
