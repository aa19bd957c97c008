"""Real size: Stable Diffusion 1.5's networks as InstructPix2Pix has them, 512 x 512, 20 steps, on a CUDA GPU.

Weights are random: speed does not depend on them. The arithmetic an edit needs, 2.41
TFLOP a step for the three predictions of guidance and 3.63 TFLOP to encode and decode,
is compared with the peak that this GPU reaches on a plain bf16 matrix product.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STEPS, SIDE, EDITS = 20, 512, 64
TFLOP_A_STEP, TFLOP_OF_CODING = 2.41, 3.63
INSTRUCTION = "swap the face on the left with an old woman"


def measure(root: Path) -> dict[str, Any]:
    """Images per second of our loop and of the stock pipeline, and the share of the measured peak."""
    import torch

    if not torch.cuda.is_available():
        return {"images_per_second": None, "why": "no CUDA GPU here; `make bench` measures it where there is one"}
    return {"device": torch.cuda.get_device_name(), **compare()}


def compare(
    device: str = "cuda",
    scale: int = 1,
    side: int = SIDE,
    steps: int = STEPS,
    edits: int = EDITS,
    matrix: int = 8192,
    backend: str = "inductor",
) -> dict[str, Any]:
    """Our loop in bfloat16 over one batch of `edits`, compared with the stock pipeline in float16 called once an edit.

    Both as they are, and both with U-Net and decoder compiled; the headline compares the compiled ones.

    Args:
        scale: every width of the model is divided by it, for a rehearsal where there is no GPU; the share of the
            peak then means nothing, as the arithmetic is counted for the real size.
        side: of the square pictures, in pixels.
        matrix: side of the matrices whose product gives the peak.
        backend: of torch.compile.
    """
    import numpy as np
    import torch
    from PIL import Image

    from seamline.runners.instruct_pix2pix.cuda.compiling import compile_networks
    from seamline.runners.instruct_pix2pix.edit_request import EditRequest
    from seamline.runners.instruct_pix2pix.generation import generate

    picture = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    requests = [
        EditRequest("noise", INSTRUCTION, 7.5, 1.4, seed=seed, num_inference_steps=steps) for seed in range(edits)
    ]
    ours = pipeline(torch.bfloat16, device, scale)
    stock = pipeline(torch.float16 if device == "cuda" else torch.bfloat16, device, scale)

    def draw() -> None:
        generate(ours, {"noise": picture}, requests)

    def call() -> None:
        stock(
            INSTRUCTION,
            Image.fromarray(picture),
            num_inference_steps=steps,
            guidance_scale=7.5,
            image_guidance_scale=1.4,
            output_type="np",
        )

    uncompiled = _timed(draw, device) / edits
    stock_uncompiled = _timed(call, device, rounds=4)
    start = time.perf_counter()
    compile_networks(ours, backend)
    draw()
    _finish(device)
    compiling = time.perf_counter() - start
    stock.unet = torch.compile(stock.unet, backend=backend)
    stock.vae.decode = torch.compile(stock.vae.decode, backend=backend)
    seconds = _timed(draw, device) / edits
    stock_seconds = _timed(call, device, rounds=4)
    peak = _peak_tflops(device, matrix)
    return {
        "edits": edits,
        "steps": steps,
        "images_per_second": 1 / seconds,
        "stock_images_per_second": 1 / stock_seconds,
        "speed_up": stock_seconds / seconds,
        "seconds_of_the_first_batch_with_compiling": compiling,
        "uncompiled_images_per_second": 1 / uncompiled,
        "stock_uncompiled_images_per_second": 1 / stock_uncompiled,
        "speed_up_uncompiled": stock_uncompiled / uncompiled,
        "measured_peak_tflops": peak,
        "share_of_peak": (TFLOP_A_STEP * steps + TFLOP_OF_CODING) / seconds / peak,
        "peak_memory_gib": torch.cuda.max_memory_allocated() / 2**30 if device == "cuda" else None,
    }


def pipeline(dtype: Any, device: str = "cuda", scale: int = 1) -> Any:
    """The pipeline at real size, or with every width divided by `scale`, with random weights."""
    import torch
    from diffusers import (
        AutoencoderKL,
        DDIMScheduler,
        StableDiffusionInstructPix2PixPipeline,
        UNet2DConditionModel,
    )
    from transformers import CLIPTextConfig, CLIPTextModel

    torch.manual_seed(0)
    width = 768 // scale // 12 * 12
    tokenizer = _tokenizer()
    with torch.device(device):
        unet = UNet2DConditionModel(
            sample_size=64,
            in_channels=8,
            block_out_channels=_narrowed((320, 640, 1280, 1280), scale),
            cross_attention_dim=width,
            attention_head_dim=8,
        )
        vae = AutoencoderKL(
            block_out_channels=_narrowed((128, 256, 512, 512), scale),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
        )
        text = CLIPTextModel(
            CLIPTextConfig(
                vocab_size=49408,
                hidden_size=width,
                intermediate_size=4 * width,
                num_hidden_layers=max(1, 12 // scale),
                num_attention_heads=12,
                projection_dim=width,
                bos_token_id=tokenizer.bos_token_id,
                eos_token_id=tokenizer.eos_token_id,
            )
        )
    scheduler = DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, steps_offset=1
    )
    pipe: Any = StableDiffusionInstructPix2PixPipeline(
        vae=vae,
        text_encoder=text,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe.to(device, dtype)


def _narrowed(widths: tuple[int, ...], scale: int) -> tuple[int, ...]:
    """Widths divided by `scale`, in whole groups of 32 channels as normalisation needs them."""
    return tuple(max(32, width // scale // 32 * 32) for width in widths)


def _tokenizer() -> Any:
    """One token a letter: a text of 77 tokens costs the same whatever it says."""
    from transformers import CLIPTokenizer

    letters = [chr(code) for code in range(33, 127)]
    pieces = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    return CLIPTokenizer(vocab={piece: place for place, piece in enumerate(pieces)}, merges=[], model_max_length=77)


def _timed(work: Callable[[], None], device: str, rounds: int = 2) -> float:
    """Seconds of one `work`, after one to warm up."""
    _finish(device)
    work()
    _finish(device)
    start = time.perf_counter()
    for _ in range(rounds):
        work()
    _finish(device)
    return (time.perf_counter() - start) / rounds


def _finish(device: str) -> None:
    """Wait until the device has done all that it was given."""
    import torch

    if device == "cuda":
        torch.cuda.synchronize()


def _peak_tflops(device: str, size: int, rounds: int = 50) -> float:
    """What a plain bf16 matrix product reaches on this device."""
    import torch

    one, other = (torch.randn(size, size, device=device, dtype=torch.bfloat16) for _ in range(2))

    def multiply() -> None:
        for _ in range(rounds):
            torch.mm(one, other)

    return 2 * size**3 * rounds / _timed(multiply, device) / 1e12
