"""What lies in a folder of weights: its class, its safetensors, and the other files that decide its outputs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seamline.errors import WeightsError

_PICKLES = {".bin", ".ckpt", ".pt", ".pth", ".pkl", ".msgpack", ".h5"}
_TEXTS = {".json", ".txt", ".model"}
_INDEX, _CONFIG = "model_index.json", "config.json"


def index_of(folder: Path) -> Path | None:
    """The file that names the class which loads the folder: `model_index.json`, else `config.json`; None without."""
    return next((folder / name for name in (_INDEX, _CONFIG) if (folder / name).is_file()), None)


def class_of(folder: Path) -> str | None:
    """The class that loads the folder, as `model_index.json` or `config.json` names it.

    Returns:
        None where neither file is; "" where it does not name a class.

    Raises:
        WeightsError: the file cannot be read.
    """
    index = index_of(folder)
    if index is None:
        return None
    try:
        found = json.loads(index.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"the weights cannot be loaded: {error}", where=str(index)) from error
    if not isinstance(found, dict):
        return ""
    if index.name == _INDEX:
        return str(found.get("_class_name") or "")
    named = found.get("architectures") or [found.get("_class_name") or ""]
    return str(named[0]) if isinstance(named, list) and named else ""


def safetensors_in(folder: Path, parts: Sequence[str]) -> tuple[Path, ...]:
    """The safetensors files that `from_pretrained` loads from a folder, sorted.

    Args:
        parts: its sub-folders that hold weights; `.` for the folder itself.

    Raises:
        WeightsError: a part has no safetensors file.
    """
    return tuple(path for part in parts for path in safetensors_of_part(folder / part))


def safetensors_of_part(folder: Path) -> list[Path]:
    """The safetensors files of one part, sorted.

    Raises:
        WeightsError: there is none.
    """
    here = sorted(folder.glob("*.safetensors"))
    plain = [path for path in here if not path.name.endswith((".fp16.safetensors", ".non_ema.safetensors"))]
    if not plain:
        pickled = [path.name for path in sorted(folder.glob("*")) if path.suffix in _PICKLES]
        because = f"only {', '.join(pickled)}, which could run code when opened" if pickled else "none at all"
        raise WeightsError(
            f"no safetensors file, {because}", where=str(folder), hint="use weights saved as safetensors"
        )
    return plain


def configuration_in(folder: Path, parts: Sequence[str]) -> list[Path]:
    """Files that `from_pretrained` reads besides the weights; the scheduler's is known by its content."""
    found = {path for part in parts for path in (folder / part).glob("*") if path.suffix in _TEXTS}
    return sorted(found | {path for path in (folder / _INDEX, folder / _CONFIG) if path.is_file()})


def scheduler_in(folder: Path) -> Mapping[str, Any]:
    """The scheduler's configuration as diffusers reads it; empty where the folder has no scheduler.

    Raises:
        WeightsError: a pipeline names a scheduler, and its configuration cannot be read.
    """
    path = folder / "scheduler" / "scheduler_config.json"
    if not path.parent.is_dir() and not (folder / _INDEX).is_file():
        return {}
    try:
        config = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"no readable scheduler: {error}", where=str(path)) from error
    return {key: value for key, value in sorted(config.items()) if key == "_class_name" or not key.startswith("_")}
