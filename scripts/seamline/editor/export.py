"""A trained editor as a pipeline folder that plain diffusers loads, with a card that says what it is."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import torch

from seamline.editor.card import write_card
from seamline.editor.checkpoint import WEIGHTS, Workshop, workshop_of
from seamline.editor.parts import Editor
from seamline.editor.unet import NOISE_SCHEDULE
from seamline.errors import WeightsError
from seamline.files import write_if_changed
from seamline.measures.evaluation_record import RECORD_PATH, read
from seamline.samples.opening import load_part, load_tokenizer

Pipeline: TypeAlias = Any
"""A `diffusers.StableDiffusionInstructPix2PixPipeline`; diffusers carries no types."""

_PARTS = ("vae", "tokenizer", "text_encoder", "unet", "scheduler")
_LARGEST_FILE = 14_900_000
"""Bytes; what is larger is saved in parts."""


def pipeline_of(editor: Editor) -> Pipeline:
    """The editor as the stock pipeline, sampled by DDIM."""
    from diffusers import DDIMScheduler, StableDiffusionInstructPix2PixPipeline

    return StableDiffusionInstructPix2PixPipeline(
        vae=editor.autoencoder,
        text_encoder=editor.text_encoder,
        tokenizer=editor.tokenizer,
        unet=editor.unet,
        scheduler=DDIMScheduler(**NOISE_SCHEDULE, clip_sample=False),
        safety_checker=None,
        feature_extractor=None,
        image_encoder=None,
        requires_safety_checker=False,
    )


def trained(root: Path, into: Path = WEIGHTS) -> tuple[Editor, dict[str, float]]:
    """The editor in the workshop of `into` with the averaged weights of its last checkpoint, and how far that has come.

    Safe to call while training goes on.

    Raises:
        WeightsError: training has not reached its first checkpoint.
    """
    from diffusers import AutoencoderTiny, UNet2DConditionModel
    from transformers import CLIPTextModel

    workshop = Workshop(root / workshop_of(into))
    if not workshop.checkpoint.exists():
        raise WeightsError(
            "nothing has been trained yet", where=str(workshop.checkpoint), hint="run `seamline train` for a while"
        )
    state = torch.load(workshop.checkpoint, map_location="cpu", weights_only=True)
    unet = UNet2DConditionModel.from_config(UNet2DConditionModel.load_config(workshop.stage("unet_config")))
    text_encoder = load_part(CLIPTextModel, workshop.stage("text_encoder"))
    average = state["average"]["weights"]
    for name, module in (("unet", unet), ("text_encoder", text_encoder)):
        weights = {key.removeprefix(f"{name}."): value for key, value in average.items() if key.startswith(f"{name}.")}
        module.load_state_dict(weights, strict=False)
    editor = Editor(
        load_part(AutoencoderTiny, workshop.stage("vae")).eval(),
        load_tokenizer(workshop.stage("tokenizer")),
        text_encoder.eval(),
        unet.eval(),
    )
    return editor, {name: float(state[name]) for name in ("steps", "pictures", "seconds")}


def export(root: Path, into: Path = WEIGHTS) -> Path:
    """Write a workshop's editor as fp16 safetensors in a pipeline folder.

    The folder's other files (the plan, the card, the sheet) stay. `training.json` beside them says
    how long these very weights were trained.

    Args:
        into: a folder of weights, seen from `root`.

    Returns:
        The folder.

    Raises:
        WeightsError: training has not reached its first checkpoint.
    """
    editor, course = trained(root, into)
    to = root / into
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".mini-") as scratch:
        pipeline_of(editor).to(dtype=torch.float16).save_pretrained(
            scratch, safe_serialization=True, max_shard_size=_LARGEST_FILE
        )
        for config in Path(scratch).glob("*/config.json"):
            _settle(config)
        for part in _PARTS:
            shutil.rmtree(to / part, ignore_errors=True)
            shutil.move(Path(scratch) / part, to / part)
        shutil.move(Path(scratch) / "model_index.json", to / "model_index.json")
    for path in (*(file for part in _PARTS for file in (to / part).iterdir()), to / "model_index.json"):
        path.chmod(0o644)
    workshop = Workshop(root / workshop_of(into))
    facts: dict[str, Any] = {
        "unet_steps": int(workshop.before("unet_steps") + course["steps"]),
        "pictures_seen": int(workshop.before("pictures_seen") + course["pictures"]),
        "minutes": round(workshop.before("minutes") + course["seconds"] / 60, 1),
        "machine": torch.cuda.get_device_name() if torch.cuda.is_available() else f"{os.cpu_count()} CPU cores",
        "parameters": {
            "vae": _size(editor.autoencoder),
            "text_encoder": _size(editor.text_encoder),
            "unet": _size(editor.unet),
        },
        "autoencoder": workshop.finished("vae"),
        "text_encoder": workshop.finished("text_encoder"),
        "plans": workshop.plan_rows(),
        "curve": workshop.curve_rows(),
        "sha256": hashes(to),
    }
    write_if_changed(to / "training.json", json.dumps(facts, indent=1) + "\n")
    if into == WEIGHTS:
        write_card(root, read(root / RECORD_PATH))
    return to


def export_autoencoder(root: Path, into: Path) -> Path:
    """Write a workshop's autoencoder alone, as fp16 safetensors in `vae`; `training.json` says how it came about.

    Args:
        into: a folder of weights, seen from `root`.

    Returns:
        The folder.

    Raises:
        WeightsError: the autoencoder is not trained yet.
    """
    from diffusers import AutoencoderTiny

    workshop = Workshop(root / workshop_of(into))
    figures = workshop.finished("vae")
    if figures is None:
        raise WeightsError(
            "no autoencoder has been trained yet",
            where=str(workshop.folder),
            hint=f"run `seamline train --weights {into.as_posix()} --only-autoencoder`",
        )
    to = root / into
    autoencoder = load_part(AutoencoderTiny, workshop.stage("vae"))
    autoencoder.to(dtype=torch.float16).save_pretrained(to / "vae", safe_serialization=True)
    _settle(to / "vae" / "config.json")
    for path in (to / "vae").iterdir():
        path.chmod(0o644)
    facts: dict[str, Any] = {
        "machine": f"{os.cpu_count()} CPU cores",
        "parameters": {"vae": _size(autoencoder)},
        "autoencoder": figures,
        "plans": workshop.plan_rows("vae"),
        "curve": workshop.autoencoder_rows(),
        "sha256": hashes(to),
    }
    write_if_changed(to / "training.json", json.dumps(facts, indent=1) + "\n")
    return to


def hashes(folder: Path) -> Mapping[str, str]:
    """sha256 of each safetensors file of a pipeline folder, by its path in it."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.safetensors"))
    }


def bundle_bytes(folder: Path) -> int:
    """Bytes that `from_pretrained` reads: all files of the pipeline's parts."""
    parts = [path for part in _PARTS for path in (folder / part).rglob("*") if path.is_file()]
    return sum(path.stat().st_size for path in [*parts, folder / "model_index.json"])


def _settle(config: Path) -> None:
    """Leave in a part's configuration what is true on any machine."""
    settings = json.loads(config.read_text(encoding="utf-8"))
    settings.pop("_name_or_path", None)  # where the trainer's machine had it
    if config.parent.name == "text_encoder":
        # transformers would load half precision as it lies on disk, beside a U-Net that diffusers loads as float32.
        settings["dtype"] = "float32"
    write_if_changed(config, json.dumps(settings, indent=2, sort_keys=True) + "\n")


def _size(module: torch.nn.Module) -> int:
    return sum(weights.numel() for weights in module.parameters())
