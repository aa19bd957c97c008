"""Where each word of an instruction was read: cross-attention, captured while the U-Net predicts.

For a request that asks, the attention of every position of the latent to every token is averaged
over heads, over all cross-attention layers (resized to the latent) and over all
steps, as DAAM does (Tang et al. 2023, arXiv 2210.04885, section 3); tokens are summed
to words. Each map is divided by its own largest value: maps say where, not how much.

It is computed in addition to the ordinary attention, by wrapping the diffusers processors, so
it works for any U-Net of diffusers and changes no pixel.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch.nn.functional as F
from torch import Tensor

from seamline.runners.instruct_pix2pix.edit_request import EditRequest, words_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class AttentionMaps:
    """Sums up attention for the requests that ask for it.

    Args:
        size: height and width of the latents.

    Attributes:
        rows: per request, the row of the batch that predicts with its instruction and image.
    """

    def __init__(self, pipe: Any, requests: Sequence[EditRequest], size: Sequence[int]) -> None:
        self._size = int(size[0]), int(size[1])
        self._tokens = {
            place: _tokens_of_words(pipe, request.instruction)
            for place, request in enumerate(requests)
            if request.attention
        }
        self._sums: dict[int, Tensor] = {}
        self.rows: list[int] = []
        self._here = threading.local()

    @contextmanager
    def capturing(self, unet: Any) -> Iterator[None]:
        """Capture the cross-attention of `unet` meanwhile, if any request asks; its processors come back afterwards."""
        if not self._tokens:
            yield
            return
        before = dict(unet.attn_processors)
        unet.set_attn_processor(
            {name: _Capturing(inner, self) if "attn2" in name else inner for name, inner in before.items()}
        )
        try:
            yield
        finally:
            unet.set_attn_processor(before)

    def at(self, part: slice) -> None:
        """Note which rows of the batch this thread's U-Net works on from now on."""
        self._here.part = part

    def add(self, attn: Any, hidden: Tensor, texts: Tensor) -> None:
        """Add one layer's attention: `hidden` (B,positions,C) or (B,C,h,w) to `texts` (B,tokens,D)."""
        if hidden.ndim == 4:
            hidden = hidden.flatten(2).transpose(1, 2)
        part: slice = self._here.part
        asking = [index for index in self._tokens if part.start <= self.rows[index] < part.stop]
        if not asking:
            return
        chosen = [self.rows[index] - part.start for index in asking]
        query = attn.head_to_batch_dim(attn.to_q(hidden[chosen]))
        key = attn.head_to_batch_dim(attn.to_k(texts[chosen]))
        weights = attn.get_attention_scores(query, key).float()
        weights = weights.unflatten(0, (len(chosen), -1)).mean(1).transpose(1, 2)
        height, width = _level_size(self._size, weights.shape[-1])
        maps = F.interpolate(weights.unflatten(2, (height, width)), self._size, mode="bilinear")
        for place, index in enumerate(asking):
            self._sums[index] = self._sums.get(index, 0) + maps[place]

    def of(self, index: int) -> tuple[tuple[str, NDArray[np.float32]], ...]:
        """A request's words in the instruction's order, each with its map, (h,w) in 0..1.

        A word that occurs twice has two maps: its second occurrence may look elsewhere than its first.
        """
        if index not in self._sums:
            return ()
        total = self._sums[index]
        summed = ((word, total[tokens].sum(0)) for word, tokens in self._tokens[index])
        return tuple((word, (one / one.max().clamp_min(1e-12)).cpu().numpy()) for word, one in summed)


class _Capturing:
    """A diffusers attention processor that hands what passes through it to `AttentionMaps`."""

    def __init__(self, inner: Any, maps: AttentionMaps) -> None:
        self._inner, self._maps = inner, maps

    def __call__(
        self, attn: Any, hidden_states: Tensor, encoder_hidden_states: Tensor | None = None, *args: Any, **kwargs: Any
    ) -> Tensor:
        if encoder_hidden_states is not None:
            self._maps.add(attn, hidden_states, encoder_hidden_states)
        result: Tensor = self._inner(attn, hidden_states, encoder_hidden_states, *args, **kwargs)
        return result


def _tokens_of_words(pipe: Any, instruction: str) -> list[tuple[str, list[int]]]:
    """For each word of the instruction, the places of its tokens among those that the text encoder reads."""
    encoded = pipe.tokenizer(
        instruction, truncation=True, max_length=pipe.tokenizer.model_max_length, return_offsets_mapping=True
    )
    offsets = encoded["offset_mapping"]
    found = []
    for word, start, end in words_of(instruction):
        tokens = [place for place, (left, right) in enumerate(offsets) if left < end and right > start and right > left]
        if tokens:
            found.append((word, tokens))
    return found


def _level_size(size: tuple[int, int], positions: int) -> tuple[int, int]:
    """Height and width of the U-Net level that has so many positions; each level halves, rounding up."""
    height, width = size
    while height * width > positions:
        height, width = -(-height // 2), -(-width // 2)
    if height * width != positions:
        raise ValueError(f"no level of a {size[0]} x {size[1]} U-Net has {positions} positions")
    return height, width
