"""A copy of this very project to build and break."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = ("mkdocs.yml", "docs", "catalog", "generated", ".seamline", "scripts")


def copy_project(target: Path) -> Path:
    """Everything that a site is built from, without weights and caches."""
    target.mkdir(parents=True, exist_ok=True)
    ignore = shutil.ignore_patterns("weights", "__pycache__", "*.partial")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=ignore)
        else:
            shutil.copy(source, target / part)
    return target
