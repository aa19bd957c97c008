"""Random weights."""

from __future__ import annotations

from typing import Any


def randomized(model: Any, spread: float) -> Any:
    """A model whose weights differ enough for its outputs to depend on its inputs."""
    import torch

    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0, spread, generator=generator)
    return model.eval()
