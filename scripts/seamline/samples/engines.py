"""What draws cells: one small protocol, and the machine at hand as its plainest form.

An engine takes any number of cells of one schedule and one picture size and gives each
cell's result as it is ready, or the error that befell it: what breaks one cell never
loses another. `cluster.RayEngine` is the other engine.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from seamline.errors import EngineError, RunError
from seamline.files import write_if_changed
from seamline.samples.cells import Cell, DrawnCell, Picture, Schedule
from seamline.samples.opening import load_pipeline

_FIRST_BATCH = {"cuda": 64, "mps": 8, "cpu": 8}
_CELLS_A_CORE = 4
_LIBRARIES = ("torch", "diffusers", "transformers")


@dataclass(frozen=True)
class Result:
    """What became of the cell at `index`: a drawing or an error. `seconds` is its share of its batch."""

    index: int
    drawn: DrawnCell | None
    error: RunError | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Facts:
    """Where and with what an engine draws.

    Attributes:
        shapes: shapes, without the batch, of `latents`, `text` and `unet_input` for a picture size.
    """

    device: str
    dtype: str
    versions: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


class Engine(Protocol):
    """Draws cells."""

    def facts(self, size: tuple[int, int]) -> Facts:
        """Where and with what pictures of `size` (width, height) are drawn."""
        ...

    def draw(self, pictures: Mapping[str, Picture], cells: Sequence[Cell], schedule: Schedule) -> Iterator[Result]:
        """Each cell's result, once, in any order. All pictures are of one size.

        Raises:
            EngineError: the engine itself cannot go on.
        """
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class LocalEngine:
    """This machine: CUDA, else Apple's MPS, else the CPU.

    The number of cells in a batch is halved when memory runs out, and the number that
    fitted is remembered for the device, weights and size.

    Args:
        folder: pipeline folder of the weights.
        device: torch device; chosen by what there is when not given.
        dtype: number format, float32 when not given.
        memory: file that remembers batch sizes.
    """

    def __init__(
        self, folder: Path, *, device: str | None = None, dtype: str | None = None, memory: Path | None = None
    ) -> None:
        self.device = device or best_device()
        self.dtype = dtype or "float32"
        self._pipe = load_pipeline(folder, self.device, self.dtype)
        if self.device.startswith("cpu"):
            from seamline.samples.rewrites import rewrite

            rewrite(self._pipe.unet)
            rewrite(self._pipe.vae)
        self._memory = memory
        self._name = f"{folder.name}:{device_name(self.device)}:{self.dtype}"

    def facts(self, size: tuple[int, int]) -> Facts:
        from importlib.metadata import version

        pipe = self._pipe
        width, height = (side // pipe.vae_scale_factor for side in size)
        text = pipe.text_encoder.config
        return Facts(
            device=device_name(self.device),
            dtype=self.dtype,
            versions={library: version(library) for library in _LIBRARIES},
            shapes={
                "latents": (pipe.vae.config.latent_channels, height, width),
                "text": (pipe.tokenizer.model_max_length, text.hidden_size),
                "unet_input": (pipe.unet.config.in_channels, height, width),
            },
        )

    def draw(self, pictures: Mapping[str, Picture], cells: Sequence[Cell], schedule: Schedule) -> Iterator[Result]:
        if not cells:
            return
        height, width = pictures[cells[0].picture].shape[:2]
        size = self._remembered(f"{width}x{height}")
        place = 0
        while place < len(cells):
            chunk = range(place, min(place + size, len(cells)))
            try:
                results = self._try(pictures, cells, schedule, chunk)
            except MemoryError:
                size = len(chunk) // 2
                if size == 0:
                    raise EngineError(
                        "memory does not suffice for a single edit",
                        where=device_name(self.device),
                        hint="smaller pictures",
                    ) from None
                self._remember(f"{width}x{height}", size)
                continue
            yield from results
            place = chunk.stop

    def close(self) -> None:
        """Let go of the weights."""
        self._pipe = None

    def _try(
        self, pictures: Mapping[str, Picture], cells: Sequence[Cell], schedule: Schedule, chunk: range
    ) -> list[Result]:
        """A chunk's results. One that fails is halved until the cell at fault stands alone."""
        from seamline.samples.loop import denoise

        start = time.perf_counter()
        try:
            drawn = denoise(self._pipe, pictures, [cells[index] for index in chunk], schedule)
        except (RuntimeError, ValueError, NotImplementedError, RunError) as error:
            if out_of_memory(error):
                raise MemoryError from error
            if len(chunk) == 1:
                told = error if isinstance(error, RunError) else RunError(f"{type(error).__name__}: {error}")
                return [Result(chunk[0], None, told)]
            half = len(chunk) // 2
            return [
                *self._try(pictures, cells, schedule, chunk[:half]),
                *self._try(pictures, cells, schedule, chunk[half:]),
            ]
        share = (time.perf_counter() - start) / len(chunk)
        return [Result(index, cell, None, share) for index, cell in zip(chunk, drawn, strict=True)]

    def _remembered(self, size: str) -> int:
        known = _read_json(self._memory).get(f"{self._name}:{size}")
        return known if isinstance(known, int) and known > 0 else _first_batch(self.device)

    def _remember(self, size: str, cells: int) -> None:
        if self._memory is not None:
            write_if_changed(self._memory, json.dumps({**_read_json(self._memory), f"{self._name}:{size}": cells}))


def _first_batch(device: str) -> int:
    """How many cells to try at once where nothing is remembered; a CPU's cores all have rows to predict."""
    import torch

    kind = device.partition(":")[0]
    cores = torch.get_num_threads() if kind == "cpu" else 0
    return max(_FIRST_BATCH[kind], _CELLS_A_CORE * cores)


def best_device() -> str:
    """`cuda`, else `mps`, else `cpu`."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def best_dtype(weights: str, device: str) -> str:
    """float16 for the hub's weights on CUDA; else float32, in which runs of different machines agree best.

    bfloat16 on a CPU without instructions for it is slower than float32, so no CPU gets it by default.
    """
    return "float16" if weights == "hub" and device.startswith("cuda") else "float32"


def device_name(device: str) -> str:
    """What a record calls a device: the GPU's product name, or the processor's architecture."""
    import platform

    import torch

    if device.startswith("cuda"):
        return str(torch.cuda.get_device_name(device))
    return f"{device} ({platform.machine()})"


def out_of_memory(error: BaseException) -> bool:
    """Whether an error means that memory ran out, on any of torch's devices."""
    import torch

    if isinstance(error, torch.cuda.OutOfMemoryError):
        torch.cuda.empty_cache()
        return True
    return isinstance(error, RuntimeError) and any(
        sign in str(error)
        for sign in ("out of memory", "DefaultCPUAllocator: can't allocate memory", "not enough memory")
    )


def _read_json(path: Path | None) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8")) if path else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
