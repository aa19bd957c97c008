"""The first two stages of training: the autoencoder and the text encoder, each done once and kept."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import torch

from seamline.editor.autoencoder import Autoencoder, build_autoencoder
from seamline.editor.autoencoder_course import train_autoencoder
from seamline.editor.checkpoint import Workshop
from seamline.editor.config import TrainingPlan
from seamline.editor.drawn import pixels_of
from seamline.editor.gallery import Gallery
from seamline.editor.growing import grow
from seamline.editor.parts import Say
from seamline.editor.sight import VALIDATION_SEEDS
from seamline.editor.text import TextEncoder, Tokenizer, build_text_encoder, build_tokenizer, teach_parsing
from seamline.errors import WeightsError
from seamline.samples.opening import load_part, load_tokenizer
from seamline.scenes.sampling import FIRST_TRAINING_SEED, scene_from_seed


def autoencoder_stage(root: Path, plan: TrainingPlan, workshop: Workshop, device: str, say: Say) -> Autoencoder:
    """The workshop's autoencoder, trained if it is not yet.

    Raises:
        WeightsError: the plan names an autoencoder that is not there.
    """
    from diffusers import AutoencoderTiny

    at = workshop.stage("vae")
    if workshop.finished("vae") is None:
        torch.manual_seed(plan.seed)
        teacher, autoencoder = _read(root, plan.autoencoder.teacher), _read(root, plan.autoencoder.begin_with)
        if autoencoder is None:
            autoencoder = build_autoencoder(plan.autoencoder)
            if teacher is not None:
                grow(autoencoder, teacher)
        held_out = [scene_from_seed(seed) for seed in VALIDATION_SEEDS]
        figures = train_autoencoder(
            autoencoder,
            _gallery(plan, workshop, teacher, say),
            pixels_of(held_out, plan.pictures, plan.autoencoder.factor),
            plan.autoencoder,
            seed=plan.seed,
            checkpoint=workshop.stage("vae.pt"),
            device=device,
            say=say,
            note=workshop.note_autoencoder,
            follow=partial(workshop.follow, stage="vae"),
        )
        autoencoder.save_pretrained(at)
        workshop.finish("vae", figures)
    return load_part(AutoencoderTiny, at).to(device).eval().requires_grad_(False)


def text_stage(plan: TrainingPlan, workshop: Workshop, device: str, say: Say) -> tuple[Tokenizer, TextEncoder]:
    """The workshop's vocabulary and text encoder, taught to parse if it is not yet."""
    from transformers import CLIPTextModel

    if workshop.finished("text_encoder") is None:
        torch.manual_seed(plan.seed)
        tokenizer = build_tokenizer(plan.text)
        encoder = build_text_encoder(plan.text, tokenizer)
        score = teach_parsing(encoder, tokenizer, plan.text, seed=plan.seed, device=device, say=say)
        tokenizer.save_pretrained(workshop.stage("tokenizer"))
        encoder.save_pretrained(workshop.stage("text_encoder"))
        workshop.finish("text_encoder", {"parsed": score})
    tokenizer = load_tokenizer(workshop.stage("tokenizer"))
    return tokenizer, load_part(CLIPTextModel, workshop.stage("text_encoder")).to(device)


def _read(root: Path, named: str | None) -> Autoencoder | None:
    from diffusers import AutoencoderTiny

    if named is None:
        return None
    folder = root / named
    if not (folder / "config.json").exists():
        raise WeightsError(
            "no autoencoder here, but the training plan names one",
            where=str(folder),
            hint="see autoencoder.teacher and autoencoder.begin_with in the plan",
        )
    return load_part(AutoencoderTiny, folder).float().eval()


def _gallery(plan: TrainingPlan, workshop: Workshop, teacher: Autoencoder | None, say: Say) -> Gallery:
    """The pictures to train on, drawn once."""
    path = workshop.stage("gallery.safetensors")
    if not path.exists():
        seeds = range(FIRST_TRAINING_SEED, FIRST_TRAINING_SEED + plan.autoencoder.scenes)
        say(f"autoencoder: drawing {len(seeds)} scenes")
        scenes = [scene_from_seed(seed) for seed in seeds]
        Gallery.of(scenes, plan.pictures, plan.autoencoder, teacher, os.cpu_count() or 1).save(path)
    return Gallery.load(path)
