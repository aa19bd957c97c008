"""`python -m tools.bench`: measure how fast Seamline is here."""

from __future__ import annotations

import click

from seamline.cli.common import project_of
from tools.command_line import HELP_OPTIONS, main, project_option


@click.command(context_settings=HELP_OPTIONS)
@project_option
@click.option("--only", multiple=True, metavar="NAME", help="This benchmark alone; may be given more than once.")
@click.pass_context
def bench(context: click.Context, only: tuple[str, ...]) -> None:
    """Measure how fast Seamline is here, and record it in catalog/records/bench.json.

    Every figure is a ratio of things measured in the same run; what cannot be measured on this machine is recorded as
    not measured.

    \b
    Examples:
      python -m tools.bench
      python -m tools.bench --only engine
    """
    from tools.bench import run

    run(project_of(context).root, only=only)


if __name__ == "__main__":
    main(bench, "tools.bench")
