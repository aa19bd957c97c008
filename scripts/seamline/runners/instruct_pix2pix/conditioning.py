"""What an edit is conditioned on: instructions and input images, each encoded once for a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seamline.runners.base import Value
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.runners.prompts import refuse_truncation

NO_IMAGE = -1
"""Stands for the null image: image latents of zeros."""


@dataclass(frozen=True)
class Conditions:
    """Encoded instructions and input images, each once; text 0 is the empty one.

    Attributes:
        texts: (T,tokens,width).
        images: (P+1,C,h,w); the last is the null image.
        text_of, image_of: per request, its rows in the two.
        later_of: per request, its row of `images` from some step on, and that step; None where its image stays.
    """

    texts: Tensor
    images: Tensor
    text_of: list[int]
    image_of: list[int]
    later_of: list[tuple[int, int] | None]

    def images_at(self, step: int) -> tuple[int, ...]:
        """Per request, its row of `images` in a denoising step."""
        return tuple(
            later[0] if later and step >= later[1] else first
            for first, later in zip(self.image_of, self.later_of, strict=True)
        )


def encode(pipe: Any, values: Mapping[str, Value], requests: Sequence[EditRequest]) -> Conditions:
    """Encode what `requests` are conditioned on.

    Raises:
        RunError: the text encoder would not read the whole of an instruction.
    """
    from PIL import Image

    used = (name for request in requests for name in (request.image, request.later_image) if name)
    names = list(dict.fromkeys(used))
    texts = list(dict.fromkeys(["", *(request.instruction for request in requests)]))
    for text in texts:
        refuse_truncation(pipe.tokenizer, text, "instruction")
    device = pipe.unet.device
    encoded = pipe._encode_prompt(texts, device, 1, False)
    images = pipe.image_processor.preprocess([Image.fromarray(np.asarray(values[name])) for name in names])
    latents = pipe.prepare_image_latents(images, len(names), 1, encoded.dtype, device, False)
    return Conditions(
        texts=encoded,
        images=torch.cat([latents, torch.zeros_like(latents[:1])]),
        text_of=[texts.index(request.instruction) for request in requests],
        image_of=[NO_IMAGE if request.unconditioned else names.index(request.image) for request in requests],
        later_of=[
            (names.index(request.later_image), request.later_from) if request.later_image else None
            for request in requests
        ],
    )
