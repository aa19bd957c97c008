"""Any mix of edits in one batch.

`StableDiffusionInstructPix2PixPipeline` takes one pair of guidance scales a call. Here each row of a batch has its own
pair, seed and instruction; each instruction and each input image is encoded once. Edit by edit the result is the
stock pipeline's (float32, CPU: within 1/255).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from seamline.runners.base import Value
from seamline.runners.instruct_pix2pix.attention_maps import AttentionMaps
from seamline.runners.instruct_pix2pix.conditioning import encode
from seamline.runners.instruct_pix2pix.cpu.row_threads import row_threads
from seamline.runners.instruct_pix2pix.decoding import decode
from seamline.runners.instruct_pix2pix.edit_request import EditRequest, EditResult
from seamline.runners.instruct_pix2pix.predictions import predicting
from seamline.runners.instruct_pix2pix.sampler import Guidance, sample, scheduler_for
from seamline.runners.instruct_pix2pix.snapshots import Snapshots


@torch.inference_mode()
def generate(pipe: Any, values: Mapping[str, Value], requests: Sequence[EditRequest]) -> list[EditResult]:
    """Results of all `requests`, in their order.

    Args:
        pipe: a loaded `StableDiffusionInstructPix2PixPipeline`.
        values: (H,W,3) uint8 input images by the name that requests give them, all of one size, whose
            sides are multiples of the pipeline's `vae_scale_factor`.
        requests: of one number of steps and one scheduler.

    Raises:
        RunError: the scheduler does not suit the weights, or an instruction is too long.
        EngineError: the model gave numbers that are not finite.
    """
    scheduler = scheduler_for(pipe, requests[0].scheduler, requests[0].num_inference_steps)
    # Outside the threads over rows: there is little to encode, and torch gives it all cores.
    conditions = encode(pipe, values, requests)
    with row_threads(pipe.unet.device) as threads:
        generators = [torch.Generator("cpu").manual_seed(request.seed) for request in requests]
        noise = _noise(generators, (pipe.vae.config.latent_channels, *conditions.images.shape[2:]))
        noise = noise.to(conditions.texts)
        maps, snapshots = AttentionMaps(pipe, requests, noise.shape[-2:]), Snapshots(scheduler, requests)
        with predicting(pipe.unet, conditions, requests, threads, maps) as predict:
            latents = sample(predict, scheduler, noise, Guidance.of(requests, noise), generators, snapshots)
        pictures = decode(pipe, latents, threads)
        return [
            EditResult(picture, snapshots.of(index, pipe, threads), maps.of(index))
            for index, picture in enumerate(pictures)
        ]


def _noise(generators: Sequence[torch.Generator], shape: tuple[int, ...]) -> torch.Tensor:
    """(B,C,h,w) noise, each row from its own generator, so that it does not depend on the batch."""
    return torch.cat([torch.randn((1, *shape), generator=generator) for generator in generators])
