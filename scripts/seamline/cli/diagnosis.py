"""Verb about this machine: doctor."""

from __future__ import annotations

from dataclasses import asdict

import click

from seamline.cli.common import echo_json, json_option, project_of


@click.command()
@json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Tell which device, weights and optional parts are here, and what to do about what is not.

    Exit code 1 only if something is missing without which nothing works.

    \b
    Examples:
      seamline doctor
      seamline doctor --json
    """
    parts = project_of(context).doctor()
    if as_json:
        echo_json([asdict(part) for part in parts])
    else:
        for part in parts:
            click.echo(f"{'✓' if part.present else '·'} {part.part:<12} {part.found}")
            if part.advice:
                click.echo(f"{'':<15}-> {part.advice}")
    context.exit(1 if any(part.needed and not part.present for part in parts) else 0)
