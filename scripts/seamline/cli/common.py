"""What every verb needs: the project it works on, and a way to answer in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from seamline.errors import ProjectError
from seamline.locking import MOMENT, locked
from seamline.project import Project

if TYPE_CHECKING:
    from seamline.runs.store.orphans import Orphan

SHOWN = 20
"""Lines of a list that are printed; `--json` gives all."""

_Command = TypeVar("_Command", bound=Callable[..., Any])


def project_of(context: click.Context) -> Project:
    """The project of the running command: where `--project` names, else in the current folder or one above it.

    Raises:
        click.UsageError: no folder holds `mkdocs.yml`.
    """
    start: Path = context.find_root().obj or Path.cwd()
    try:
        return Project.open(start, say=say)
    except ProjectError as error:
        raise click.UsageError(
            f"no mkdocs.yml in {start} or any folder above.\nBegin one with `seamline init my-site`, "
            "go to one, or name it with --project DIR."
        ) from error


def writing(root: Path, doing: str, **options: Any) -> AbstractContextManager[None]:
    """Hold the project's lock while `doing` something; wait a moment for whoever holds it, and say so once.

    Args:
        options: those of `seamline.locking.locked`.

    Raises:
        LockedError: the other one needs longer than a moment.
        FilesError: the disk is full or read-only.
    """
    return locked(root, doing, **{"wait": MOMENT, "say": say, **options})


def say(line: object) -> None:
    """Print a line on standard error, marked as the program's own."""
    click.echo(f"seamline: {line}", err=True)


def say_orphans(root: Path, orphans: Iterable[Orphan]) -> None:
    """Print which runs belong to no sample, and how to remove them."""
    for one in orphans:
        say(f"{one.folder.relative_to(root)}/ belongs to no sample\n  -> seamline samples --prune")


def some_of(heading: str, lines: Sequence[object]) -> Iterator[str]:
    """The first of the lines below one another, each after the heading, and how many more there are."""
    yield from (f"{heading:<9} {line}" for line in lines[:SHOWN])
    if len(lines) > SHOWN:
        yield f"{heading:<9} and {len(lines) - SHOWN} more; `--json` lists them all"


def json_option(command: _Command) -> _Command:
    """Adds `--json`: the answer as JSON on standard output, for scripts."""
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")(command)


def echo_json(answer: object) -> None:
    """Print an answer as JSON with sorted keys."""
    click.echo(json.dumps(answer, indent=2, sort_keys=True, ensure_ascii=False, default=str))
