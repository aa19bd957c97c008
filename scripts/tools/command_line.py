"""What the maintainers' commands share: the project they work on, and errors and exit codes as `seamline` has them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from seamline import cli

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])

HELP_OPTIONS = {"help_option_names": ["-h", "--help"]}
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def project_option(command: _Decorated) -> _Decorated:
    """Adds `--project DIR`, which `seamline.cli.common.project_of` reads from the command's context."""

    def keep(context: click.Context, _: click.Parameter, folder: Path | None) -> None:
        context.obj = folder

    return click.option(
        "--project",
        metavar="DIR",
        type=FOLDER,
        is_eager=True,
        expose_value=False,
        callback=keep,
        help="Project to work on; default: the nearest folder upward that holds mkdocs.yml.",
    )(command)


def device_option(command: _Decorated) -> _Decorated:
    """Adds `--device`, `cpu` or `cuda`."""
    return click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)(command)


def main(command: click.Command, module: str) -> NoReturn:
    """Run `python -m <module>` and exit as `seamline` would: errors in one line each, with the documented codes."""
    sys.exit(cli.run(command=command, name=f"python -m {module}"))
