"""Which weights run a step, where they are, and what they are: without loading them.

| name | weights |
|---|---|
| `hub` | the model's own: pinned to a commit of a hub repository, or a folder of the project |
| `mini` | the stand-in of the model's runner, which ships with the project: for InstructPix2Pix the mini editor |

A runner without a stand-in runs the model's own weights under either name. Only safetensors are ever read: a pickle
can run code when it is opened.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from seamline.catalog.entries import Model
from seamline.catalog.origins import label_of
from seamline.errors import WeightsError
from seamline.files import is_lfs_pointer
from seamline.hashing import Hashes
from seamline.plugins import RunnerDeclaration, StandInDeclaration
from seamline.weights.folders import class_of, configuration_in, index_of, safetensors_in, scheduler_in
from seamline.weights.identity import WeightsIdentity

WeightsName = Literal["mini", "hub"]


@dataclass(frozen=True, slots=True)
class Weights:
    """A folder of weights and its identity.

    Attributes:
        runner: name of the runner that loads them.
        folder: where they lie; None when they are known from an earlier run only.
        scheduler: the scheduler's `scheduler_config.json`, without entries that begin with `_`,
            except `_class_name`; empty where the kind has none.
        size: width and height, in pixels, of pictures that are made for these weights.
        configuration: sha256 of the other files that decide the outputs: configurations and the
            vocabulary, by path in the folder.
    """

    identity: WeightsIdentity
    runner: str
    folder: Path | None
    scheduler: Mapping[str, Any]
    size: tuple[int, int]
    configuration: Mapping[str, str] = field(default_factory=dict)


def stand_in_of(runner: RunnerDeclaration, name: WeightsName) -> StandInDeclaration | None:
    """The stand-in that `name` means for a runner's models; None where their own weights run."""
    return runner.stand_in if name == "mini" else None


def size_of(runner: RunnerDeclaration, name: WeightsName) -> tuple[int, int]:
    """Width and height, in pixels, at which scenes are rasterized and photos are fitted."""
    return runner.stand_in_size if stand_in_of(runner, name) else runner.native_size


def source_of(model: Model, runner: RunnerDeclaration, name: WeightsName) -> tuple[str, str]:
    """Source and label of the weights `name` for a model, as a run record states them.

    Raises:
        WeightsError: the model's own weights are asked for, and it names none.
    """
    if stand_in := stand_in_of(runner, name):
        return stand_in.folder, stand_in.label
    if model.folder:
        return model.folder, label_of(model)
    if model.weights is None:
        raise WeightsError(
            "the model names no weights on a hub",
            where=model.title or model.block,
            hint="add `weights: {repo: …, revision: …}` to its catalog entry"
            + (", or use --weights mini" if runner.stand_in else ""),
        )
    return f"{model.weights.repo}@{model.weights.revision}", model.weights.repo


def locate(root: Path, model: Model, runner: RunnerDeclaration, name: WeightsName, hashes: Hashes) -> Weights | None:
    """The weights `name` of a model if they are on this machine, else None. Nothing is downloaded.

    Raises:
        WeightsError: they are here but unsafe, incomplete, or of another kind than the runner's.
    """
    source, label = source_of(model, runner, name)
    stand_in = stand_in_of(runner, name)
    folder = root / source if stand_in or model.folder else _hub_snapshot(model)
    if folder is None or class_of(folder) is None:
        return None
    require_class(folder, runner)
    files = {path.relative_to(folder).as_posix(): hashes.sha256(path) for path in safetensors_in(folder, runner.parts)}
    identity = WeightsIdentity(name="mini" if stand_in else "hub", label=label, source=source, files=files)
    configuration = {
        path.relative_to(folder).as_posix(): hashes.sha256(path)
        for path in configuration_in(folder, (*runner.parts, *runner.texts))
    }
    return Weights(identity, runner.name, folder, scheduler_in(folder), size_of(runner, name), configuration)


def get(root: Path, model: Model, runner: RunnerDeclaration, name: WeightsName, hashes: Hashes) -> Weights:
    """The weights `name` of a model, downloaded from the hub if need be.

    Raises:
        WeightsError: they are not here and cannot be had; the message says how to get them.
    """
    found = locate(root, model, runner, name, hashes)
    stand_in = stand_in_of(runner, name)
    if found is None and stand_in is None and model.weights is not None:
        _download(model, runner)
        found = locate(root, model, runner, name, hashes)
    if found is None:
        raise WeightsError(
            f"there are no weights {name!r} here",
            where=source_of(model, runner, name)[0],
            hint=how_to_get(model, runner, name),
        )
    if found.folder is not None:
        _require_fetched(found.folder, runner)
    return found


