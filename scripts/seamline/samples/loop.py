"""One denoising loop for any mix of edits.

`StableDiffusionInstructPix2PixPipeline` takes one pair of guidance scales a call. Here
each row of a batch has its own pair, seed and instruction; each prompt and each input
picture is encoded once. Cell by cell the result is the stock pipeline's (float32, CPU:
within 1/255).

Guidance (Brooks et al. 2023, equation 3) needs three predictions a cell:

    e(none, none) + s_I (e(picture, none) - e(none, none)) + s_T (e(picture, text) - e(picture, none))

They are computed once where cells share them, and not at all where their factor is
zero: in the first step all cells of a seed share one latent; for s_I = 1 the
unconditional prediction cancels, for s_I = s_T the one without text does. On a CPU
each core predicts rows of its own (`lanes`), and attention to the texts is prepared once
(`text_attention`).
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from seamline.errors import EngineError, RunError
from seamline.samples.attention import Watch, watched
from seamline.samples.cells import Cell, DrawnCell, Moment, Picture, Schedule, moments_of
from seamline.samples.lanes import Lanes, opened
from seamline.samples.text_attention import Texts, prepared

NO_PICTURE = -1
"""Stands for the null picture: image latents of zeros."""


@dataclass(frozen=True)
class Rows:
    """Which predictions a step needs, each once.

    Attributes:
        latents, texts, pictures: per row, the cell whose latent it takes, the text, the picture.
        slots: (3,cells), the row that gives each cell's prediction with text and picture, with the
            picture alone, and with neither.
    """

    latents: list[int]
    texts: list[int]
    pictures: list[int]
    slots: Tensor


@dataclass(frozen=True)
class Conditions:
    """Encoded prompts and pictures, each once; text 0 is the empty one.

    Attributes:
        texts: (T,tokens,width).
        pictures: (P+1,C,h,w); the last is the null picture.
        text_of, picture_of: per cell, its rows in the two.
    """

    texts: Tensor
    pictures: Tensor
    text_of: list[int]
    picture_of: list[int]


@torch.inference_mode()
def denoise(pipe: Any, pictures: Mapping[str, Picture], cells: Sequence[Cell], schedule: Schedule) -> list[DrawnCell]:
    """Draw all `cells` in one batch, in their order.

    Args:
        pipe: a loaded `StableDiffusionInstructPix2PixPipeline`.
        pictures: (H,W,3) input pictures by the name that cells give them, all of one size, whose
            sides are multiples of the pipeline's `vae_scale_factor`.

    Raises:
        RunError: the scheduler does not suit the weights.
        EngineError: the model gave numbers that are not finite.
    """
    with opened(pipe.unet.device) as lanes:
        return _denoise(pipe, pictures, cells, schedule, lanes)


def _denoise(
    pipe: Any, pictures: Mapping[str, Picture], cells: Sequence[Cell], schedule: Schedule, lanes: Lanes
) -> list[DrawnCell]:
    scheduler = scheduler_for(pipe, schedule)
    conditions = _encode(pipe, pictures, cells)
    generators = [torch.Generator("cpu").manual_seed(cell.seed) for cell in cells]
    shape = conditions.pictures.shape[1:]
    channels = pipe.vae.config.latent_channels
    noise = torch.cat([torch.randn((1, channels, *shape[1:]), generator=generator) for generator in generators])
    latents = noise.to(conditions.texts) * scheduler.init_noise_sigma
    extra = {"generator": generators} if "generator" in inspect.signature(scheduler.step).parameters else {}
    s_text = torch.tensor([cell.guidance_scale for cell in cells]).to(latents).view(-1, 1, 1, 1)
    s_image = torch.tensor([cell.image_guidance_scale for cell in cells]).to(latents).view(-1, 1, 1, 1)
    plans = _rows(cells, conditions, first=True), _rows(cells, conditions, first=False)
    keep = {index: set(moments_of(cell.moments, len(scheduler.timesteps))) for index, cell in enumerate(cells)}
    kept: dict[int, list[tuple[int, int, Tensor, Tensor]]] = {index: [] for index in keep}

    with prepared(pipe.unet, conditions.texts) as texts, watched(pipe, cells, latents.shape[-2:]) as watch:
        for step, timestep in enumerate(scheduler.timesteps):
            rows = plans[min(step, 1)]
            seen = scheduler.scale_model_input(latents, timestep)
            watch.rows, texts.rows = rows.slots[0].tolist(), rows.texts
            inputs = torch.cat([seen[rows.latents], conditions.pictures[rows.pictures]], dim=1)
            predicted = _predict(pipe, lanes, watch, inputs, timestep, texts)
            full, picture_only, none = (predicted[slot] for slot in rows.slots)
            guided = none + s_text * (full - picture_only) + s_image * (picture_only - none)
            for index in (index for index, steps in keep.items() if step in steps):
                guess = predicted_x0(scheduler, guided[index], seen[index], step, timestep)
                kept[index].append((step, int(timestep), seen[index].clone(), guess))
            latents = scheduler.step(guided, timestep, latents, return_dict=False, **extra)[0]

    if not torch.isfinite(latents).all():
        raise EngineError("the model gave numbers that are not finite", hint="draw with float32 (--dtype float32)")
    finished = _decode(pipe, latents, lanes)
    return [
        DrawnCell(finished[index], _decoded(pipe, kept[index], lanes), watch.maps(index)) for index in range(len(cells))
    ]


def _predict(pipe: Any, lanes: Lanes, watch: Watch, inputs: Tensor, timestep: Tensor, texts: Texts) -> Tensor:
    """The U-Net's prediction for every row."""
    states = texts.encoded[texts.rows]

    def some(part: slice) -> Tensor:
        watch.at(part)
        texts.at(part)
        predicted: Tensor = pipe.unet(inputs[part], timestep, encoder_hidden_states=states[part], return_dict=False)[0]
        return predicted

    return lanes(some, len(inputs))


