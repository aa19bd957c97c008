"""generated/: the one place that renders a project and writes what came out, or says how it differs."""

from __future__ import annotations

from pathlib import Path

import click

from seamline.files import Changes, write_tree
from seamline.pages import Drift, drift, load_project, render

FOLDER = "generated"
RUNS = "runs"
"""Below generated/, what rendering never writes or removes: the runs belong to `seamline samples`."""
REMOVED = ".cache/removed"
"""Where files go that lie in generated/ and are no page any more: somebody may have put them there."""


def write(root: Path, commands: click.Command) -> Changes:
    """Render the project and make generated/ hold exactly what came out, beside the runs.

    Args:
        root: project folder.
        commands: the program's own command tree, for its reference page.
    """
    return write_tree(root / FOLDER, render(load_project(root, commands)), keep=[RUNS], aside=root / REMOVED)


def removed_words(changes: Changes) -> str:
    """What was removed and where it is now, as one line; empty when nothing was."""
    if not changes.removed:
        return ""
    named = ", ".join(changes.removed[:10]) + (", …" if len(changes.removed) > 10 else "")
    return f"not a page any more, moved from {FOLDER}/ to {REMOVED}/: {named}"


def differences(root: Path, commands: click.Command) -> list[Drift]:
    """How generated/ differs from what would be rendered; writes nothing."""
    return drift(root / FOLDER, render(load_project(root, commands)), keep=[f"{RUNS}/"])