def _require_fetched(folder: Path, runner: RunnerDeclaration) -> None:
    """See that no file of weights is a Git LFS pointer: the libraries would say something else of each."""
    texts = [path for part in runner.texts for path in (folder / part).glob("*.safetensors")]
    for path in (*safetensors_in(folder, runner.parts), *texts):
        if is_lfs_pointer(path):
            raise WeightsError("is a Git LFS pointer, not the weights", where=str(path), hint="git lfs pull")


def choose(root: Path, model: Model, runner: RunnerDeclaration, hashes: Hashes) -> tuple[WeightsName, str]:
    """What `--weights auto` means for one model: its own on a CUDA machine that has or can get them, else the stand-in.

    Returns:
        The name, and why it is the stand-in on a machine that could run the model's own; "" where nothing is to be
        said.
    """
    if runner.stand_in is None:
        return "hub", ""
    if not _cuda():
        return "mini", ""
    if model.weights is None and model.folder is None:
        return "mini", "its catalog entry names no weights on a hub"
    try:
        get(root, model, runner, "hub", hashes)
    except WeightsError as error:
        return "mini", error.what
    return "hub", ""


def require_class(folder: Path, runner: RunnerDeclaration) -> None:
    """See that a folder holds weights that the runner can load, as its `model_index.json` or `config.json` says.

    Raises:
        WeightsError: it holds weights of another class, or does not say which.
    """
    named = class_of(folder)
    if named not in runner.pipelines:
        is_one = f"the weights are of a `{named}`" if named else "the weights do not say of which class they are"
        known = " or ".join(f"`{name}`" for name in sorted(runner.pipelines))
        raise WeightsError(
            f"{is_one}, and `{runner.signature}` models of this kind are {known}",
            where=str(index_of(folder) or folder),
            hint="name weights of that class in the model's entry, or take its samples out of catalog/samples/",
        )


def _cuda() -> bool:
    """Whether there is a CUDA GPU; where no driver is, torch need not be loaded to know."""
    if shutil.which("nvidia-smi") is None and not Path("/dev/nvidiactl").exists():
        return False
    import torch

    return bool(torch.cuda.is_available())


def _wanted(runner: RunnerDeclaration) -> list[str]:
    """Patterns of the files that a runner needs of a hub repository."""
    wanted = ["model_index.json", "scheduler/*", "config.json"]
    for part in runner.parts:
        inside = "" if part == "." else f"{part}/"
        wanted += [f"{inside}*.json", f"{inside}*.safetensors"]
    return [*wanted, *(("*.txt", "*.json") if "." in runner.texts else ()), *(f"{part}/*" for part in runner.texts)]


def _hub_snapshot(model: Model) -> Path | None:
    """Folder of the pinned commit in the hub's local cache."""
    if model.weights is None or not _cached(model.weights.repo):
        return None
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        snapshot = snapshot_download(
            model.weights.repo, revision=model.weights.revision, cache_dir=_hub_cache(), local_files_only=True
        )
    except (LocalEntryNotFoundError, OSError, ValueError):
        return None
    return Path(snapshot)


def _hub_cache() -> Path:
    """Folder of the hub's local cache."""
    home = Path(os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface")
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub").expanduser()


def _cached(repo: str) -> bool:
    """Whether the hub's local cache knows a repository; importing its library, to ask it, takes a third of a second."""
    return (_hub_cache() / f"models--{repo.replace('/', '--')}").is_dir()


def _download(model: Model, runner: RunnerDeclaration) -> None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

    assert model.weights is not None
    try:
        snapshot_download(
            model.weights.repo,
            revision=model.weights.revision,
            cache_dir=_hub_cache(),
            allow_patterns=_wanted(runner),
            ignore_patterns=["*.fp16.safetensors", "*.non_ema.safetensors"],
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled, OSError) as error:
        raise WeightsError(
            f"the weights are not on this machine and the hub cannot be reached ({type(error).__name__})",
            where=source_of(model, runner, "hub")[0],
            hint=_how_to_get(model, runner),
        ) from error


def how_to_get(model: Model, runner: RunnerDeclaration, name: WeightsName) -> str:
    """How the weights `name` of a model come onto this machine, as a hint."""
    stand_in = stand_in_of(runner, name)
    return stand_in.how_to_get if stand_in else _how_to_get(model, runner)


def _how_to_get(model: Model, runner: RunnerDeclaration) -> str:
    if model.weights is None:
        return f"put them into {model.folder}, as safetensors"
    instead = f"; to run {runner.stand_in.label} instead, say --weights mini" if runner.stand_in else ""
    return (
        f"with a network: `hf download {model.weights.repo} --revision {model.weights.revision}`, or copy that "
        f"folder of another machine's hub cache and set HF_HOME{instead}"
    )
