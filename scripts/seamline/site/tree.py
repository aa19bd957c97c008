"""generated/: the one place that renders a project and writes what came out, or says how it differs."""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from seamline.files import Changes, write_tree

if TYPE_CHECKING:
    from seamline.pages import Drift, SiteData
    from seamline.pages.commands import CommandReference

FOLDER = "generated"
RUNS = "runs"
"""Below generated/, what rendering never writes or removes: the runs belong to `seamline samples`."""
KEPT = (RUNS, "live")
"""Likewise, with what `seamline live` writes."""
REMOVED = ".cache/removed"
"""Where files go that lie in generated/ and are no page any more: somebody may have put them there."""

COMMANDS = "seamline.cli.reference:commands"
"""What describes the command line on its reference page, by name as an entry point gives it.

The command line stands above the site and calls it, so that nothing here may import it. A
name is resolved only while a page that prints the reference is rendered: whoever renders, the
command line, MkDocs' hook or a program of somebody else, gets the same page.
"""


def site_data(root: Path) -> SiteData:
    """What the pages of the project at `root` are made from.

    Raises:
        CatalogError: the catalog is not as it should be.
        RecordError: a record in `catalog/records/`, or a run's measures, was torn or altered.
    """
    from seamline.pages import load_site_data

    return load_site_data(root, _commands)


def write(root: Path) -> Changes:
    """Render the project and make generated/ hold exactly what came out, beside the runs.

    Args:
        root: project folder.

    Raises:
        CatalogError: the catalog, an answer or a page of docs/ is not as it should be.
        WorkflowError: a question's models do not form a workflow.
        RecordError: a record was torn or altered.
        FilesError: the file system refused.
    """
    from seamline.pages import render

    return write_tree(root / FOLDER, render(site_data(root)), keep=KEPT, aside=root / REMOVED)


def removed_words(changes: Changes) -> str:
    """What was removed and where it is now, as one line; empty when nothing was."""
    if not changes.removed:
        return ""
    named = ", ".join(changes.removed[:10]) + (", …" if len(changes.removed) > 10 else "")
    return f"not a page any more, moved from {FOLDER}/ to {REMOVED}/: {named}"


def differences(root: Path) -> list[Drift]:
    """How generated/ differs from what would be rendered; writes nothing. Raises what `write` does."""
    from seamline.pages import drift, render

    return drift(root / FOLDER, render(site_data(root)), keep=[f"{folder}/" for folder in KEPT])


def _commands() -> Sequence[CommandReference]:
    described: Sequence[CommandReference] = pkgutil.resolve_name(COMMANDS)()
    return described
