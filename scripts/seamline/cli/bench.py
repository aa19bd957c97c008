"""Verb about speed: bench."""

from __future__ import annotations

import click

from seamline.cli.common import project_of


@click.command()
@click.option("--only", multiple=True, metavar="NAME", help="This benchmark alone; may be given more than once.")
@click.pass_context
def bench(context: click.Context, only: tuple[str, ...]) -> None:
    """Measure how fast Seamline is here, and record it in catalog/records/bench.json.

    Every figure is a ratio of things measured in the same run; what cannot be measured on this machine is recorded as
    not measured.

    \b
    Examples:
      seamline bench
      seamline bench --only engine
    """
    from seamline.bench import run

    run(project_of(context), only=only)
