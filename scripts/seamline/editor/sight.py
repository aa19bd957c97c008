"""Held-out edits to watch while a U-Net trains."""

from __future__ import annotations

import random
from dataclasses import dataclass

import torch
from torch import Tensor

from seamline.editor.config import TrainingPlan
from seamline.editor.data import Batch, batch_of, encoded, story
from seamline.editor.instructions import phrase
from seamline.editor.parts import Editor
from seamline.editor.text import token_ids
from seamline.editor.unet import TIMESTEPS

VALIDATION_SEEDS = range(600_000, 600_016)


@dataclass(frozen=True)
class Sight:
    """Held-out edits to watch during training: is the instruction used, and is the rest left alone?"""

    batch: Batch
    device: str

    @classmethod
    def of(cls, editor: Editor, plan: TrainingPlan, device: str) -> Sight:
        """A few held-out links of every kind, in held-out words."""
        rng = random.Random(plan.seed)
        told = story(VALIDATION_SEEDS, plan.pictures, rng)
        shard = encoded(told, plan.pictures, editor.autoencoder, device)
        links = [link for link in told.links if link.kind != "swap" or rng.random() < 0.3]
        words = [phrase(link.edit, told.scenes[link.before], rng, held_out=True) for link in links]
        return cls(batch_of([(shard, link) for link in links], words), device)

    @torch.no_grad()
    def judge(self, editor: Editor) -> dict[str, float]:
        """Mean squared latent error at the last time step, from noise alone.

        Returns:
            `right` and `wrong`: over what should change, with the right instruction and with another's;
            `outside`: over the rest; `untouched`: `right` of a model that leaves the picture as it is.
        """
        editor.unet.eval()
        editor.text_encoder.eval()
        batch, count = self.batch, len(self.batch.instructions)
        chance = torch.Generator().manual_seed(0)
        noise = torch.randn(batch.after.shape, generator=chance).to(self.device)
        steps = torch.full((count,), TIMESTEPS - 1, device=self.device)
        before, after = batch.before.to(self.device), batch.after.to(self.device)
        drawn = []
        for shift in (0, count // 2):
            ids = token_ids(editor.tokenizer, batch.instructions[shift:] + batch.instructions[:shift])
            with torch.autocast(torch.device(self.device).type, torch.bfloat16):
                text = editor.text_encoder(ids.to(self.device)).last_hidden_state
                parts = zip(noise.split(8), before.split(8), steps.split(8), text.split(8), strict=True)
                drawn.append(
                    torch.cat([editor.unet(torch.cat([n, b], 1), s, t).sample.float() for n, b, s, t in parts])
                )
        editor.unet.train()
        editor.text_encoder.train()
        changed = (batch.changed > 0.15).float().to(self.device)
        return {
            "right": _mean((drawn[0] - after).square(), changed),
            "wrong": _mean((drawn[1] - after).square(), changed),
            "outside": _mean((drawn[0] - after).square(), 1 - changed),
            "untouched": _mean((before - after).square(), changed),
        }


def _mean(values: Tensor, where: Tensor) -> float:
    return ((values * where).sum() / (where.sum() * values.shape[1])).item()
