"""generated/: the one place that renders a project and writes what came out, or says how it differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from seamline.files import Changes, write_tree

FOLDER = "generated"
KEPT = ("runs",)
"""Below generated/, what rendering never writes or removes: the runs belong to `seamline samples`."""


@dataclass(frozen=True)
class Drift:
    """How generated/ differs from what the catalog says, as sorted relative paths."""

    missing: tuple[str, ...]
    changed: tuple[str, ...]
    left_over: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.changed or self.left_over)

    def lines(self) -> list[str]:
        """One line per file: what is wrong with it, and its path."""
        groups = (("missing", self.missing), ("changed", self.changed), ("left over", self.left_over))
        return [f"{what}: {FOLDER}/{path}" for what, paths in groups for path in paths]


def desired(root: Path, commands: click.Command) -> dict[str, bytes]:
    """Everything generated/ should hold, by path relative to it, except the runs.

    Args:
        root: project folder.
        commands: the program's own command tree, for its reference page.
    """
    from seamline.pages import render
    from seamline.pages.project import load_project

    tree = render(load_project(root, commands))
    return {path: content.encode() if isinstance(content, str) else content for path, content in sorted(tree.items())}


def write(root: Path, commands: click.Command) -> Changes:
    """Render the project and make generated/ hold exactly what came out, beside the runs."""
    return write_tree(root / FOLDER, desired(root, commands), keep=KEPT)


def drift(root: Path, tree: Mapping[str, bytes]) -> Drift:
    """Compare generated/ with what it should hold, writing nothing."""
    folder = root / FOLDER
    present = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).as_posix().startswith("runs/")
    }
    return Drift(
        missing=tuple(sorted(tree.keys() - present.keys())),
        changed=tuple(sorted(p for p in tree.keys() & present.keys() if present[p].read_bytes() != tree[p])),
        left_over=tuple(sorted(present.keys() - tree.keys())),
    )
