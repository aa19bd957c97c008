"""What was measured, on disk: `generated/runs/<sample>/<weights>/measures.json`. Needs no numpy.

    {"version": 1, "run_key": "…", "key": "…", "images": {"edited-1a2b3c4d.webp": {"psnr_face": 21.4}}}

`key` is over everything that the numbers depend on: the run's key, the version of the
measures and the bytes of every image.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seamline.files import write_if_changed
from seamline.measures.registry import VERSION

RUNS, NAME = Path("generated/runs"), "measures.json"

Values = Mapping[str, Mapping[str, float]]
"""Image file -> measure -> value."""


def load(root: Path) -> Mapping[str, Mapping[str, Values]]:
    """All measured numbers of the project at `root`: sample -> weights -> image file -> measure -> value.

    A file that is torn counts as not measured: measuring again mends it.
    """
    found: dict[str, dict[str, Values]] = {}
    for path in sorted((root / RUNS).glob(f"*/*/{NAME}")):
        if data := _read(path):
            found.setdefault(path.parent.parent.name, {})[path.parent.name] = data["images"]
    return found


def key_of(run_key: str, images: Mapping[str, str]) -> str:
    """Key of the measures of a run: sha256 over its key, the measures' version and each image's sha256 by file."""
    text = json.dumps([VERSION, run_key, sorted(images.items())])
    return hashlib.sha256(text.encode()).hexdigest()


def recorded_key(folder: Path) -> str | None:
    """Key of the measures that a run's folder holds; None where there are none, or torn ones."""
    data = _read(folder / NAME)
    return str(data["key"]) if data else None


def write(folder: Path, run_key: str, key: str, images: Values) -> None:
    """Put the measures of a run beside its record.

    Raises:
        FilesError: the file system refused; the earlier measures are still there.
    """
    data = {"version": VERSION, "run_key": run_key, "key": key, "images": images}
    write_if_changed(folder / NAME, json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _read(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    whole = isinstance(data, dict) and isinstance(data.get("images"), dict) and isinstance(data.get("key"), str)
    return data if whole else None
