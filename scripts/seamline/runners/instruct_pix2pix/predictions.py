"""The three predictions of each edit, each computed once for all edits that share it, and not at all where it cancels.

In the first step all edits of a seed share one latent. For s_I = 1 the prediction with neither image nor text cancels,
for s_I = s_T the one with the image alone does. On a CPU each core predicts rows of its own (`cpu.row_threads`), and
attention to the texts is prepared once (`cpu.text_projection`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from seamline.runners.instruct_pix2pix.attention_maps import AttentionMaps
from seamline.runners.instruct_pix2pix.conditioning import NO_IMAGE, Conditions
from seamline.runners.instruct_pix2pix.cpu import row_threads
from seamline.runners.instruct_pix2pix.cpu.row_threads import RowThreads
from seamline.runners.instruct_pix2pix.cpu.text_projection import Texts, prepared
from seamline.runners.instruct_pix2pix.cuda.compiling import unet_of
from seamline.runners.instruct_pix2pix.edit_request import EditRequest


@dataclass(frozen=True)
class Rows:
    """Which predictions a step needs, each once.

    Attributes:
        latents, texts, images: per row, the request whose latent it takes, the text, the image.
        slots: (3,B), the row that gives each request's prediction with image and text, with the
            image alone, and with neither.
    """

    latents: list[int]
    texts: list[int]
    images: list[int]
    slots: Tensor


class Predictions:
    """Predicts for a batch of requests; `seamline.runners.instruct_pix2pix.sampler.Predict`."""

    def __init__(
        self,
        unet: Any,
        conditions: Conditions,
        requests: Sequence[EditRequest],
        threads: RowThreads,
        texts: Texts,
        maps: AttentionMaps,
    ) -> None:
        self._unet, self._conditions, self._threads, self._texts, self._maps = unet, conditions, threads, texts, maps
        self._requests = requests
        self._rows: dict[tuple[bool, tuple[int, ...]], Rows] = {}

    def __call__(self, seen: Tensor, step: int, timestep: Tensor) -> tuple[Tensor, ...]:
        rows = self._rows_at(step)
        self._texts.rows, self._maps.rows = rows.texts, rows.slots[0].tolist()
        inputs = torch.cat([seen[rows.latents], self._conditions.images[rows.images]], dim=1)
        states = self._conditions.texts[rows.texts]

        def some(part: slice) -> Tensor:
            self._texts.at(part)
            self._maps.at(part)
            predicted: Tensor = self._unet(
                inputs[part], timestep, encoder_hidden_states=states[part], return_dict=False
            )[0]
            return predicted

        predicted = self._threads(some, len(inputs), row_threads.PIECE)
        return tuple(predicted[slot] for slot in rows.slots)

    def _rows_at(self, step: int) -> Rows:
        images = self._conditions.images_at(step)
        known = (step == 0, images)
        if known not in self._rows:
            self._rows[known] = rows_of(self._requests, self._conditions.text_of, images, first=step == 0)
        return self._rows[known]


@contextmanager
def predicting(
    unet: Any, conditions: Conditions, requests: Sequence[EditRequest], threads: RowThreads, maps: AttentionMaps
) -> Iterator[Predictions]:
    """The U-Net made ready for a batch; its attention processors come back afterwards."""
    with prepared(unet, conditions.texts) as texts, maps.capturing(unet):
        ready = unet if any(request.attention for request in requests) else unet_of(unet)
        yield Predictions(ready, conditions, requests, threads, texts, maps)


def rows_of(requests: Sequence[EditRequest], texts: Sequence[int], images: Sequence[int], *, first: bool) -> Rows:
    """The fewest rows that give each request its guidance; in the first step requests of a seed share one latent.

    Args:
        texts, images: per request, which text and which image it is conditioned on in this step.
    """
    index_of: dict[tuple[int, int, int], int] = {}
    slots: list[list[int]] = [[], [], []]
    seeds = [request.seed for request in requests]
    for index, request in enumerate(requests):
        latent = seeds.index(request.seed) if first else index
        text, image = texts[index], images[index]
        full, image_only, none = (latent, text, image), (latent, 0, image), (latent, 0, NO_IMAGE)
        if request.image_guidance_scale == request.guidance_scale == 1:
            none = image_only = full
        elif request.image_guidance_scale == 1:
            none = image_only
        elif request.image_guidance_scale == request.guidance_scale:
            image_only = none
        for slot, key in zip(slots, (full, image_only, none), strict=True):
            slot.append(index_of.setdefault(key, len(index_of)))
    latents, texts_of, images_of = (list(column) for column in zip(*index_of, strict=True))
    return Rows(latents, texts_of, images_of, torch.tensor(slots))