def scheduler_for(pipe: Any, schedule: Schedule) -> Any:
    """A fresh scheduler of the class asked for, with the weights' own configuration and its time steps set.

    Raises:
        RunError: there is no such scheduler, or it does not suit the weights.
    """
    import diffusers

    own = type(pipe.scheduler)
    kind = getattr(diffusers, schedule.scheduler, None) if schedule.scheduler else own
    if kind is not own and kind not in pipe.scheduler.compatibles:
        raise RunError(
            f"{schedule.scheduler} is not a scheduler for these weights",
            where="scheduler",
            hint="one of " + ", ".join(sorted(scheduler.__name__ for scheduler in pipe.scheduler.compatibles)),
        )
    assert kind is not None
    scheduler = kind.from_config(pipe.scheduler.config)
    scheduler.set_timesteps(schedule.num_inference_steps, device=pipe.unet.device)
    return scheduler


def predicted_x0(scheduler: Any, predicted: Tensor, seen: Tensor, step: int, timestep: Tensor) -> Tensor:
    """The finished latent that a prediction implies, for any scheduler of diffusers.

    Args:
        seen: the latent as the U-Net saw it, a x0 + s e with a^2 + s^2 = 1 for every scheduler.
    """
    kind = scheduler.config.prediction_type
    if kind in ("sample", "original_sample"):
        return predicted
    if hasattr(scheduler, "sigmas"):
        ratio = scheduler.sigmas[step].to(seen)
        alpha = 1 / (ratio**2 + 1).sqrt()
        sigma = ratio * alpha
    else:
        alpha_squared = scheduler.alphas_cumprod[int(timestep)].to(seen)
        alpha, sigma = alpha_squared.sqrt(), (1 - alpha_squared).sqrt()
    guess: Tensor = alpha * seen - sigma * predicted if kind == "v_prediction" else (seen - sigma * predicted) / alpha
    return guess


def _encode(pipe: Any, pictures: Mapping[str, Picture], cells: Sequence[Cell]) -> Conditions:
    from PIL import Image

    names = list(dict.fromkeys(cell.picture for cell in cells))
    texts = list(dict.fromkeys(["", *(cell.instruction for cell in cells)]))
    for text in texts:
        _refuse_truncation(pipe, text)
    device = pipe.unet.device
    encoded = pipe._encode_prompt(texts, device, 1, False)
    images = pipe.image_processor.preprocess([Image.fromarray(pictures[name]) for name in names])
    latents = pipe.prepare_image_latents(images, len(names), 1, encoded.dtype, device, False)
    return Conditions(
        texts=encoded,
        pictures=torch.cat([latents, torch.zeros_like(latents[:1])]),
        text_of=[texts.index(cell.instruction) for cell in cells],
        picture_of=[names.index(cell.picture) if cell.sees_picture else NO_PICTURE for cell in cells],
    )


def _refuse_truncation(pipe: Any, text: str) -> None:
    """The stock pipeline would drop the end of a long instruction with no more than a line in its log."""
    read = pipe.tokenizer(text, truncation=True, max_length=pipe.tokenizer.model_max_length).input_ids
    whole = pipe.tokenizer(text).input_ids
    if len(whole) > len(read):
        dropped = pipe.tokenizer.decode(whole[len(read) - 1 : -1])
        raise RunError(
            f"the text encoder reads {len(read)} tokens and would never see {dropped!r}",
            where="instruction",
            hint="make the instruction shorter",
        )


def _rows(cells: Sequence[Cell], conditions: Conditions, *, first: bool) -> Rows:
    """The fewest rows that give every cell its guidance; in the first step cells of a seed share one latent."""
    index_of: dict[tuple[int, int, int], int] = {}
    slots: list[list[int]] = [[], [], []]
    seeds = [cell.seed for cell in cells]
    for index, cell in enumerate(cells):
        latent = seeds.index(cell.seed) if first else index
        text, picture = conditions.text_of[index], conditions.picture_of[index]
        full, picture_only, none = (latent, text, picture), (latent, 0, picture), (latent, 0, NO_PICTURE)
        if cell.image_guidance_scale == 1:
            none = picture_only
        elif cell.image_guidance_scale == cell.guidance_scale:
            picture_only = none
        for slot, key in zip(slots, (full, picture_only, none), strict=True):
            slot.append(index_of.setdefault(key, len(index_of)))
    latents, texts, pictures = (list(column) for column in zip(*index_of, strict=True))
    return Rows(latents, texts, pictures, torch.tensor(slots))


def _decode(pipe: Any, latents: Tensor, lanes: Lanes) -> list[Picture]:
    """Latents (B,C,h,w) -> B pictures."""

    def some(part: slice) -> Tensor:
        decoded: Tensor = pipe.vae.decode(latents[part] / pipe.vae.config.scaling_factor, return_dict=False)[0]
        return decoded

    floats = pipe.image_processor.postprocess(lanes(some, len(latents)).float(), output_type="np")
    return list((floats * 255).round().astype("uint8"))


def _decoded(pipe: Any, kept: Sequence[tuple[int, int, Tensor, Tensor]], lanes: Lanes) -> tuple[Moment, ...]:
    if not kept:
        return ()
    noisy = _decode(pipe, torch.stack([moment[2] for moment in kept]), lanes)
    guesses = _decode(pipe, torch.stack([moment[3] for moment in kept]), lanes)
    return tuple(
        Moment(step, timestep, noisy[place], guesses[place]) for place, (step, timestep, _, _) in enumerate(kept)
    )
