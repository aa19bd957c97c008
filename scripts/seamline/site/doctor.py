"""What this machine has of what Seamline can use, and what to do about the rest."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from seamline.errors import SiteError
from seamline.files import is_lfs_pointer
from seamline.runners.instruct_pix2pix.stand_in import MINI_EDITOR
from seamline.site.settings import require_settings

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_DRAWING = ("torch", "diffusers", "transformers", "safetensors", "numpy", "skimage", "imagehash")


@dataclass(frozen=True)
class Part:
    """One thing that is there or not.

    Attributes:
        part: what was looked for.
        present: whether it is there.
        needed: whether anything that was asked for on this machine cannot work without it.
        found: what is there, or what its absence means.
        advice: what to do when it is not there.
    """

    part: str
    present: bool
    needed: bool
    found: str
    advice: str = ""


def examine(root: Path) -> list[Part]:
    """Look at interpreter, device, weights and optional parts; loads torch only if it is installed."""
    return [
        _python(),
        _settings(root),
        _drawing(),
        _device(),
        _mini_weights(root),
        _hub_weights(root),
        _reader(root),
        _runs(root),
        _package("ray", "ray", "runs cannot be spread over a cluster", "pip install 'seamline[ray]'"),
        _package("zensical", "zensical", "only MkDocs can build the site", "pip install 'seamline[dev]'"),
        _package("search", "pagefind_bin", "sites have the theme's search", "pip install 'seamline[search]'"),
        _tool("chromium", _CHROMIUM, "browser tests and audit-web are skipped", "apt-get install chromium"),
        _tool("exiftool", ("exiftool",), "image marks are not cross-checked", "apt-get install libimage-exiftool-perl"),
        _tool("node", ("node",), "Lighthouse cannot run", "apt-get install nodejs npm"),
    ]


def _python() -> Part:
    enough = sys.version_info >= (3, 11)
    return Part("python", enough, True, platform.python_version(), "" if enough else "install Python 3.11 or newer")


def _settings(root: Path) -> Part:
    try:
        require_settings(root)
    except SiteError as error:
        return Part("mkdocs.yml", False, True, f"{error.where}: {error.what}", error.hint)
    return Part("mkdocs.yml", True, True, "reads generated/, writes site/")


def _drawing() -> Part:
    absent = [name for name in _DRAWING if importlib.util.find_spec(name) is None]
    if absent:
        found = f"missing: {', '.join(absent)}; committed runs can be shown, none can be drawn"
        return Part("drawing", False, False, found, "pip install 'seamline[draw]'")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("torch", "diffusers"))
    return Part("drawing", True, False, versions)


def _device() -> Part:
    if importlib.util.find_spec("torch") is None:
        return Part("device", False, False, "unknown without torch", "pip install 'seamline[draw]'")
    import torch

    if torch.cuda.is_available():
        memory = torch.cuda.get_device_properties(0).total_memory / 2**30
        return Part("device", True, False, f"CUDA: {torch.cuda.get_device_name(0)}, {memory:.0f} GiB")
    if torch.backends.mps.is_available():
        return Part("device", True, False, "MPS: the GPU of this Mac")
    return Part("device", True, False, f"CPU, {torch.get_num_threads()} threads: enough for the mini editor")


def _mini_weights(root: Path) -> Part:
    folder = root / "catalog" / "weights" / "mini"
    files = sorted(folder.rglob("*.safetensors"))
    if not (folder / "model_index.json").is_file() or not files:
        return Part("mini editor", False, False, f"no weights in {folder}", MINI_EDITOR.how_to_get)
    size = sum(file.stat().st_size for file in files) / 1e6
    return Part("mini editor", True, False, f"{len(files)} safetensors files, {size:.1f} MB")


def _reader(root: Path) -> Part:
    from seamline.reader.place import CONFIG, FOLDER, HOW_TO_GET, LEAST, VOCABULARY, WEIGHTS

    file = root / FOLDER / WEIGHTS
    if not file.is_file():
        return Part("reader", False, False, "drafts choose their sentences by words", HOW_TO_GET)
    if lacking := [name for name in (VOCABULARY, CONFIG) if not (root / FOLDER / name).is_file()]:
        return Part("reader", False, False, f"no {' and no '.join(lacking)} in {root / FOLDER}", HOW_TO_GET)
    if is_lfs_pointer(file):
        return Part("reader", False, False, f"{file} is a Git LFS pointer", "git lfs pull")
    if (size := file.stat().st_size) < LEAST:
        return Part("reader", False, False, f"{file} is torn: it has {size} bytes", HOW_TO_GET)
    if importlib.util.find_spec("numpy") is None:
        return Part("reader", False, False, "its weights are here, numpy is not", "pip install 'seamline[reader]'")
    return Part("reader", True, False, f"{size / 1e6:.1f} MB: `seamline read` chooses what drafts quote")


def _hub_weights(root: Path) -> Part:
    from seamline.catalog import load

    repositories = sorted({model.weights.repo for model in load(root).models.values() if model.weights})
    if not repositories:
        return Part("hub weights", False, False, "no model of the catalog names any")
    if importlib.util.find_spec("huggingface_hub") is None:
        return Part("hub weights", False, False, "not looked for", "pip install 'seamline[draw]'")
    from huggingface_hub import try_to_load_from_cache

    here = [name for name in repositories if isinstance(try_to_load_from_cache(name, "model_index.json"), str)]
    if here:
        return Part("hub weights", True, False, "in the local cache: " + ", ".join(here))
    first = repositories[0]
    return Part(
        "hub weights",
        False,
        False,
        f"{first} is not in the local cache",
        "on a machine with a GPU: seamline samples --weights hub",
    )


def _runs(root: Path) -> Part:
    from seamline.catalog import load
    from seamline.runs.store.orphans import orphans

    left = orphans(load(root))
    if not left:
        return Part("runs", True, False, "every run belongs to a sample")
    names = ", ".join(one.id for one in left)
    return Part("runs", False, False, f"of no sample: {names}", "seamline samples --prune")


def _package(part: str, module: str, without: str, advice: str) -> Part:
    if importlib.util.find_spec(module) is None:
        return Part(part, False, False, without, advice)
    return Part(part, True, False, importlib.metadata.version(module))


def _tool(part: str, names: tuple[str, ...], without: str, advice: str) -> Part:
    path = next((found for name in names if (found := shutil.which(name))), None)
    return Part(part, True, False, path) if path else Part(part, False, False, without, advice)
