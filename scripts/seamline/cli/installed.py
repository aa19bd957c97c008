"""Verb about what is installed: plugins."""

from __future__ import annotations

from dataclasses import asdict

import click

from seamline.cli.common import echo_json, json_option


@click.command()
@json_option
def plugins(as_json: bool) -> None:
    """List the model kinds, operations, exhibits and measures that are installed, and who provides each.

    Other distributions add theirs by entry points of the groups seamline.runners, seamline.operations,
    seamline.exhibits and seamline.measures.

    \b
    Examples:
      seamline plugins
      seamline plugins --json
    """
    from seamline.project.inventory import installed

    found = installed()
    if as_json:
        echo_json([asdict(one) for one in found])
        return
    width = max(len(one.name) for one in found)
    for one in found:
        provided = "" if one.provider == "seamline" else f" ({one.provider})"
        click.echo(f"{one.kind:<9}  {one.name:<{width}}  {one.says}{provided}")
