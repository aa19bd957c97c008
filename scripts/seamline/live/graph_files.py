"""The exported graphs on disk: `graphs/` in the folder of their weights, with a sealed record of what they are of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from seamline.errors import RecordError
from seamline.files import write_if_changed
from seamline.seals import read_sealed, sealed

FOLDER, RECORD = "graphs", "graphs.json"
REMEDY = "export it again: seamline live"


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor of a graph that lies with the weights.

    Attributes:
        source: its name in the safetensors of its part.
        shape: as the graph wants it.
        transposed: whether that is the transpose of what the weights hold.
    """

    source: str
    shape: tuple[int, ...]
    transposed: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """An ONNX graph without its large tensors.

    Attributes:
        weights: sub-folder whose safetensors hold those.
        model: an ONNX `ModelProto`, whose external tensors follow one another as float32 in the order of `tensors`.
        difference: largest difference from the torch module, on random inputs of unit size.
    """

    name: str
    weights: str
    model: bytes = field(repr=False)
    tensors: tuple[Tensor, ...]
    difference: float


@dataclass(frozen=True)
class Exported:
    """What was exported of one folder of weights.

    Attributes:
        of: sha256 of the weights' safetensors, by path in their folder.
        size: width and height, in pixels, of the pictures that the graphs work at.
        latents: channels, height and width of a picture's latents; None where there are none.
        schedules: the sampler's steps by their number: for each the time step, and the share of the signal's
            variance that is left there and at the step that follows; empty of a network that samples nothing.
    """

    of: Mapping[str, str]
    size: tuple[int, int]
    graphs: tuple[Graph, ...]
    latents: tuple[int, int, int] | None = None
    schedules: Mapping[int, Sequence[tuple[int, float, float]]] = field(default_factory=dict)


def write(weights: Path, exported: Exported) -> None:
    """Write the graphs of the weights in the folder `weights`.

    Raises:
        FilesError: the file system refused.
    """
    folder = weights / FOLDER
    graphs = []
    for graph in exported.graphs:
        write_if_changed(folder / f"{graph.name}.onnx", graph.model)
        described = {**asdict(graph), "sha256": hashlib.sha256(graph.model).hexdigest()}
        described.pop("model")
        graphs.append(described)
    record = {
        "of": dict(exported.of),
        "size": exported.size,
        "latents": exported.latents,
        "schedules": {str(count): steps for count, steps in exported.schedules.items()},
        "graphs": graphs,
    }
    write_if_changed(folder / RECORD, sealed(json.dumps(record, indent=1, sort_keys=True) + "\n"))


def read(weights: Path) -> Exported | None:
    """What was exported of the weights in a folder; None if nothing was.

    Raises:
        RecordError: the record or a graph was torn or altered.
    """
    folder = weights / FOLDER
    raw = read_sealed(folder / RECORD, REMEDY)
    if raw is None:
        return None
    record = json.loads(raw)
    graphs = tuple(_read_graph(folder, entry) for entry in record["graphs"])
    schedules = {int(count): [(int(t), a, b) for t, a, b in steps] for count, steps in record["schedules"].items()}
    width, height = record["size"]
    latents = tuple(record["latents"]) if record["latents"] else None
    return Exported(record["of"], (width, height), graphs, latents, schedules)


def _read_graph(folder: Path, entry: Mapping[str, Any]) -> Graph:
    path = folder / f"{entry['name']}.onnx"
    try:
        model = path.read_bytes()
    except OSError as error:
        raise RecordError(f"cannot be read: {error.strerror}", where=str(path), hint=REMEDY) from error
    if hashlib.sha256(model).hexdigest() != entry["sha256"]:
        raise RecordError("is not the graph that was exported", where=str(path), hint=REMEDY)
    tensors = tuple(Tensor(one["source"], tuple(one["shape"]), one["transposed"]) for one in entry["tensors"])
    return Graph(entry["name"], entry["weights"], model, tensors, entry["difference"])
