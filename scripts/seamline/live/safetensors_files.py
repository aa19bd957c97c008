"""Safetensors files read with numpy alone: a site is built where torch and its libraries need not be.

The format: eight bytes of length, that much JSON with each tensor's type, shape and place, then the tensors.
Source: https://github.com/huggingface/safetensors, section "Format".
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seamline.errors import WeightsError
from seamline.weights.folders import safetensors_of_part

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LONGEST_HEADER = 10_000_000
_TYPES = {"F16": "<f2", "F32": "<f4"}


def shapes_of(folder: Path) -> dict[str, tuple[int, ...]]:
    """Shape of each tensor of one part, from the headers of its files alone.

    Raises:
        WeightsError: there is no such file, or a header cannot be read.
    """
    found: dict[str, tuple[int, ...]] = {}
    for path in safetensors_of_part(folder):
        header, _ = _header(path)
        found |= {name: tuple(entry["shape"]) for name, entry in header.items()}
    return found


def tensors_of(folder: Path) -> dict[str, NDArray[np.float32]]:
    """The tensors of one part by name, as float32; those that are no floats of 16 or 32 bits are left out.

    Raises:
        WeightsError: there is no such file, or it cannot be read.
    """
    import numpy as np

    found: dict[str, NDArray[np.float32]] = {}
    for path in safetensors_of_part(folder):
        header, begin = _header(path)
        data = path.read_bytes()
        for name, entry in header.items():
            if entry["dtype"] in _TYPES:
                start, end = (begin + at for at in entry["data_offsets"])
                values = np.frombuffer(data[start:end], _TYPES[entry["dtype"]])
                found[name] = values.astype(np.float32).reshape(entry["shape"])
    return found


def _header(path: Path) -> tuple[Mapping[str, Mapping[str, Any]], int]:
    """What the header says of each tensor, and where in the file the tensors begin."""
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > _LONGEST_HEADER:
                raise ValueError("the header is too long")
            header = json.loads(file.read(length))
        tensors = {name: entry for name, entry in header.items() if name != "__metadata__"}
        if any({"dtype", "shape", "data_offsets"} - entry.keys() for entry in tensors.values()):
            raise ValueError("the header does not describe each tensor")
    except (OSError, ValueError, AttributeError, struct.error) as error:
        raise WeightsError(f"no readable safetensors file: {error}", where=str(path)) from error
    return tensors, 8 + length
