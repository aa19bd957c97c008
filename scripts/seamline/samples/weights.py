"""Which weights draw a sample, where they are, and what they are: without loading them.

| name | weights |
|---|---|
| `mini` | the mini editor in `catalog/weights/mini/`, which ships with the project |
| `hub` | the sample's own model, pinned to a commit of a hub repository |

Only safetensors are ever read: a pickle can run code when it is opened.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from seamline.catalog.entries import Model
from seamline.catalog.runnable import PIPELINE
from seamline.errors import WeightsError
from seamline.samples.hashing import Hashes
from seamline.samples.records import WeightsIdentity

WeightsName = Literal["mini", "hub"]

NATIVE_SIZE: Mapping[str, tuple[int, int]] = {"mini": (192, 128), "hub": (768, 512)}
"""Width and height, in pixels, at which scenes are drawn and photos are fitted for each weights."""

MINI_FOLDER = Path("catalog/weights/mini")
MINI_LABEL = "Seamline mini editor"
HOW_TO_GET_MINI = (
    f"copy the folder {MINI_FOLDER} from a copy of Seamline's repository, where it is under version control; "
    "or train one with `seamline train`, which takes hours"
)
_PICKLES = {".bin", ".ckpt", ".pt", ".pth", ".pkl", ".msgpack", ".h5"}
_TEXTS = {".json", ".txt", ".model"}
_PARTS = ("unet", "vae", "text_encoder")


@dataclass(frozen=True, slots=True)
class Weights:
    """A pipeline folder and its identity.

    Attributes:
        folder: where `from_pretrained` finds it; None when it is known from an earlier run only.
        scheduler: the scheduler's `scheduler_config.json`, without entries that begin with `_`,
            except `_class_name`.
        configuration: sha256 of the other files that decide what the weights draw: configurations and the
            vocabulary, by path in the folder.
    """

    identity: WeightsIdentity
    folder: Path | None
    scheduler: Mapping[str, Any]
    configuration: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a scene drawn for these weights, in pixels."""
        return NATIVE_SIZE[self.identity.name]


def source_of(model: Model, name: WeightsName) -> tuple[str, str]:
    """Source and label of the weights `name` for a model, as a run record states them.

    Raises:
        WeightsError: the hub's weights are asked for, and the model names none.
    """
    if name == "mini":
        return MINI_FOLDER.as_posix(), MINI_LABEL
    if model.weights is None:
        raise WeightsError(
            "the model names no weights on a hub",
            where=model.title or model.block,
            hint="add `weights: {repo: …, revision: …}` to its catalog entry, or use --weights mini",
        )
    return f"{model.weights.repo}@{model.weights.revision}", model.weights.repo


def locate(root: Path, model: Model, name: WeightsName, hashes: Hashes) -> Weights | None:
    """The weights `name` of a model if they are on this machine, else None. Nothing is downloaded.

    Raises:
        WeightsError: they are here but unsafe, incomplete, or of another pipeline than the one that runs.
    """
    source, label = source_of(model, name)
    folder = root / MINI_FOLDER if name == "mini" else _hub_snapshot(model)
    if folder is None or not (folder / "model_index.json").is_file():
        return None
    require_pipeline(folder)
    files = {path.relative_to(folder).as_posix(): hashes.sha256(path) for path in safetensors_in(folder)}
    identity = WeightsIdentity(name=name, label=label, source=source, files=files)
    configuration = {path.relative_to(folder).as_posix(): hashes.sha256(path) for path in _configuration_of(folder)}
    return Weights(identity, folder, _scheduler_of(folder), configuration)


def get(root: Path, model: Model, name: WeightsName, hashes: Hashes) -> Weights:
    """The weights `name` of a model, downloaded from the hub if need be.

    Raises:
        WeightsError: they are not here and cannot be had; the message says how to get them.
    """
    found = locate(root, model, name, hashes)
    if found is None and name == "hub":
        _download(model)
        found = locate(root, model, name, hashes)
    if found is None:
        raise WeightsError(
            f"there are no weights {name!r} here",
            where=source_of(model, name)[0],
            hint=HOW_TO_GET_MINI if name == "mini" else _how_to_get(model),
        )
    return found


def choose(root: Path, model: Model, hashes: Hashes) -> tuple[WeightsName, str]:
    """What `--weights auto` means for one model: the hub's on a CUDA machine that has or can get them, else `mini`.

    Returns:
        The name, and why it is `mini` on a machine that could run the hub's weights; "" where there is nothing to tell.
    """
    if not _cuda():
        return "mini", ""
    if model.weights is None:
        return "mini", "its catalog entry names no weights on a hub"
    try:
        get(root, model, "hub", hashes)
    except WeightsError as error:
        return "mini", error.what
    return "hub", ""


