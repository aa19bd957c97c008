"""A copy of this very project to build and break."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = ("mkdocs.yml", "docs", "catalog", "generated", ".seamline", "scripts")


def copy_project(target: Path) -> Path:
    """Everything that a site is built from, without weights and caches."""
    target.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        # The catalog's weights are large; the package's own folder of that name is code.
        weights = ("weights",) if part == "catalog" else ()
        ignore = shutil.ignore_patterns("__pycache__", "*.partial", *weights)
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=ignore)
        else:
            shutil.copy(source, target / part)
    return target
