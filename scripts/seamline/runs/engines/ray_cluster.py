"""A pool of Ray actors as an engine: on this machine's devices, or on a cluster's.

Each actor loads weights on one GPU, or on one core where there are none. An actor
that dies is replaced, and the work it held is done again by another.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from seamline.errors import EngineError
from seamline.runners.base import Value
from seamline.runs.engines.base import Facts, Loading, Result
from seamline.runs.engines.local import LocalEngine, best_device
from seamline.runs.engines.ray_session import RaySession

_TRIES = 3
_REQUESTS_A_TASK = {"GPU": 32, "CPU": 4}


class RayEngine:
    """An actor pool.

    Args:
        dtype: number format; chosen by weights and device when None.
        address: of the cluster, `auto` for the one this machine belongs to; a new one on this machine when None.
        workers: how many actors; one per GPU of the cluster, or per core where there are no GPUs, when None.

    Raises:
        EngineError: Ray is not installed, or the cluster cannot be reached.
    """

    def __init__(self, *, dtype: str | None = None, address: str | None = None, workers: int | None = None) -> None:
        self._session = RaySession(address)
        ray = self._ray = self._session.ray
        self._unit = "GPU" if self._session.count("GPU") else "CPU"
        count = workers or max(1, self._session.count(self._unit))
        self._actor = ray.remote(_Worker).options(num_gpus=int(self._unit == "GPU"), num_cpus=1)
        self._arguments = (dtype,)
        self._actors: deque[Any] = deque(self._actor.remote(*self._arguments) for _ in range(count))

    def facts(self, loading: Loading, size: tuple[int, int]) -> Facts:
        facts: Facts = self._ray.get(self._actors[0].facts.remote(_everywhere(loading), size))
        return replace(facts, versions={**facts.versions, "ray": self._ray.__version__})

    def run(self, loading: Loading, values: Mapping[str, Value], requests: Sequence[Any]) -> Iterator[Result]:
        ray, step = self._ray, _REQUESTS_A_TASK[self._unit]
        loading = _everywhere(loading)
        waiting = deque(range(place, min(place + step, len(requests))) for place in range(0, len(requests), step))
        tries = dict.fromkeys(waiting, 0)
        shared = ray.put(dict(values))
        idle: deque[Any] = deque(self._actors)
        busy: dict[Any, tuple[range, Any]] = {}
        while waiting or busy:
            while waiting and idle:
                chunk, actor = waiting.popleft(), idle.popleft()
                task = actor.run.remote(loading, shared, [requests[index] for index in chunk])
                busy[task] = (chunk, actor)
            done = ray.wait(list(busy), num_returns=1)[0][0]
            chunk, actor = busy.pop(done)
            try:
                results = ray.get(done)
            except ray.exceptions.RayActorError as error:
                tries[chunk] += 1
                if tries[chunk] == _TRIES:
                    raise EngineError(f"{_TRIES} workers died over the same work: {error}", where="ray") from error
                waiting.append(chunk)
                self._actors.remove(actor)
                actor = self._actor.remote(*self._arguments)
                self._actors.append(actor)
                idle.append(actor)
                continue
            idle.append(actor)
            yield from (replace(result, index=chunk[result.index]) for result in results)

    def close(self) -> None:
        """Dismiss the actors, and the cluster if this engine started it."""
        for actor in self._actors:
            self._ray.kill(actor)
        self._session.close()


def _everywhere(loading: Loading) -> Loading:
    """The same weights, by a path that means the same in an actor's working directory."""
    return replace(loading, folder=loading.folder.resolve())


class _Worker:
    """What runs on the cluster: a local engine, with each weights loaded once."""

    def __init__(self, dtype: str | None) -> None:
        import torch

        if not torch.cuda.is_available():
            torch.set_num_threads(1)
        self._engine = LocalEngine(device=best_device(), dtype=dtype)

    def facts(self, loading: Loading, size: tuple[int, int]) -> Facts:
        return self._engine.facts(loading, size)

    def run(self, loading: Loading, values: Mapping[str, Value], requests: Sequence[Any]) -> list[Result]:
        return list(self._engine.run(loading, values, requests))
