"""What a built site needs for the editor to run: the runtime, the scripts, and the weights, beside the scenes."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seamline.errors import WeightsError
from seamline.files import write_if_changed
from seamline.live import graph_files, manifest, runtime_files
from seamline.live.fitness import PARTS
from seamline.live.weights_pack import packed
from seamline.weights.folders import safetensors_in

HERE = Path(__file__).parent
RUNTIME = runtime_files.FOLDER
GLUE, WASM = runtime_files.GLUE, f"{runtime_files.WASM}.gz"
ASSETS = "assets.json"
"""Names and sizes of what a reader's first edit loads; beside `live.json` in the site."""
CACHE = ".cache/live"
MATTING_PARTS = (".",)
"""Where the weights of a matting network lie in its folder."""


def add_to(site: Path, root: Path, *, exact: bool = False) -> str:
    """Put what the editor needs into the built `site`, where the project has an editor.

    Args:
        exact: keep every weight as it is, in about twice as many bytes.

    Returns:
        Why the editor will not run on this site; "" where it will, or where the project has none.

    Raises:
        RecordError: what was exported was torn or altered.
        WeightsError: the tokenizer cannot be read.
        FilesError: the file system refused.
    """
    record = manifest.read(root)
    if record is None:
        return ""
    folder = root / record["weights"]
    matting = root / record["matting"]["weights"] if record.get("matting") else None
    if why := why_stale(folder) or _why_apart(folder, record["size"]):
        return why
    if matting and (why := why_stale(matting, MATTING_PARTS) or _why_apart(matting, record["size"])):
        return why
    to = site / manifest.FOLDER
    pack = _pack(root, folder, texts_of(folder), exact=exact)
    names = {"runtime": (WASM, (RUNTIME / WASM).read_bytes()), "weights": ("weights.gz", pack)}
    if matting:
        names["matting"] = ("matting.gz", _pack(root, matting, {}, exact=exact))
    assets = {}
    for kind, (name, data) in names.items():
        stem, _, suffix = name.partition(".")
        named = f"{stem}-{hashlib.sha256(data).hexdigest()[:8]}.{suffix}"
        write_if_changed(to / named, data)
        assets[kind] = {"file": named, "bytes": len(data)}
    for path in (RUNTIME / GLUE, RUNTIME / "LICENSE-onnxruntime.txt"):
        shutil.copyfile(path, to / path.name)
    for script, text in manifest.scripts().items():
        write_if_changed(to / script, text)
    write_if_changed(to / ASSETS, json.dumps(assets, indent=1, sort_keys=True) + "\n")
    return ""


def why_stale(folder: Path, parts: Sequence[str] = PARTS) -> str:
    """Why what was exported is not of the weights in `folder` and its sub-folders `parts`; "" where it is."""
    exported = graph_files.read(folder)
    if exported is None:
        return f"the weights in {folder.name} were never exported"
    try:
        now = weights_of(folder, parts)
    except WeightsError as error:
        return error.what
    return "" if now == dict(exported.of) else "the weights have changed since they were exported"


def _why_apart(folder: Path, size: Sequence[int]) -> str:
    """Why scenes of `size` do not go with the graphs of the weights in `folder`; "" where they do."""
    exported = graph_files.read(folder)
    if exported is None or exported.size == tuple(size):
        return ""
    return f"its scenes are of {size[0]} x {size[1]} pixels, and its graphs of {exported.size[0]} x {exported.size[1]}"


def weights_of(folder: Path, parts: Sequence[str] = PARTS) -> dict[str, str]:
    """sha256 of the safetensors of some parts of a model by path in its folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in safetensors_in(folder, parts)
    }


def texts_of(folder: Path) -> Mapping[str, Any]:
    """The pipeline's tokenizer, as `browser/tokenizer.js` takes it.

    Raises:
        WeightsError: it cannot be read, or is none of CLIP's kind.
    """
    where = folder / "tokenizer"
    try:
        model = json.loads((where / "tokenizer.json").read_text("utf-8"))["model"]
        config = json.loads((where / "tokenizer_config.json").read_text("utf-8"))
        if model["type"] != "BPE" or model["end_of_word_suffix"] != "</w>":
            raise ValueError("it is none of CLIP's kind")
        return {
            "tokenizer": {
                "vocabulary": model["vocab"],
                "merges": [merge.split(" ") if isinstance(merge, str) else merge for merge in model["merges"]],
                "length": config["model_max_length"],
                "begin": model["vocab"][config["bos_token"]],
                "end": model["vocab"][config["eos_token"]],
            }
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"a page cannot run this tokenizer: {error}", where=str(where)) from error


def _pack(root: Path, folder: Path, texts: Mapping[str, Any], *, exact: bool) -> bytes:
    """The packed weights, remembered by everything that decides them."""
    exported = graph_files.read(folder)
    assert exported is not None
    # The sealed record holds the digests of weights and graphs, and all else that is packed of them.
    record = (folder / graph_files.FOLDER / graph_files.RECORD).read_text("utf-8")
    decided_by = [record, texts, exact]
    code = (HERE / "weights_pack.py").read_bytes()
    key = hashlib.sha256(json.dumps(decided_by, sort_keys=True).encode() + code).hexdigest()[:16]
    path = root / CACHE / f"{key}.gz"
    if not path.is_file():
        write_if_changed(path, packed(folder, exported, texts, exact=exact))
    return path.read_bytes()
