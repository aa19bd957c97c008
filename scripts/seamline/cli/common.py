"""What every verb needs: the project it works on, and a way to answer in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

import click

from seamline.locking import MOMENT, locked

_Command = TypeVar("_Command", bound=Callable[..., Any])

MARKER = "mkdocs.yml"


def find_project(start: Path) -> Path | None:
    """The nearest folder from `start` upward that holds `mkdocs.yml`, if one does."""
    start = start.resolve()
    return next((folder for folder in (start, *start.parents) if (folder / MARKER).is_file()), None)


def project_of(context: click.Context) -> Path:
    """Project folder of the running command: from what `--project` names, else from the current folder, upward.

    Raises:
        click.UsageError: no folder holds `mkdocs.yml`.
    """
    start: Path = context.find_root().obj or Path.cwd()
    if found := find_project(start):
        return found
    raise click.UsageError(
        f"no {MARKER} in {start} or any folder above.\nGo to a Seamline project, or name one with --project DIR."
    )


def writing(root: Path, doing: str, **options: Any) -> AbstractContextManager[None]:
    """Hold the project's lock while `doing` something; wait a moment for whoever holds it, and say so once.

    Args:
        options: those of `seamline.locking.locked`.

    Raises:
        LockedError: the other one needs longer than a moment.
        FilesError: the disk is full or read-only.
    """
    return locked(root, doing, **{"wait": MOMENT, "say": _say, **options})


def _say(line: str) -> None:
    click.echo(f"seamline: {line}", err=True)


def json_option(command: _Command) -> _Command:
    """Adds `--json`: the answer as JSON on standard output, for scripts."""
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")(command)


def echo_json(answer: object) -> None:
    """Print an answer as JSON with sorted keys."""
    click.echo(json.dumps(answer, indent=2, sort_keys=True, ensure_ascii=False, default=str))
