"""What was measured, on disk: `generated/runs/<sample>/<weights>/measures.json`. Needs no numpy.

    {"sha256": "…",
     "run_key": "…", "key": "…", "code": {"measures": "…"}, "weights": {"unet/…": "…"},
     "images": {"edited-1a2b3c4d.webp": {"psnr_face": 21.4}}}

The file is sealed (`seamline.seals`). `key` is over everything that the numbers depend on: the
run's key, the code that measures and the bytes of every image.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seamline.errors import RecordError
from seamline.files import write_if_changed
from seamline.fingerprints import fingerprint
from seamline.hashing import Hashes, digest_of
from seamline.measures.registry import code_of_other_packages
from seamline.runs.store.records import RunRecord
from seamline.seals import read_sealed, sealed

RUNS, NAME = Path("generated/runs"), "measures.json"
REMEDY = "measure again: `seamline samples`"

Values = Mapping[str, Mapping[str, float]]
"""Image file -> measure -> value."""


def load(root: Path) -> Mapping[str, Mapping[str, Values]]:
    """All measured numbers of the project at `root`: sample -> weights -> image file -> measure -> value.

    Raises:
        RecordError: a file was torn or altered.
    """
    found: dict[str, dict[str, Values]] = {}
    for path in sorted((root / RUNS).glob(f"*/*/{NAME}")):
        if data := read(path.parent):
            found.setdefault(path.parent.parent.name, {})[path.parent.name] = data["images"]
    return found


def code(hashes: Hashes) -> dict[str, str]:
    """Fingerprints of the code that measures and that rasterizes what is measured against, other packages' included.

    Raises:
        MeasureError: an installed package's measures cannot be loaded.
    """
    own = {name: fingerprint(name, hashes) for name in ("measures", "run measures", "scenes")}
    return own | {f"measures of {package}": digest for package, digest in code_of_other_packages().items()}


def key_of(record: RunRecord, by: Mapping[str, str]) -> str:
    """Key of the measures of a run, taken by code with the fingerprints `by`."""
    return digest_of([dict(by), record.key, sorted((image.file, image.sha256) for image in record.images)])


def why_due(folder: Path, record: RunRecord, by: Mapping[str, str]) -> str:
    """Why a run must be measured (again), in words; empty where its measures are what they should be."""
    try:
        data = read(folder)
    except RecordError as error:
        return f"{NAME} {error.what}"
    if data is None:
        return "never measured"
    if data["key"] == key_of(record, by):
        return ""
    changed = data.get("code") != dict(by)
    return "the code that measures pictures has changed" if changed else "the pictures are others than were measured"


def write(folder: Path, record: RunRecord, by: Mapping[str, str], images: Values) -> None:
    """Put the measures of a run beside its record.

    Raises:
        FilesError: the file system refused; the earlier measures are still there.
    """
    data = {
        "run_key": record.key,
        "key": key_of(record, by),
        "code": dict(by),
        "weights": dict(record.weights.files),
        "images": images,
    }
    write_if_changed(folder / NAME, sealed(json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False)))


def read(folder: Path) -> dict[str, Any] | None:
    """The measures in a run's folder; None where there are none.

    Raises:
        RecordError: they were torn or altered, or are not measures.
    """
    path = folder / NAME
    body = read_sealed(path, REMEDY)
    if body is None:
        return None
    try:
        data = json.loads(body)
    except ValueError:
        data = None
    if isinstance(data, dict) and isinstance(data.get("key"), str) and _are_numbers(data.get("images")):
        return data
    raise RecordError("does not hold measures", where=str(path), hint=REMEDY)


def _are_numbers(images: object) -> bool:
    """Whether these are numbers by measure, by picture."""
    return isinstance(images, dict) and all(
        isinstance(of_one, dict) and all(isinstance(value, int | float) for value in of_one.values())
        for of_one in images.values()
    )
