"""One optimiser for training: Muon for the U-Net's inner matrices, AdamW for everything else.

Muon (Jordan et al., 2024, https://kellerjordan.github.io/posts/muon/) replaces each matrix's
momentum by the nearest orthogonal matrix, so that every direction learns at the same rate.
It is meant for hidden layers: those connected to latents, text or time stay with AdamW, and so do
the layers through which the untrained network copies its input (see `unet.start_as_copy`).
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any

import torch
from torch import Tensor, nn

from tools.training.config import UNetPlan
from tools.training.unet import UNet

_EDGES = ("conv_in.", "conv_out.", "time_embedding.", "add_embedding.", "encoder_hid_proj.")


class Optimiser:
    """AdamW and Muon behind one `step`.

    Args:
        unet: its inner matrices and convolutions go to Muon.
        text_encoder: learns at `plan.text_rate` of the rate.
        auxiliary_heads: learn at AdamW's full rate.
        recordable: whether steps are taken by `set_rate` and `update`, with rates in tensors, and not by `step`.
        threads: the matrices are shared among as many Muons, which are stepped in parallel.
    """

    def __init__(
        self,
        unet: UNet,
        text_encoder: nn.Module,
        auxiliary_heads: nn.Module,
        plan: UNetPlan,
        threads: int = 1,
        *,
        recordable: bool = False,
    ) -> None:
        named = unet.named_parameters() if plan.muon_share else ()
        inner = [weights for name, weights in named if _is_inner(name, weights, unet)]
        chosen = {id(weights) for weights in inner}
        edge = [weights for weights in unet.parameters() if id(weights) not in chosen]
        shares = ((edge, 1.0), (text_encoder.parameters(), plan.text_rate), (auxiliary_heads.parameters(), 1.0))
        self._full_rate = plan.rate
        groups = [
            {"params": list(weights), "share": share, "lr": _rate_of(share * plan.rate, unet.device, recordable)}
            for weights, share in shares
        ]
        self._adam = torch.optim.AdamW(
            groups,
            lr=plan.rate,
            betas=(0.9, 0.99),
            weight_decay=0.01,
            fused=True,
            capturable=unet.device.type == "cuda",
        )
        # Muon takes matrices: a convolution is one from its inputs' neighbourhoods to its outputs.
        self._inner = inner
        self._flat = [nn.Parameter(weights.detach().view(len(weights), -1)) for weights in inner]
        self._old = [weights.detach().clone() for weights in self._flat] if recordable else []
        self._muon_share_of_rate = torch.ones((), device=unet.device)
        order = sorted(range(len(inner)), key=lambda at: -inner[at].numel())
        self._muons = [
            torch.optim.Muon(
                [{"params": [self._flat[at] for at in order[thread::threads]], "share": plan.muon_share}],
                lr=plan.rate,
                weight_decay=0.01,
                adjust_lr_fn="match_rms_adamw",
            )
            for thread in range(min(threads, len(inner)))
        ]

    def step(self, rate: float, pool: Executor) -> None:
        """Take one step at `rate`, from the gradients the weights hold."""
        self._hand_gradients_to_muon()
        every = (self._adam, *self._muons)
        for optimiser in every:
            for group in optimiser.param_groups:
                group["lr"] = group["share"] * rate
        list(pool.map(_step, self._muons))
        self._adam.step()

    def set_rate(self, rate: float) -> None:
        """The rate of the next calls of `update`; of a recordable optimiser."""
        for group in self._adam.param_groups:
            group["lr"].fill_(group["share"] * rate)
        self._muon_share_of_rate.fill_(rate / self._full_rate)

    @torch.no_grad()
    def update(self) -> None:
        """Take one step at the rate that `set_rate` set, by operations that a CUDA graph can record.

        Muon takes its rate as a number, which a graph would keep: it steps at the plan's full rate, and its step is
        then shortened.
        """
        self._hand_gradients_to_muon()
        for old, weights in zip(self._old, self._flat, strict=True):
            old.copy_(weights)
        for muon in self._muons:
            for group in muon.param_groups:
                group["lr"] = group["share"] * self._full_rate
            muon.step()
        for old, weights in zip(self._old, self._flat, strict=True):
            weights.sub_(old).mul_(self._muon_share_of_rate).add_(old)
        self._adam.step()

    def _hand_gradients_to_muon(self) -> None:
        for flat, weights in zip(self._flat, self._inner, strict=True):
            flat.grad = None if weights.grad is None else weights.grad.reshape(flat.shape)

    def state_dict(self) -> dict[str, Any]:
        """What `load_state_dict` needs to resume."""
        return {"adam": self._adam.state_dict(), "muons": [muon.state_dict() for muon in self._muons]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Resume from `state`.

        Raises:
            ValueError: it was written for other weights, or for another number of threads.
        """
        self._adam.load_state_dict(state["adam"])
        for muon, kept in zip(self._muons, state["muons"], strict=True):
            muon.load_state_dict(kept)


def _rate_of(rate: float, device: torch.device, as_tensor: bool) -> Any:
    return torch.tensor(rate, device=device) if as_tensor else rate


def _step(optimiser: torch.optim.Optimizer) -> None:
    optimiser.step()


def _is_inner(name: str, weights: Tensor, unet: UNet) -> bool:
    copying = f"up_blocks.{len(unet.up_blocks) - 1}.resnets.{len(unet.up_blocks[-1].resnets) - 1}."
    return weights.ndim in (2, 4) and not name.startswith((*_EDGES, copying))
