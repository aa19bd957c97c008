"""Graphs and weights as the one file that a page loads: gzipped, most weights in a byte each.

The file is a little-endian number of four bytes, that many bytes of JSON, and a payload. The JSON says where in the
payload each graph and each tensor lies. A tensor is kept as `float16`, as `float32`, or as `int8` with a `float32`
scale for each output channel, and always in the layout that its graph wants: element `i` has scale
`i // together % channels`.

Rounding to int8 with a scale a channel, no zero point: Krishnamoorthi 2018, arXiv 1806.08342, section 3.1.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import struct
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seamline.errors import WeightsError
from seamline.live.graph_files import Exported, Graph, Tensor
from seamline.live.safetensors_files import tensors_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

_ALIGNED = 4
MOST_LEVELS = 127
"""The largest number of a signed byte."""


def levels_of(part: str, names: Collection[str]) -> dict[str, int]:
    """Which tensors of a part are rounded to a byte each, and to how many whole numbers on either side of 0.

    Not those of another network, such as the autoencoder, nor those of the U-Net that work at the full size of latents:
    its first and last convolution and its last block. They are a fortieth of the weights, and rounding them moved every
    pixel by twenty times as much as rounding all the others did. To half as many numbers where the U-Net works on its
    coarsest grid: most of its weights are there, gzip then spares a bit of each, and over 8 held-out edits of 4 steps
    that moved pictures by 0.086 of 255 levels on average instead of 0.080. `python -m tools.bench --only live` measures
    them all.

    Args:
        names: of all tensors of the part; those of them that are no large matrix or kernel are never rounded.
    """
    if part == "text_encoder":
        return dict.fromkeys(names, MOST_LEVELS)
    if part != "unet":
        return {}
    at_full_size = ("conv_in.", "conv_out.", f"up_blocks.{_last_block('up', names)}.")
    coarsest = (f"down_blocks.{_last_block('down', names)}.", "mid_block.", "up_blocks.0.")
    return {
        name: MOST_LEVELS // 2 if name.startswith(coarsest) else MOST_LEVELS
        for name in names
        if not name.startswith(at_full_size)
    }


def _last_block(way: str, names: Collection[str]) -> int:
    found = (re.match(rf"{way}_blocks\.(\d+)\.", name) for name in names)
    return max((int(match[1]) for match in found if match), default=0)


def packed(folder: Path, exported: Exported, texts: Mapping[str, Any], *, exact: bool = False) -> bytes:
    """The file that a page loads.

    Args:
        folder: a pipeline's folder, whose safetensors hold the tensors.
        texts: further JSON data of the file.
        exact: keep every weight as it is, in about twice as many bytes.

    Raises:
        WeightsError: the weights are not those that were exported.
    """
    payload = _Payload()
    parts: dict[str, Mapping[str, Array]] = {}
    graphs = []
    for graph in exported.graphs:
        if graph.weights not in parts:
            parts[graph.weights] = tensors_of(folder / graph.weights)
        levels = {} if exact else levels_of(graph.weights, parts[graph.weights])
        graphs.append(_packed_graph(graph, parts[graph.weights], payload, levels, folder))
    schedules = {str(count): steps for count, steps in exported.schedules.items()}
    sizes = {"size": exported.size, "latents": exported.latents}
    head = json.dumps({**texts, **sizes, "schedules": schedules, "graphs": graphs}, separators=(",", ":")).encode()
    head += b" " * (-len(head) % _ALIGNED)
    return gzip.compress(struct.pack("<I", len(head)) + head + bytes(payload.data), compresslevel=9, mtime=0)


def _packed_graph(
    graph: Graph, weights: Mapping[str, Array], payload: _Payload, levels: Mapping[str, int], folder: Path
) -> dict[str, Any]:
    tensors = []
    for tensor in graph.tensors:
        values = weights.get(tensor.source)
        if values is None or values.size != math.prod(tensor.shape):
            raise WeightsError(
                f"the exported graph {graph.name} asks for {tensor.source}, which the weights do not hold",
                where=str(folder),
                hint="export it again: seamline live",
            )
        tensors.append(_packed_tensor(tensor, values, payload, levels.get(tensor.source)))
    return {"name": graph.name, "at": payload.add(graph.model), "bytes": len(graph.model), "tensors": tensors}


def _packed_tensor(tensor: Tensor, values: Array, payload: _Payload, levels: int | None) -> dict[str, Any]:
    import numpy as np

    described: dict[str, Any] = {"elements": values.size}
    if levels is not None and values.ndim > 1:
        numbers, scales = quantised(values, levels)
        placed = np.ascontiguousarray(numbers.T) if tensor.transposed else numbers
        return {
            **described,
            "kept": "int8",
            "channels": len(scales),
            "together": 1 if tensor.transposed else values.size // len(scales),
            "at": payload.add(placed.tobytes()),
            "scales": payload.add(scales.tobytes()),
        }
    placed_values = np.ascontiguousarray(values.T) if tensor.transposed else values
    half = placed_values.astype(np.float16)
    if np.array_equal(half.astype(np.float32), placed_values):
        return {**described, "kept": "float16", "at": payload.add(half.tobytes())}
    return {**described, "kept": "float32", "at": payload.add(placed_values.tobytes())}


def quantised(values: Array, levels: int = MOST_LEVELS) -> tuple[NDArray[np.int8], Array]:
    """Weights rounded to a byte each, the first axis being the output channels.

    Args:
        levels: the largest number, 1 to 127; fewer of them leave more for gzip to spare.

    Returns:
        The numbers, of the same shape, and a scale a channel, (channels,): their product is near `values`.
    """
    import numpy as np

    rows = values.reshape(len(values), -1)
    largest = np.abs(rows).max(axis=1)
    scales = np.where(largest > 0, largest / levels, 1).astype(np.float32)
    return np.rint(rows / scales[:, None]).astype(np.int8).reshape(values.shape), scales


@dataclass
class _Payload:
    data: bytearray = field(default_factory=bytearray)

    def add(self, part: bytes) -> int:
        """Append `part`, aligned; where it begins."""
        self.data += b"\0" * (-len(self.data) % _ALIGNED)
        at = len(self.data)
        self.data += part
        return at
