"""A trained editor as a pipeline folder that plain diffusers loads, with a card that describes it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import torch

from seamline.errors import WeightsError
from seamline.files import write_if_changed
from seamline.live.exporting import WORDS
from seamline.measures.evaluation_record import RECORD_PATH, read
from seamline.weights.opening import load_part, load_without_weights
from tools.training.averaging import averaged_weights
from tools.training.card import write_card
from tools.training.checkpoint import WEIGHTS, TrainingDir, load_checkpoint, training_dir_of
from tools.training.editor_parts import Editor
from tools.training.text_encoder import instruction_examples
from tools.training.unet import noise_scheduler

Pipeline: TypeAlias = Any
"""A `diffusers.StableDiffusionInstructPix2PixPipeline`; diffusers carries no types."""

_PARTS = ("vae", "tokenizer", "text_encoder", "unet", "scheduler")
_WITHOUT_NEW = 5_000
"""Instructions in a row without a new word, after which no more are expected: templates repeat theirs far sooner."""
_LARGEST_FILE = 14_900_000
"""Bytes; what is larger is saved in parts."""


def pipeline_of(editor: Editor) -> Pipeline:
    """The editor as the stock pipeline, sampled by DDIM."""
    from diffusers import StableDiffusionInstructPix2PixPipeline

    return StableDiffusionInstructPix2PixPipeline(
        vae=editor.autoencoder,
        text_encoder=editor.text_encoder,
        tokenizer=editor.tokenizer,
        unet=editor.unet,
        scheduler=noise_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        image_encoder=None,
        requires_safety_checker=False,
    )


def load_trained(root: Path, into: Path = WEIGHTS) -> tuple[Editor, dict[str, float]]:
    """The editor that is trained for `into`, with the averaged weights of its last checkpoint, and its progress.

    Safe to call while training runs.

    Returns:
        The editor, and `steps`, `pictures` and `seconds` of its U-Net's training.

    Raises:
        WeightsError: training has not reached its first checkpoint.
    """
    from diffusers import AutoencoderTiny, UNet2DConditionModel
    from transformers import CLIPTextModel

    training_dir = TrainingDir(root / training_dir_of(into))
    if not training_dir.checkpoint.exists():
        raise WeightsError(
            "nothing has been trained yet",
            where=str(training_dir.checkpoint),
            hint="run `make train` for a while",
        )
    state = load_checkpoint(training_dir.checkpoint)
    unet = UNet2DConditionModel.from_config(UNet2DConditionModel.load_config(training_dir.stage("unet_config")))
    text_encoder = load_part(CLIPTextModel, training_dir.stage("text_encoder"))
    editor = Editor(
        load_part(AutoencoderTiny, training_dir.stage("vae")).eval(),
        load_without_weights(_tokenizer_class(), training_dir.stage("tokenizer")),
        text_encoder.eval(),
        unet.eval(),
    )
    for name, module in (("unet", unet), ("text_encoder", text_encoder)):
        module.load_state_dict(averaged_weights(state["moving_average"], name))
    return editor, {name: float(state[name]) for name in ("steps", "pictures", "seconds")}


def export(root: Path, into: Path = WEIGHTS) -> Path:
    """Write the editor that was trained for `into` as fp16 safetensors in a pipeline folder.

    The folder's other files (plan, card) stay. `training.json` records how these weights were trained.

    Args:
        into: a folder of weights, relative to `root`.

    Returns:
        The folder.

    Raises:
        WeightsError: training has not reached its first checkpoint.
    """
    editor, progress = load_trained(root, into)
    to = root / into
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".mini-") as scratch:
        pipeline_of(editor).to(dtype=torch.float16).save_pretrained(
            scratch, safe_serialization=True, max_shard_size=_LARGEST_FILE
        )
        for config in Path(scratch).glob("*/config.json"):
            _make_portable(config)
        for part in _PARTS:
            shutil.rmtree(to / part, ignore_errors=True)
            shutil.move(Path(scratch) / part, to / part)
        shutil.move(Path(scratch) / "model_index.json", to / "model_index.json")
    for path in (*(file for part in _PARTS for file in (to / part).iterdir()), to / "model_index.json"):
        path.chmod(0o644)
    training_dir = TrainingDir(root / training_dir_of(into))
    facts: dict[str, Any] = {
        "unet_steps": int(training_dir.counted_before("unet_steps") + progress["steps"]),
        "pictures_seen": int(training_dir.counted_before("pictures_seen") + progress["pictures"]),
        "minutes": round(training_dir.counted_before("minutes") + progress["seconds"] / 60, 1),
        "machines": [*training_dir.machines_before(), _this_machine(progress)],
        "parameters": {
            "vae": _size(editor.autoencoder),
            "text_encoder": _size(editor.text_encoder),
            "unet": _size(editor.unet),
        },
        "autoencoder": training_dir.figures_of("vae"),
        "text_encoder": training_dir.figures_of("text_encoder"),
        "plans": training_dir.plan_rows(),
        "curve": training_dir.curve_rows(),
        "autoencoder_plans": training_dir.plan_rows("vae"),
        "autoencoder_curve": training_dir.autoencoder_rows(),
        "sha256": hashes(to),
    }
    write_if_changed(to / "training.json", json.dumps(facts, indent=1) + "\n")
    write_if_changed(to / WORDS, "\n".join(words_read()) + "\n")
    if into == WEIGHTS:
        write_card(root, read(root / RECORD_PATH))
    return to


def export_autoencoder(root: Path, into: Path) -> Path:
    """Write the autoencoder alone, as fp16 safetensors in `vae`; `training.json` records how it was trained.

    Args:
        into: a folder of weights, relative to `root`.

    Returns:
        The folder.

    Raises:
        WeightsError: the autoencoder is not trained yet.
    """
    from diffusers import AutoencoderTiny

    training_dir = TrainingDir(root / training_dir_of(into))
    figures = training_dir.figures_of("vae")
    if figures is None:
        raise WeightsError(
            "no autoencoder has been trained yet",
            where=str(training_dir.path),
            hint=f"run `python -m tools.train --weights {into.as_posix()} --only-autoencoder`",
        )
    to = root / into
    autoencoder = load_part(AutoencoderTiny, training_dir.stage("vae"))
    autoencoder.to(dtype=torch.float16).save_pretrained(to / "vae", safe_serialization=True)
    _make_portable(to / "vae" / "config.json")
    for path in (to / "vae").iterdir():
        path.chmod(0o644)
    facts: dict[str, Any] = {
        "machine": f"{os.cpu_count()} CPU cores",
        "parameters": {"vae": _size(autoencoder)},
        "autoencoder": figures,
        "plans": training_dir.plan_rows("vae"),
        "curve": training_dir.autoencoder_rows(),
        "sha256": hashes(to),
    }
    write_if_changed(to / "training.json", json.dumps(facts, indent=1) + "\n")
    return to


def words_read() -> list[str]:
    """Each word of the instructions that training reads, in lower case, sorted: a page marks all others.

    Instructions are drawn as training draws them, until `_WITHOUT_NEW` have brought no new word.
    """
    words: set[str] = set()
    waited = 0
    for example in instruction_examples(seed=0):
        found = set(re.findall(r"[^\W_]+", example.instruction.lower()))
        waited = waited + 1 if found <= words else 0
        words |= found
        if waited == _WITHOUT_NEW:
            break
    return sorted(words)


def hashes(folder: Path) -> Mapping[str, str]:
    """sha256 of each safetensors file that a pipeline is loaded from, by its path in the folder; adapters are not."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.safetensors"))
        if path.relative_to(folder).parts[0] in _PARTS
    }


