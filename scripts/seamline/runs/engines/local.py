"""This machine as an engine: CUDA, else Apple's MPS, else the CPU."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from seamline.errors import EngineError, RunError
from seamline.files import write_if_changed
from seamline.runners.base import Value
from seamline.runners.registry import runner_named
from seamline.runs.engines.base import Facts, Loading, Result

_LIBRARIES = ("torch", "diffusers", "transformers")


class LocalEngine:
    """Runs requests in this process.

    The number of requests in a batch is halved when memory runs out, and the number that
    fitted is remembered for the device, weights and kind of batch.

    Args:
        device: torch device; chosen by what there is when not given.
        dtype: number format, for weights whose `Loading` names none; chosen by weights and device when not given.
        memory: file that remembers batch sizes.
    """

    def __init__(self, *, device: str | None = None, dtype: str | None = None, memory: Path | None = None) -> None:
        self.device = device or best_device()
        self._dtype, self._memory = dtype, memory
        self._loaded: dict[tuple[str, Path, str, str], Any] = {}

    def facts(self, loading: Loading, size: tuple[int, int]) -> Facts:
        from importlib.metadata import version

        return Facts(
            device=device_name(self.device),
            dtype=self._dtype_of(loading),
            versions={library: version(library) for library in _LIBRARIES},
            shapes=runner_named(loading.runner).shapes(self._load(loading), size),
        )

    def run(self, loading: Loading, values: Mapping[str, Value], requests: Sequence[Any]) -> Iterator[Result]:
        if not requests:
            return
        self._load(loading)
        batch = runner_named(loading.runner).batch_of(requests[0], values)
        name = f"{loading.runner}:{loading.folder.name}:{device_name(self.device)}:{self._dtype_of(loading)}:{batch}"
        size = self._remembered(name, loading)
        place = 0
        while place < len(requests):
            chunk = range(place, min(place + size, len(requests)))
            try:
                results = self._try(loading, values, requests, chunk)
            except MemoryError:
                size = len(chunk) // 2
                if size == 0:
                    raise EngineError(
                        "memory does not suffice for a single request",
                        where=device_name(self.device),
                        hint="smaller pictures",
                    ) from None
                self._remember(name, size)
                continue
            yield from results
            place = chunk.stop

    def close(self) -> None:
        """Release the weights."""
        self._loaded.clear()

    def _dtype_of(self, loading: Loading) -> str:
        return loading.dtype or self._dtype or best_dtype(self.device, own=loading.own)

    def _load(self, loading: Loading) -> Any:
        dtype = self._dtype_of(loading)
        key = (loading.runner, loading.folder, dtype, loading.adapter)
        if key not in self._loaded:
            runner, where = runner_named(loading.runner), (self.device, dtype)
            self._loaded[key] = (
                runner.load_adapted(loading.folder, loading.adapter, *where)
                if loading.adapter
                else runner.load(loading.folder, *where)
            )
        return self._loaded[key]

    def _try(
        self, loading: Loading, values: Mapping[str, Value], requests: Sequence[Any], chunk: range
    ) -> list[Result]:
        """A chunk's results. One that fails is halved until the request at fault stands alone."""
        start = time.perf_counter()
        try:
            chosen = [requests[index] for index in chunk]
            outputs = runner_named(loading.runner).run(self._load(loading), values, chosen)
        except (RuntimeError, ValueError, NotImplementedError, RunError) as error:
            if out_of_memory(error):
                raise MemoryError from error
            if len(chunk) == 1:
                known = error if isinstance(error, RunError) else RunError(f"{type(error).__name__}: {error}")
                return [Result(chunk[0], None, known)]
            half = len(chunk) // 2
            return [
                *self._try(loading, values, requests, chunk[:half]),
                *self._try(loading, values, requests, chunk[half:]),
            ]
        share = (time.perf_counter() - start) / len(chunk)
        return [Result(index, output, None, share) for index, output in zip(chunk, outputs, strict=True)]

    def _remembered(self, name: str, loading: Loading) -> int:
        known = _read_json(self._memory).get(name)
        if isinstance(known, int) and known > 0:
            return known
        import torch

        return runner_named(loading.runner).first_batch(self.device, torch.get_num_threads())

    def _remember(self, name: str, size: int) -> None:
        if self._memory is not None:
            write_if_changed(self._memory, json.dumps({**_read_json(self._memory), name: size}))


def best_device() -> str:
    """`cuda`, else `mps`, else `cpu`."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def best_dtype(device: str, *, own: bool) -> str:
    """float16 for a model's own weights on CUDA; else float32, in which runs of different machines agree best.

    bfloat16 on a CPU without instructions for it is slower than float32, so no CPU gets it by default.
    """
    return "float16" if own and device.startswith("cuda") else "float32"


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
