"""A training step recorded once as a CUDA graph, and replayed for every batch.

A step of this small network is some five thousand kernels of a few microseconds: launching them one by one takes
several times longer than computing them. A graph launches them all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any

import torch
from torch import Tensor

from tools.training.data import Batch

_WARM_UP = 3
"""Steps taken without a graph, in which kernels are chosen and the optimiser's state is made."""


class GraphedStep:
    """Loss, gradients, clipping and the optimiser's update of one batch, as one call.

    All batches have the shapes of the first. Whatever changes from step to step, learning rates included, has to be a
    tensor that is changed in place.

    Args:
        loss_of: the loss of a batch, a scalar; draws random numbers from the given generator only.
        weights: what learns; those that the loss does not reach keep their values.
        update: applies the gradients that the weights hold.
        device: of CUDA.
        recorded: whether to record a graph; otherwise each call computes step by step, as on a CPU.
    """

    def __init__(
        self,
        loss_of: Callable[[Batch, torch.Generator], Tensor],
        weights: Sequence[Tensor],
        update: Callable[[], None],
        device: str,
        *,
        recorded: bool = True,
    ) -> None:
        self._loss_of, self._weights, self._update, self._recorded = loss_of, list(weights), update, recorded
        # A graph replays the default generator's numbers from where it stands.
        self._generator = (
            torch.cuda.default_generators[torch.cuda.current_device()] if recorded else torch.Generator(device)
        )
        self._graph: Any = None
        self._batch: Batch | None = None
        self._loss = torch.zeros(())

    def seed(self, seed: int) -> None:
        """Seed time steps, noise and everything else that the loss draws."""
        self._generator.manual_seed(seed)

    def __call__(self, batch: Batch) -> Tensor:
        """Take a step; the loss is overwritten by the next one."""
        if not self._recorded:
            return self._compute(batch)
        if self._batch is None:
            kept: dict[str, Any] = {name: tensor.clone() for name, tensor in _tensors(batch).items()}
            self._batch = replace(batch, **kept)
            self._record()
        into = _tensors(self._batch)
        for name, tensor in _tensors(batch).items():
            into[name].copy_(tensor)
        self._graph.replay()
        return self._loss

    def _record(self) -> None:
        assert self._batch is not None
        beside = torch.cuda.Stream()
        beside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(beside):
            for _ in range(_WARM_UP):
                self._compute(self._batch)
        torch.cuda.current_stream().wait_stream(beside)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._loss = self._compute(self._batch)

    def _compute(self, batch: Batch) -> Tensor:
        with torch.enable_grad():
            loss = self._loss_of(batch, self._generator)
        gradients = torch.autograd.grad(loss, self._weights, allow_unused=True)
        for weights, gradient in zip(self._weights, gradients, strict=True):
            # Fused optimisers ask for gradients that lie in memory as their weights do.
            weights.grad = None if gradient is None else gradient.contiguous()
        torch.nn.utils.clip_grad_norm_(self._weights, 1.0)
        self._update()
        return loss.detach()


def _tensors(batch: Batch) -> dict[str, Tensor]:
    values = {field.name: getattr(batch, field.name) for field in fields(batch)}
    return {name: value for name, value in values.items() if isinstance(value, Tensor)}
