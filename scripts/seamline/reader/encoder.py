"""The forward pass of BERT in numpy: word pieces -> one vector for each of them.

As Devlin et al. (*BERT*, 2019) describe it and `transformers.BertModel` computes it without dropout and without the
pooler; a test compares the two. With numpy alone, drafts can be read where there is no torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_EPSILON = 1e-12
"""Added to variances, as in BERT."""


class Encoder:
    """A BERT without head.

    Attributes:
        longest: how many word pieces it can read at once.
    """

    def __init__(self, tensors: Mapping[str, Floats], heads: int) -> None:
        """Take the weights under the names that `BertModel.state_dict()` gives them.

        Args:
            heads: attention heads of a layer; the width is a multiple of it.

        Raises:
            KeyError: a tensor is missing.
        """
        self._tensors, self._heads = tensors, heads
        self._words = tensors["embeddings.word_embeddings.weight"]
        self._places = tensors["embeddings.position_embeddings.weight"]
        self._kind = tensors["embeddings.token_type_embeddings.weight"][0]
        self._layers = sum(name.endswith("attention.self.query.weight") for name in tensors)
        self.longest = len(self._places)

    def __call__(self, numbers: Sequence[int]) -> Floats:
        """Vectors of word pieces, [pieces, width]; pieces beyond `longest` are not read."""
        read = list(numbers)[: self.longest]
        states = self._words[read] + self._places[: len(read)] + self._kind
        states = self._normalized(states, "embeddings.LayerNorm")
        for layer in range(self._layers):
            name = f"encoder.layer.{layer}"
            attended = self._linear(self._attention(states, name), f"{name}.attention.output.dense")
            states = self._normalized(states + attended, f"{name}.attention.output.LayerNorm")
            inner = _gelu(self._linear(states, f"{name}.intermediate.dense"))
            states = self._normalized(states + self._linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")
        return states

    def _attention(self, states: Floats, name: str) -> Floats:
        query, key, value = (
            self._apart(self._linear(states, f"{name}.attention.self.{part}")) for part in ("query", "key", "value")
        )
        closeness = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(query.shape[-1]))
        weights = np.exp(closeness - closeness.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        mixed: Floats = (weights @ value).transpose(1, 0, 2).reshape(states.shape)
        return mixed

    def _apart(self, states: Floats) -> Floats:
        """[pieces, width] -> [heads, pieces, width of a head]."""
        return states.reshape(len(states), self._heads, -1).transpose(1, 0, 2)

    def _linear(self, states: Floats, name: str) -> Floats:
        product: Floats = states @ self._tensors[f"{name}.weight"].T + self._tensors[f"{name}.bias"]
        return product

    def _normalized(self, states: Floats, name: str) -> Floats:
        centred = states - states.mean(axis=-1, keepdims=True)
        variance = np.square(centred).mean(axis=-1, keepdims=True)
        scaled: Floats = centred / np.sqrt(variance + np.float32(_EPSILON))
        return scaled * self._tensors[f"{name}.weight"] + self._tensors[f"{name}.bias"]


def _gelu(values: Floats) -> Floats:
    """`x · Φ(x)`, after Hendrycks and Gimpel, *Gaussian Error Linear Units*, 2016."""
    return values * (np.float32(0.5) * (1 + _erf(values / np.float32(np.sqrt(2)))))


def _erf(values: Floats) -> Floats:
    """The error function to 1.5e-7, by formula 7.1.26 of Abramowitz and Stegun: numpy has none."""
    size = np.abs(values)
    turn = 1 / (1 + np.float32(0.3275911) * size)
    polynomial: Any = np.float32(0)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        polynomial = (polynomial + np.float32(factor)) * turn
    found: Floats = np.sign(values) * (1 - polynomial * np.exp(-size * size))
    return found
