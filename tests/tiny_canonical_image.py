"""Settings of a small canonical image: there are no trained weights."""

from __future__ import annotations

import json
from pathlib import Path


def save(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    settings = {"architectures": ["CanonicalImage"], "planes": 3, "spacing": 4.0, "cell": 4, "detail": 1}
    (folder / "config.json").write_text(json.dumps(settings), "utf-8")
