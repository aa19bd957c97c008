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
    from seamline.site.doctor import examine

    findings = examine(project_of(context))
    if as_json:
        echo_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{'✓' if finding.present else '·'} {finding.part:<12} {finding.found}")
            if finding.advice:
                click.echo(f"{'':<15}-> {finding.advice}")
    context.exit(1 if any(finding.needed and not finding.present for finding in findings) else 0)
