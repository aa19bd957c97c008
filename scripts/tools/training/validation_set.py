"""Held-out edits on which a U-Net is validated while it trains."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from tools.training.config import TrainingPlan
from tools.training.data import Batch, batch_of, encoded, pair_graph
from tools.training.editor_parts import Editor
from tools.training.instructions import phrase
from tools.training.text_encoder import token_ids
from tools.training.unet import TIMESTEPS

VALIDATION_SEEDS = range(600_000, 600_016)


@dataclass(frozen=True)
class ValidationSet:
    """Held-out edits: does the model use the instruction, and does it leave the rest alone?"""

    batch: Batch
    device: str

    @classmethod
    def of(cls, editor: Editor, plan: TrainingPlan, device: str) -> ValidationSet:
        """Held-out pairs of every kind, with held-out instructions, in the latents of `editor`'s autoencoder."""
        rng = random.Random(plan.seed)
        graph = pair_graph(VALIDATION_SEEDS, plan.pictures, rng)
        shard = encoded(graph, plan.pictures, editor.autoencoder, device)
        stored = {name: getattr(shard, name).cpu() for name in ("latents", "faces", "landmarks")}
        shard = replace(shard, **stored)
        pairs = [pair for pair in graph.pairs if pair.kind != "swap" or rng.random() < 0.3]
        instructions = [phrase(pair.edit, graph.scenes[pair.before], rng, held_out=True) for pair in pairs]
        return cls(batch_of([(shard, pair) for pair in pairs], instructions), device)

    @torch.no_grad()
    def errors(self, editor: Editor) -> dict[str, float]:
        """Mean squared latent errors of predictions at the last time step, from noise alone, in eval mode.

        Returns:
            `right` and `wrong`: where the picture should change, with the right instruction and with another's;
            `outside`: elsewhere; `untouched`: `right` of a model that returns its input.
        """
        editor.unet.eval()
        editor.text_encoder.eval()
        batch, count = self.batch, len(self.batch.instructions)
        generator = torch.Generator().manual_seed(0)
        noise = torch.randn(batch.after.shape, generator=generator).to(self.device)
        steps = torch.full((count,), TIMESTEPS - 1, device=self.device)
        before, after = batch.before.to(self.device), batch.after.to(self.device)
        predictions = []
        for shift in (0, count // 2):
            ids = token_ids(editor.tokenizer, batch.instructions[shift:] + batch.instructions[:shift])
            with torch.autocast(torch.device(self.device).type, torch.bfloat16):
                text = editor.text_encoder(ids.to(self.device)).last_hidden_state
                parts = zip(noise.split(8), before.split(8), steps.split(8), text.split(8), strict=True)
                predictions.append(
                    torch.cat([editor.unet(torch.cat([n, b], 1), s, t).sample.float() for n, b, s, t in parts])
                )
        right, wrong = predictions
        changed = (batch.changed > 0.15).float().to(self.device)
        return {
            "right": _mean((right - after).square(), changed),
            "wrong": _mean((wrong - after).square(), changed),
            "outside": _mean((right - after).square(), 1 - changed),
            "untouched": _mean((before - after).square(), changed),
        }


def _mean(values: Tensor, where: Tensor) -> float:
    return ((values * where).sum() / (where.sum() * values.shape[1])).item()
