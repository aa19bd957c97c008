"""The U-Net's cross-attention as outputs of its graph: where each token was read.

As `runners.instruct_pix2pix.attention_maps` captures it: attention of every place to every token, averaged over heads
and summed over the layers of a level. Here it is part of the module, so that the exported graph hands it out; the
numbers are those that attention computes anyway.
"""

from __future__ import annotations

from typing import Any

PREFIX = "attention"
"""The outputs are named `attention_HxW`, by the size of their level in places."""


class CapturingUnet:
    """Makes a U-Net of diffusers hand out its cross-attention.

    Args:
        unet: `UNet2DConditionModel`; its cross-attention processors are replaced.
        size: height and width of the latents.
    """

    def __init__(self, unet: Any, size: tuple[int, int]) -> None:
        self._sums: dict[int, Any] = {}
        self._size = size
        replaced = {
            name: _Summing(self._sums) if "attn2" in name else processor
            for name, processor in unet.attn_processors.items()
        }
        unet.set_attn_processor(replaced)
        self._unet = unet

    def __call__(self, latents: Any, timestep: Any, text: Any) -> tuple[Any, ...]:
        """The prediction, then attention (1, places, tokens) of each level, the finest first."""
        self._sums.clear()
        predicted = self._unet(latents, timestep, encoder_hidden_states=text, return_dict=False)[0]
        return predicted, *(self._sums[places] for places in sorted(self._sums, reverse=True))

    def names(self) -> tuple[str, ...]:
        """Names of the attention outputs of the last call, in their order.

        Raises:
            ValueError: a level of the U-Net is no halving of the latents.
        """
        from seamline.runners.instruct_pix2pix.attention_maps import _level_size

        sizes = (_level_size(self._size, places) for places in sorted(self._sums, reverse=True))
        return tuple(f"{PREFIX}_{height}x{width}" for height, width in sizes)


class _Summing:
    """Attention as diffusers' `AttnProcessor` computes it, for a batch of one; its weights are added to a sum."""

    def __init__(self, sums: dict[int, Any]) -> None:
        self._sums = sums

    def __call__(self, attn: Any, hidden_states: Any, encoder_hidden_states: Any, *_: Any, **__: Any) -> Any:
        query = attn.head_to_batch_dim(attn.to_q(hidden_states))
        key = attn.head_to_batch_dim(attn.to_k(encoder_hidden_states))
        value = attn.head_to_batch_dim(attn.to_v(encoder_hidden_states))
        weights = (attn.scale * (query @ key.transpose(1, 2))).softmax(-1)
        places, mean = weights.shape[1], weights.mean(0, keepdim=True)
        self._sums[places] = self._sums[places] + mean if places in self._sums else mean
        return attn.to_out[1](attn.to_out[0](attn.batch_to_head_dim(weights @ value)))
