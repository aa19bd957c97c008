"""A pipeline with tiny random weights, for tests that need the real machinery and no trained model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from seamline.runners.instruct_pix2pix.edit_request import EditRequest

INSTRUCTION = "swap the face on the left with an old woman"


@cache
def tiny_pipeline(prediction_type: str = "v_prediction", autoencoder: str = "kl") -> Any:
    """An InstructPix2Pix pipeline of some 100,000 random weights; `autoencoder` is `kl` or `tiny`."""
    import torch
    from diffusers import (
        AutoencoderKL,
        AutoencoderTiny,
        DDIMScheduler,
        StableDiffusionInstructPix2PixPipeline,
        UNet2DConditionModel,
    )
    from transformers import CLIPTextConfig, CLIPTextModel

    torch.manual_seed(7)
    vae: Any
    if autoencoder == "kl":
        blocks = {"down_block_types": ("DownEncoderBlock2D",) * 2, "up_block_types": ("UpDecoderBlock2D",) * 2}
        vae = AutoencoderKL(block_out_channels=(8, 16), norm_num_groups=4, latent_channels=4, **blocks)
        channels = 4
    else:
        channels = 8
        vae = AutoencoderTiny(
            encoder_block_out_channels=(8, 8, 8),
            decoder_block_out_channels=(8, 8, 8),
            num_encoder_blocks=(1, 1, 1),
            num_decoder_blocks=(1, 1, 1),
            latent_channels=channels,
        )
    unet = UNet2DConditionModel(
        sample_size=8,
        in_channels=2 * channels,
        out_channels=channels,
        block_out_channels=(8, 16),
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=16,
        attention_head_dim=2,
        norm_num_groups=4,
        addition_embed_type="text" if autoencoder == "tiny" else None,
        addition_embed_type_num_heads=4,
    )
    tokenizer = _tokenizer()
    text = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            max_position_embeddings=40,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    for part in (vae, unet, text):
        part.eval()
    with torch.no_grad():
        for parameter in text.parameters():
            parameter.normal_(0, 0.5)
    pipe = StableDiffusionInstructPix2PixPipeline(
        vae=vae,
        text_encoder=text,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=DDIMScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            prediction_type=prediction_type,
            clip_sample=False,
            set_alpha_to_one=False,
            steps_offset=1,
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def under(requests: Iterable[EditRequest], steps: int, scheduler: str | None = None) -> list[EditRequest]:
    """The requests, with a number of steps and a scheduler."""
    return [replace(request, num_inference_steps=steps, scheduler=scheduler) for request in requests]


def save_tiny(folder: Path) -> None:
    """Save a tiny pipeline as the weights that ship with a project would be."""
    tiny_pipeline(autoencoder="tiny").save_pretrained(folder, safe_serialization=True)


def _tokenizer() -> Any:
    from transformers import CLIPTokenizer

    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pieces = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    merges = [("o", "l"), ("ol", "d</w>"), ("t", "h"), ("th", "e</w>")]
    pieces += ["".join(pair) for pair in merges]
    vocabulary = {piece: place for place, piece in enumerate(pieces)}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=40)
