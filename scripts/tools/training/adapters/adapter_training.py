"""Train one adapter: the mini editor's weights rest, a low-rank change to each matrix of the U-Net is learnt."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from seamline.runners.instruct_pix2pix.loading import load_pipeline
from tools.training.adapters.adapter_plan import AdaptersPlan
from tools.training.batch_source import resident_batches
from tools.training.checkpoint import TRAINING_ROOT
from tools.training.config import TrainingPlan
from tools.training.data import Batch, ShardFolder, batches
from tools.training.editor_parts import Editor, Say, prediction_loss
from tools.training.on_gpu.graphed_step import GraphedStep
from tools.training.unet import noise_scheduler

ADAPTERS = "adapters"
"""Folder of a pipeline that holds its adapters."""
_STEPS_BETWEEN_REPORTS = 50


def train_adapter(
    root: Path, weights: Path, name: str, plan: AdaptersPlan, base: TrainingPlan, say: Say, *, device: str = "cpu"
) -> Path:
    """Train the adapter `name` of a plan, and write it as safetensors beside the weights.

    Args:
        root: project folder; what is rasterized is kept below its `.cache/`.
        weights: pipeline folder to start from; the adapter is written to its `adapters/`.
        base: plan of those weights: size of pictures, shares of edits, weights of the loss.
        say: called with each line of progress.
        device: `cpu` or `cuda`.

    Returns:
        The file.

    Raises:
        WeightsError: there is no pipeline in `weights`.
    """
    from diffusers import StableDiffusionInstructPix2PixPipeline
    from diffusers.utils import convert_state_dict_to_diffusers
    from peft import LoraConfig
    from peft.utils import get_peft_model_state_dict

    torch.manual_seed(plan.seed)
    pipe = load_pipeline(weights, device)
    editor = Editor(pipe.vae, pipe.tokenizer, pipe.text_encoder, pipe.unet)
    for part in (editor.autoencoder, editor.text_encoder, editor.unet):
        part.requires_grad_(False).eval()
    editor.unet.add_adapter(LoraConfig(r=plan.rank, lora_alpha=plan.rank, target_modules=_matrices(editor.unet)))
    learnt = [parameter for parameter in editor.unet.parameters() if parameter.requires_grad]
    started, losses = time.monotonic(), []
    source = _batches(root, name, plan, base, editor, say)
    rate, on_gpu = torch.tensor(plan.rate, device=device), device != "cpu"
    optimiser = torch.optim.AdamW(learnt, rate, weight_decay=0.0, capturable=on_gpu, fused=True)
    noise = noise_scheduler()

    def loss_of(batch: Batch, generator: torch.Generator) -> Tensor:
        return prediction_loss(editor, batch, base.unet, noise, generator)

    def update() -> None:
        optimiser.step()

    take_step = GraphedStep(loss_of, learnt, update, device, recorded=on_gpu)
    take_step.seed(plan.seed)
    for step in range(1, plan.steps + 1):
        for group in optimiser.param_groups:
            group["lr"].fill_(plan.rate * _rate(step - 1, plan.steps))
        losses.append(take_step(next(source)).clone())
        if step % _STEPS_BETWEEN_REPORTS == 0:
            recent = torch.stack(losses[-_STEPS_BETWEEN_REPORTS:]).mean().item()
            say(f"{name}: step {step} of {plan.steps}  loss {recent:.3f}  {time.monotonic() - started:.0f} s")
    found = convert_state_dict_to_diffusers(get_peft_model_state_dict(editor.unet))
    folder, file = weights / ADAPTERS, f"{name}.safetensors"
    StableDiffusionInstructPix2PixPipeline.save_lora_weights(
        folder, unet_lora_layers={key: tensor.half().cpu() for key, tensor in found.items()}, weight_name=file
    )
    say(f"{name}: wrote {file}, {len(learnt)} matrices, {sum(part.numel() for part in learnt)} numbers")
    return folder / file


def _matrices(unet: Any) -> list[str]:
    """Names of the layers that get a low-rank change: every convolution and every linear layer."""
    return [name for name, part in unet.named_modules() if isinstance(part, (torch.nn.Conv2d, torch.nn.Linear))]


def _rate(step: int, steps: int) -> float:
    """Share of the largest learning rate: a warm-up of 20 steps, then a cosine to zero."""
    return min(1.0, (step + 1) / 20) * 0.5 * (1 + math.cos(math.pi * step / steps))


def _batches(
    root: Path, name: str, plan: AdaptersPlan, base: TrainingPlan, editor: Editor, say: Say
) -> Iterator[Batch]:
    pictures = base.pictures.model_copy(update={"pairs_agree": plan.adapters[name].pairs_agree})
    planned = {"shards": plan.shards, "scenes_per_shard": plan.scenes_per_shard, "batch": plan.batch}
    unet = base.unet.model_copy(update=planned)
    data = base.model_copy(update={"seed": plan.seed, "pictures": pictures, "unet": unet})
    if editor.unet.device.type != "cpu":
        return resident_batches(editor, data, str(editor.unet.device), say)
    # What decides the shards names their folder: another plan finds none of them.
    shards = ShardFolder(root / TRAINING_ROOT.with_name("training-adapters") / _name_of(data), data)
    for index in range(plan.shards):
        shards.write(index, editor.autoencoder)
        say(f"{name}: {index + 1} of {plan.shards} shards written")
    return batches([shards.load(index) for index in range(plan.shards)], pictures, plan.batch, plan.seed)


def _name_of(plan: TrainingPlan) -> str:
    from seamline.hashing import digest_of

    decisive = {"pictures": json.loads(plan.pictures.model_dump_json()), "seed": plan.seed}
    return digest_of({**decisive, "scenes": plan.unet.scenes_per_shard})[:16]
