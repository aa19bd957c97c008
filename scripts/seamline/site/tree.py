"""generated/: the one place that renders a project and writes what came out, or says how it differs."""

from __future__ import annotations

from pathlib import Path

import click

from seamline.files import Changes, write_tree
from seamline.pages import Drift, drift, load_project, render

FOLDER = "generated"
RUNS = "runs"
"""Below generated/, what rendering never writes or removes: the runs belong to `seamline samples`."""


def write(root: Path, commands: click.Command) -> Changes:
    """Render the project and make generated/ hold exactly what came out, beside the runs.

    Args:
        root: project folder.
        commands: the program's own command tree, for its reference page.
    """
    return write_tree(root / FOLDER, render(load_project(root, commands)), keep=[RUNS])


def differences(root: Path, commands: click.Command) -> list[Drift]:
    """How generated/ differs from what would be rendered; writes nothing."""
    return drift(root / FOLDER, render(load_project(root, commands)), keep=[f"{RUNS}/"])
