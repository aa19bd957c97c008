"""The first two stages of training: the autoencoder and the text encoder, each trained once and kept."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

import torch

from seamline.errors import WeightsError
from seamline.scenes.sampling import FIRST_TRAINING_SEED, scene_from_seed
from seamline.weights.opening import load_part, load_without_weights
from tools.training.autoencoder import Autoencoder, build_autoencoder
from tools.training.autoencoder_training import train_autoencoder
from tools.training.autoencoders.gallery import Gallery
from tools.training.autoencoders.growing import grow
from tools.training.checkpoint import TrainingDir
from tools.training.config import TrainingPlan
from tools.training.editor_parts import Say
from tools.training.scene_rasterizing import pixels_of
from tools.training.text_encoder import TextEncoder, Tokenizer, build_text_encoder, build_tokenizer, train_parsing
from tools.training.validation_set import VALIDATION_SEEDS


def autoencoder_stage(root: Path, plan: TrainingPlan, training_dir: TrainingDir, device: str, say: Say) -> Autoencoder:
    """The training directory's autoencoder, trained if it is not yet.

    Raises:
        WeightsError: the plan names an autoencoder that is not there.
    """
    from diffusers import AutoencoderTiny

    folder = training_dir.stage("vae")
    if training_dir.figures_of("vae") is None:
        torch.manual_seed(plan.seed)
        teacher, autoencoder = _load(root, plan.autoencoder.teacher), _load(root, plan.autoencoder.begin_with)
        if autoencoder is None:
            autoencoder = build_autoencoder(plan.autoencoder)
            if teacher is not None:
                grow(autoencoder, teacher)
        held_out = [scene_from_seed(seed) for seed in VALIDATION_SEEDS]
        figures = train_autoencoder(
            autoencoder,
            _gallery(plan, training_dir, teacher, say),
            pixels_of(held_out, plan.pictures, plan.autoencoder.factor),
            plan.autoencoder,
            seed=plan.seed,
            checkpoint=training_dir.stage("vae.pt"),
            device=device,
            say=say,
            record_figures=training_dir.record_autoencoder,
            record_plan=partial(training_dir.record_plan, stage="vae"),
        )
        autoencoder.save_pretrained(folder)
        training_dir.mark_finished("vae", figures)
    return load_part(AutoencoderTiny, folder).to(device).eval().requires_grad_(False)


def text_stage(plan: TrainingPlan, training_dir: TrainingDir, device: str, say: Say) -> tuple[Tokenizer, TextEncoder]:
    """The training directory's tokenizer and text encoder, trained to parse instructions if it is not yet."""
    from transformers import CLIPTextModel

    if training_dir.figures_of("text_encoder") is None:
        torch.manual_seed(plan.seed)
        tokenizer = build_tokenizer(plan.text)
        encoder = build_text_encoder(plan.text, tokenizer)
        accuracy = train_parsing(encoder, tokenizer, plan.text, seed=plan.seed, device=device, say=say)
        tokenizer.save_pretrained(training_dir.stage("tokenizer"))
        encoder.save_pretrained(training_dir.stage("text_encoder"))
        training_dir.mark_finished("text_encoder", {"parsed": accuracy})
    tokenizer = load_without_weights(_tokenizer_class(), training_dir.stage("tokenizer"))
    return tokenizer, load_part(CLIPTextModel, training_dir.stage("text_encoder")).to(device)


def _load(root: Path, named: str | None) -> Autoencoder | None:
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


def _gallery(plan: TrainingPlan, training_dir: TrainingDir, teacher: Autoencoder | None, say: Say) -> Gallery:
    """The pictures to train on, rasterized once."""
    path = training_dir.stage("gallery.safetensors")
    if not path.exists():
        seeds = range(FIRST_TRAINING_SEED, FIRST_TRAINING_SEED + plan.autoencoder.scenes)
        say(f"autoencoder: rasterizing {len(seeds)} scenes")
        scenes = [scene_from_seed(seed) for seed in seeds]
        Gallery.of(scenes, plan.pictures, plan.autoencoder, teacher, os.cpu_count() or 1).save(path)
    return Gallery.load(path)


def _tokenizer_class() -> Any:
    from transformers import CLIPTokenizer

    return CLIPTokenizer