def bundle_bytes(folder: Path) -> int:
    """Bytes that `from_pretrained` reads: all files of the pipeline's parts."""
    parts = [path for part in _PARTS for path in (folder / part).rglob("*") if path.is_file()]
    return sum(path.stat().st_size for path in [*parts, folder / "model_index.json"])


def _make_portable(config: Path) -> None:
    """Remove from a part's configuration what holds on this machine only."""
    settings = json.loads(config.read_text(encoding="utf-8"))
    settings.pop("_name_or_path", None)  # a path of this machine
    if config.parent.name == "text_encoder":
        # Otherwise transformers keeps half precision, while diffusers loads the U-Net as float32.
        settings["dtype"] = "float32"
    write_if_changed(config, json.dumps(settings, indent=2, sort_keys=True) + "\n")


def _this_machine(progress: Mapping[str, float]) -> dict[str, Any]:
    name = torch.cuda.get_device_name() if torch.cuda.is_available() else f"{os.cpu_count()} CPU cores"
    return {"machine": name, "steps": int(progress["steps"]), "minutes": round(progress["seconds"] / 60, 1)}


def _size(module: torch.nn.Module) -> int:
    return sum(weights.numel() for weights in module.parameters())


def _tokenizer_class() -> Any:
    from transformers import CLIPTokenizer

    return CLIPTokenizer
