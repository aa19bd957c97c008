"""`seamline live`: everything that a page needs to run the editor, made from the catalog's declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seamline.errors import CatalogError, WeightsError
from seamline.live import declaration, graph_files, manifest

if TYPE_CHECKING:
    from seamline.catalog import Catalog
    from seamline.runners.base import Runner
    from seamline.weights.locate import WeightsName

WORDS = "words.txt"
"""In a folder of weights: each word that training read, one a line; written by `make train`'s export."""

Say = Callable[[str], None]


def export(
    root: Path, catalog: Catalog, say: Say = lambda _: None
) -> tuple[str, graph_files.Exported, tuple[str, ...]]:
    """Export what `catalog/live.yml` declares: graphs beside the weights, scenes to generated/live/.

    Args:
        say: takes a line for each graph and for the scenes.

    Returns:
        Folder of the weights relative to the project, what was exported of them, and ids of the scenes.

    Raises:
        CatalogError: there is no declaration, or it is not as it should be.
        WeightsError: the weights are not here, do not fit a page, or are exported wrongly.
        ModuleNotFoundError: torch, onnx or onnxscript is not installed.
        FilesError: the file system refused.
    """
    from seamline.live.fitness import require_fit
    from seamline.live.graph_export import export as export_graphs
    from seamline.live.scene_pictures import pictures_of, scene_of
    from seamline.live.schedules import schedules
    from seamline.live.site_files import weights_of
    from seamline.runners.instruct_pix2pix import RUNNER

    declared = declaration.read(root)
    if declared is None:
        hint = "write it, as “Let readers edit in the page” in the guides shows"
        raise CatalogError("there is no live editor to export", where=declaration.FILE, hint=hint)
    source, label, size = _weights(root, catalog, declared.model, RUNNER)
    folder = root / source
    require_fit(folder)
    graphs = tuple(export_graphs(folder, size, say))
    latents = _latents(folder, size)
    exported = graph_files.Exported(weights_of(folder), size, graphs, latents, schedules(folder))
    graph_files.write(folder, exported)
    matting = _export_matting(root, catalog, declared.matting, size, say) if declared.matting else None
    say(f"scenes: {len(declared.scenes)}, with the truth about each chip")
    scenes = {one.id: pictures_of(scene_of(one), size) for one in declared.scenes}
    words = folder / WORDS
    manifest.write(
        root,
        declared,
        scenes,
        label=label,
        weights=source,
        size=size,
        matting=matting,
        known_words=words.read_text("utf-8").split() if words.is_file() else (),
    )
    return source, exported, tuple(scenes)


def _export_matting(root: Path, catalog: Catalog, model_id: str, size: tuple[int, int], say: Say) -> Mapping[str, str]:
    """What `live.json` says of the matting network, whose graph is written beside its weights."""
    from seamline.live.graph_export import export_matting
    from seamline.live.site_files import MATTING_PARTS, weights_of
    from seamline.runners.matting import RUNNER

    source, label, _ = _weights(root, catalog, model_id, RUNNER)
    graph = export_matting(root / source, size, say)
    exported = graph_files.Exported(weights_of(root / source, MATTING_PARTS), size, (graph,))
    graph_files.write(root / source, exported)
    return {"model": model_id, "weights": source, "label": label}


def _weights(root: Path, catalog: Catalog, model_id: str, runner: Runner[Any, Any]) -> tuple[str, str, tuple[int, int]]:
    """Folder of the weights that run, relative to the project, their label, and the size of their pictures."""
    from seamline.catalog.runnable import kinds_of
    from seamline.hashing import Hashes
    from seamline.weights.locate import get, size_of, stand_in_of

    model = catalog.models.get(model_id)
    if model is None:
        raise CatalogError(
            f"model: there is no model {model_id!r}", where=declaration.FILE, hint="name one of catalog/models/"
        )
    if kinds_of(catalog.models).get(model_id) != runner.name:
        raise WeightsError(
            f"{model_id} is not run by {runner.name}, and here a page runs nothing else",
            where=declaration.FILE,
            hint="name a model that edits images by instruction, and for `matting` a matting network",
        )
    name: WeightsName = "mini" if model.folder is None and stand_in_of(runner, "mini") else "hub"
    found = get(root, model, runner, name, Hashes(root))
    assert found.folder is not None
    return found.folder.relative_to(root).as_posix(), found.identity.label, size_of(runner, name)


def _latents(folder: Path, size: tuple[int, int]) -> tuple[int, int, int]:
    from diffusers import AutoencoderTiny

    config = AutoencoderTiny.load_config(folder / "vae")
    scale = 2 ** (len(config["encoder_block_out_channels"]) - 1)
    return config["latent_channels"], size[1] // scale, size[0] // scale
