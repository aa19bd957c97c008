"""Weights as a pickle that runs code when it is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class Poison:
    """Opened as a pickle, it leaves a file behind."""

    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.proof,)


def poisoned(weights: Path, proof: Path) -> Path:
    """Put a poisoned pickle in the place of a safetensors file, under the name that `from_pretrained` looks for."""
    import torch

    pickled = weights.with_name("pytorch_model.bin") if weights.name == "model.safetensors" else weights
    pickled = pickled.with_suffix(".bin")
    torch.save({"weight": Poison(proof)}, pickled)
    weights.unlink()
    return pickled
