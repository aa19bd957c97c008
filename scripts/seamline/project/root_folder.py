"""Which folder is a project."""

from __future__ import annotations

from pathlib import Path

MARKER = "mkdocs.yml"
"""The file that makes a folder a project."""


def find_project(start: Path) -> Path | None:
    """The nearest folder from `start` upward that holds `mkdocs.yml`, if one does."""
    start = start.resolve()
    return next((folder for folder in (start, *start.parents) if (folder / MARKER).is_file()), None)