def require_pipeline(folder: Path) -> None:
    """See that a pipeline folder holds the one pipeline that Seamline runs, as its `model_index.json` says.

    Raises:
        WeightsError: it holds another, or does not say which.
    """
    index = folder / "model_index.json"
    try:
        found = json.loads(index.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"the pipeline cannot be loaded: {error}", where=str(index)) from error
    named = found.get("_class_name") if isinstance(found, dict) else None
    if named != PIPELINE:
        is_one = f"the weights are of a `{named}`" if named else "the weights do not say of which pipeline they are"
        raise WeightsError(
            f"{is_one}, and Seamline runs `{PIPELINE}` alone",
            where=str(index),
            hint="name weights of that pipeline in the model's entry, or take its samples out of catalog/samples/",
        )


def safetensors_in(folder: Path) -> tuple[Path, ...]:
    """The safetensors files that `from_pretrained` loads from a pipeline folder, sorted.

    Raises:
        WeightsError: a part of the pipeline has no safetensors file.
    """
    return tuple(path for part in _PARTS for path in safetensors_of_part(folder / part))


def safetensors_of_part(folder: Path) -> list[Path]:
    """The safetensors files of one part of a pipeline, sorted.

    Raises:
        WeightsError: there is none.
    """
    here = sorted(folder.glob("*.safetensors"))
    plain = [path for path in here if not path.name.endswith((".fp16.safetensors", ".non_ema.safetensors"))]
    if not plain:
        pickled = [path.name for path in sorted(folder.glob("*")) if path.suffix in _PICKLES]
        because = f"only {', '.join(pickled)}, which could run code when opened" if pickled else "none at all"
        raise WeightsError(
            f"no safetensors file, {because}", where=str(folder), hint="use weights saved as safetensors"
        )
    return plain


def _cuda() -> bool:
    """Whether there is a CUDA GPU; where no driver is, torch need not be loaded to know."""
    if shutil.which("nvidia-smi") is None and not Path("/dev/nvidiactl").exists():
        return False
    import torch

    return bool(torch.cuda.is_available())


def _configuration_of(folder: Path) -> list[Path]:
    """Files beside the weights that `from_pretrained` reads; the scheduler's configuration is known by its content."""
    found = [path for part in (*_PARTS, "tokenizer") for path in (folder / part).glob("*") if path.suffix in _TEXTS]
    return sorted([*found, folder / "model_index.json"])


def _scheduler_of(folder: Path) -> Mapping[str, Any]:
    path = folder / "scheduler" / "scheduler_config.json"
    try:
        config = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"no readable scheduler: {error}", where=str(path)) from error
    return {key: value for key, value in sorted(config.items()) if key == "_class_name" or not key.startswith("_")}


def _hub_snapshot(model: Model) -> Path | None:
    """Folder of the pinned commit in the hub's local cache, laid out as huggingface_hub documents it."""
    if model.weights is None:
        return None
    home = Path(os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface")
    cache = Path(os.environ.get("HF_HUB_CACHE") or home / "hub").expanduser()
    repository = cache / f"models--{model.weights.repo.replace('/', '--')}"
    revision = model.weights.revision
    pointer = repository / "refs" / revision
    commit = pointer.read_text("utf-8").strip() if pointer.is_file() else revision
    folder = repository / "snapshots" / commit
    return folder if folder.is_dir() else None


def _download(model: Model) -> None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

    assert model.weights is not None
    wanted = ["model_index.json", "scheduler/*", "tokenizer/*"]
    for part in _PARTS:
        wanted += [f"{part}/config.json", f"{part}/*.safetensors"]
    try:
        snapshot_download(
            model.weights.repo,
            revision=model.weights.revision,
            allow_patterns=wanted,
            ignore_patterns=["*.fp16.safetensors", "*.non_ema.safetensors"],
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled, OSError) as error:
        raise WeightsError(
            f"the weights are not on this machine and the hub cannot be reached ({type(error).__name__})",
            where=source_of(model, "hub")[0],
            hint=_how_to_get(model),
        ) from error


def _how_to_get(model: Model) -> str:
    assert model.weights is not None
    return (
        f"with a network: `hf download {model.weights.repo} --revision {model.weights.revision}`, or copy that "
        "folder of another machine's hub cache and set HF_HOME; to draw with the mini editor instead, "
        "say --weights mini"
    )
