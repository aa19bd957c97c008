"""generated/live/: the scenes on disk, and `live.json`, which pages and the editor's script read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seamline.errors import RecordError
from seamline.files import write_tree
from seamline.live.declaration import LiveEditor
from seamline.live.scene_chips import CHIPS, WHAT, WHO
from seamline.live.scene_pictures import ScenePictures
from seamline.live.schedules import MOST_STEPS
from seamline.seals import read_sealed, sealed

FOLDER = "live"
"""Below generated/ and below the site."""
RECORD = "live.json"
BROWSER = Path(__file__).parent / "browser"
REMEDY = "export it again: seamline live"


def write(
    root: Path,
    declared: LiveEditor,
    scenes: Mapping[str, ScenePictures],
    *,
    label: str,
    weights: str,
    size: tuple[int, int],
    matting: Mapping[str, str] | None,
    known_words: Sequence[str],
) -> None:
    """Write the scenes and their record; what an earlier export left and this one has not is removed.

    Args:
        label: what readers call the weights.
        weights: folder of the weights, relative to the project.
        size: width and height of the pictures.
        matting: id, folder and label of the matting network; None where the page has none.
        known_words: what training read, in lower case; empty where nobody wrote it down.

    Raises:
        FilesError: the file system refused.
    """
    files: dict[str, bytes | str] = {}

    def name_of(stem: str, data: bytes) -> str:
        name = f"{stem}-{hashlib.sha256(data).hexdigest()[:8]}.webp"
        files[name] = data
        return name

    described = []
    for one in declared.scenes:
        made = scenes[one.id]
        truths = {
            position: {
                "box": truth.box,
                "chips": truth.chips,
                "pictures": name_of(f"{one.id}-{position}-true", truth.pictures),
                "kept": name_of(f"{one.id}-{position}-kept", truth.kept),
                "normals": name_of(f"{one.id}-{position}-normals", truth.normals),
                "light_angles": truth.light_angles,
            }
            for position, truth in made.truths.items()
        }
        described.append(
            {
                **one.model_dump(exclude_none=True),
                "id": one.id,
                "alt": made.alt,
                "picture": name_of(one.id, made.picture),
                "thumbnail": name_of(f"{one.id}-small", made.thumbnail),
                "light": [round(part, 6) for part in made.light],
                "truths": truths,
            }
        )
    record = {
        "label": label,
        "weights": weights,
        "model": declared.model,
        "size": size,
        "steps": declared.steps,
        "most_steps": MOST_STEPS,
        "matting": matting,
        "known_words": list(known_words),
        "scenes": described,
        "who": dict(WHO),
        "what": dict(WHAT),
        "chips": [{"what": chip.what, "label": chip.label, "sentence": chip.sentence} for chip in CHIPS],
    }
    files[RECORD] = sealed(json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    write_tree(root / "generated" / FOLDER, files, keep=scripts())


def scripts() -> dict[str, bytes]:
    """The editor's scripts and its style by file name; rendering writes them beside the scenes."""
    return {path.name: path.read_bytes() for path in sorted(BROWSER.iterdir())}


def read(root: Path) -> Mapping[str, Any] | None:
    """What was exported; None if nothing was.

    Raises:
        RecordError: the record was torn or altered.
    """
    path = root / "generated" / FOLDER / RECORD
    raw = read_sealed(path, REMEDY)
    if raw is None:
        return None
    record: Mapping[str, Any] = json.loads(raw)
    missing = [
        name
        for scene in record["scenes"]
        for name in (scene["picture"], scene["thumbnail"], *_files(scene))
        if not (path.parent / name).is_file()
    ]
    if missing:
        raise RecordError(f"names {missing[0]}, which is not there", where=str(path), hint=REMEDY)
    return record


def _files(scene: Mapping[str, Any]) -> list[str]:
    return [truth[kind] for truth in scene["truths"].values() for kind in ("pictures", "kept", "normals")]
