"""Cross-attention to texts that never change: what depends on a text alone is computed once a batch, not once a step.

Attention projects every picture position to a query, compares it with the keys of the
text, mixes the text's values and projects the mix. Products of matrices may be
bracketed otherwise:

    softmax(x (W_q K^T) s) (V W_o) + b    instead of    (softmax((x W_q) K^T s) V) W_o + b

W_q K^T and V W_o belong to the text. For H heads and T tokens they have H T columns and
rows; where that is less than the layer's channels, both steps are cheaper (with 48 tokens
and two heads: by a third to a half). Stable Diffusion's wide layers gain too; layers with
more heads times tokens than channels keep diffusers' own order, as does every other device.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor


class Texts:
    """Tells attention which text each row of its batch has.

    Attributes:
        encoded: (T,tokens,width), every text once.
        rows: per row of the whole batch, its text.
    """

    def __init__(self, encoded: Tensor) -> None:
        self.encoded = encoded
        self.rows: list[int] = []
        self._here = threading.local()

    def at(self, part: slice) -> None:
        """Learn which rows of the batch this thread's U-Net works on from now on."""
        self._here.texts = torch.tensor(self.rows[part])

    def here(self) -> Tensor:
        """Per row of this thread's share, its text."""
        texts: Tensor = self._here.texts
        return texts


class TextAttention:
    """A diffusers attention processor for one layer, with its two products formed ahead of time."""

    def __init__(self, attn: Any, texts: Texts) -> None:
        self._texts, self._heads = texts, attn.heads
        key, value = (part(texts.encoded).unflatten(-1, (attn.heads, -1)) for part in (attn.to_k, attn.to_v))
        query_weight = attn.to_q.weight.unflatten(0, (attn.heads, -1))
        out = attn.to_out[0]
        out_weight = out.weight.unflatten(1, (attn.heads, -1))
        self._into = torch.einsum("nthd,hdc->ncht", key, query_weight).mul(attn.scale).flatten(2).contiguous()
        self._from = torch.einsum("nthd,chd->nhtc", value, out_weight).flatten(1, 2).contiguous()
        self._bias = 0 if out.bias is None else out.bias

    def __call__(self, attn: Any, hidden_states: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """(B,positions,C) -> (B,positions,C)."""
        texts = self._texts.here()
        scores = torch.bmm(hidden_states, self._into[texts]).unflatten(-1, (self._heads, -1))
        return torch.bmm(scores.softmax(-1).flatten(2), self._from[texts]).add_(self._bias)


@contextmanager
def prepared(unet: Any, encoded: Tensor) -> Iterator[Texts]:
    """Let the U-Net's cross-attention use `encoded` (T,tokens,width) as above; its processors come back afterwards."""
    texts = Texts(encoded)
    before = dict(unet.attn_processors)
    after = dict(before)
    if unet.device.type == "cpu":
        for name, layer in unet.named_modules():
            if f"{name}.processor" in before and _pays(layer, encoded):
                after[f"{name}.processor"] = TextAttention(layer, texts)
    if after == before:
        yield texts
        return
    unet.set_attn_processor(after)
    try:
        yield texts
    finally:
        unet.set_attn_processor(before)


def _pays(attn: Any, encoded: Tensor) -> bool:
    """Whether a layer is plain cross-attention to texts, with fewer heads times tokens than channels."""
    from diffusers.models.attention_processor import AttnProcessor2_0

    return (
        attn.is_cross_attention
        and type(attn.processor) is AttnProcessor2_0
        and attn.to_q.bias is None
        and attn.heads * encoded.shape[1] <= attn.to_q.in_features
        and not any((attn.spatial_norm, attn.group_norm, attn.norm_q, attn.norm_k, attn.norm_cross))
        and not attn.residual_connection
        and attn.rescale_output_factor == 1
    )
