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


def in_bytes(part: str, names: Collection[str]) -> set[str]:
    """Which tensors of a part are kept in a byte each, of those that are large matrices or kernels.

    Not those of the autoencoder, nor those of the U-Net that work at the full size of the latents: its first and last
    convolution and its last block. They are a fortieth of the weights, and rounding them moved every pixel by twenty
    times as much as rounding all the others did (`python -m tools.bench --only live` measures what is left).
    """
    if part == "vae":
        return set()
    blocks = [int(match[1]) for name in names if (match := re.match(r"up_blocks\.(\d+)\.", name))]
    at_full_size = ("conv_in.", "conv_out.", f"up_blocks.{max(blocks, default=0)}.")
    return {name for name in names if part != "unet" or not name.startswith(at_full_size)}


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
        small = set() if exact else in_bytes(graph.weights, parts[graph.weights])
        graphs.append(_packed_graph(graph, parts[graph.weights], payload, small, folder))
    schedules = {str(count): steps for count, steps in exported.schedules.items()}
    sizes = {"size": exported.size, "latents": exported.latents}
    head = json.dumps({**texts, **sizes, "schedules": schedules, "graphs": graphs}, separators=(",", ":")).encode()
    head += b" " * (-len(head) % _ALIGNED)
    return gzip.compress(struct.pack("<I", len(head)) + head + bytes(payload.data), compresslevel=9, mtime=0)


def _packed_graph(
    graph: Graph, weights: Mapping[str, Array], payload: _Payload, small: Collection[str], folder: Path
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
        tensors.append(_packed_tensor(tensor, values, payload, small=tensor.source in small))
    return {"name": graph.name, "at": payload.add(graph.model), "bytes": len(graph.model), "tensors": tensors}


def _packed_tensor(tensor: Tensor, values: Array, payload: _Payload, *, small: bool) -> dict[str, Any]:
    import numpy as np

    described: dict[str, Any] = {"elements": values.size}
    if small and values.ndim > 1:
        numbers, scales = quantised(values)
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


def quantised(values: Array) -> tuple[NDArray[np.int8], Array]:
    """Weights rounded to a byte each, the first axis being the output channels.

    Returns:
        The numbers, of the same shape, and a scale a channel, (channels,): their product is near `values`.
    """
    import numpy as np

    rows = values.reshape(len(values), -1)
    largest = np.abs(rows).max(axis=1)
    scales = np.where(largest > 0, largest / 127, 1).astype(np.float32)
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
