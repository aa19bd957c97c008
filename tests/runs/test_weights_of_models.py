"""Which weights run for a model whose kind has no stand-in: its own, under either name, from a hub or from a folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("imagehash", reason="pictures need the `draw` extra")

import numpy as np
from huggingface_hub import constants
from projects import MODEL, FakeEngine, project, sample_of

from seamline.catalog import Catalog
from seamline.catalog.entries import KINDS, Model, Sample
from seamline.catalog.runnable import runner_of
from seamline.errors import WeightsError
from seamline.hashing import Hashes
from seamline.runners.base import Output, Value
from seamline.runners.registry import runner_named
from seamline.runs.engines.base import Loading, Result
from seamline.runs.execute.scheduler import run_due
from seamline.runs.plan.shown import shown_states
from seamline.runs.plan.states import plan
from seamline.runs.store.run_folder import folder_of, read_record
from seamline.weights import locate

KIND, PIPELINE = "text_to_image", "StableDiffusionPipeline"
FOLDER = "catalog/weights/painter"
NAMES: tuple[locate.WeightsName, ...] = ("mini", "hub")


class Painter(FakeEngine):
    """Also makes grey pictures of texts; remembers what it was to load."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[Loading] = []

    def run(self, loading: Loading, values: Mapping[str, Value], requests: Sequence[Any]) -> Iterator[Result]:
        self.loaded.append(loading)
        if loading.runner != KIND:
            yield from super().run(loading, values, requests)
            return
        for index, request in enumerate(requests):
            yield Result(index, Output({"image": np.full((64, 96, 3), request.seed, np.uint8)}))


def quiet(line: str) -> None:
    """Say nothing."""


def pipeline_in(folder: Path, class_name: str = PIPELINE) -> Path:
    """Weights that look real to whoever does not load them."""
    for part in runner_named(KIND).parts:
        (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / part / "model.safetensors").write_bytes(f"weights of {part}".encode())
    (folder / "scheduler").mkdir(exist_ok=True)
    (folder / "scheduler/scheduler_config.json").write_text(json.dumps({"_class_name": "DDIMScheduler"}))
    (folder / "model_index.json").write_text(json.dumps({"_class_name": class_name}))
    return folder


def catalog_of(root: Path, **fields: Any) -> Catalog:
    """A project with a sample of the mini editor's kind, and one of a model that paints."""
    own = project(root, {"edit": sample_of()})
    block = {"block": "Txt2Img-HuggingFace-a-painter", "pipeline": PIPELINE}
    painter = Model.model_validate({**block, **(fields or {"folder": FOLDER})})
    recipe = {"title": "A wall", "model": "painter", "instruction": "a wall", "parameters": {"seed": 9}}
    sample = Sample.model_validate(recipe, context={KINDS: {"painter": KIND}})
    return Catalog(root, {}, {**own.models, "painter": painter}, {}, {**own.samples, "wall": sample})


def located(catalog: Catalog, name: locate.WeightsName) -> locate.Weights | None:
    model = catalog.models["painter"]
    runner = runner_of(model)
    assert runner is not None and runner.stand_in is None
    return locate.locate(catalog.root, model, runner, name, Hashes(catalog.root))


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_of_the_project_is_found_under_either_name(tmp_path: Path, name: locate.WeightsName) -> None:
    catalog = catalog_of(tmp_path)
    assert located(catalog, name) is None
    folder = pipeline_in(tmp_path / FOLDER)
    found = located(catalog, name)
    assert found is not None
    assert (found.folder, found.runner, found.size) == (folder, KIND, runner_named(KIND).native_size)
    assert (found.identity.name, found.identity.source) == ("hub", FOLDER)
    assert {file.partition("/")[0] for file in found.identity.files} == set(runner_named(KIND).parts)


@pytest.mark.parametrize("name", ["auto", *NAMES])
def test_its_own_weights_run_whatever_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: Any) -> None:
    """On a machine without a GPU, too; the mini editor stands in for the other model alone."""
    monkeypatch.setattr(locate, "_cuda", lambda: False)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    catalog, engine = catalog_of(tmp_path), Painter()
    folder = pipeline_in(tmp_path / FOLDER)
    done = run_due(catalog, weights=name, engine=engine, say=quiet)
    assert "wall" in done.drawn
    assert [loading.folder for loading in engine.loaded if loading.runner == KIND] == [folder]
    assert all(loading.own == (loading.runner == KIND) for loading in engine.loaded)
    assert not folder_of(tmp_path, "wall", "mini").exists()
    record = read_record(folder_of(tmp_path, "wall", "hub"))
    assert record is not None
    assert (record.weights_name, record.stands_in, record.weights.source) == ("hub", False, FOLDER)
    assert {state.id: (state.state, state.weights) for state in shown_states(catalog)}["wall"] == ("fresh", "hub")
    if name != "hub":
        assert done.weights == {MODEL: "mini", "painter": "hub" if name == "auto" else "mini"}
        assert folder_of(tmp_path, "edit", "mini").is_dir()


@pytest.mark.parametrize("name", NAMES)
def test_another_file_in_the_folder_makes_its_run_stale(tmp_path: Path, name: locate.WeightsName) -> None:
    catalog = catalog_of(tmp_path)
    folder = pipeline_in(tmp_path / FOLDER)
    run_due(catalog, weights="mini", engine=Painter(), say=quiet)
    assert {state.id: state.state for state in plan(catalog, name)}["wall"] == "fresh"
    (folder / "unet/model.safetensors").write_bytes(b"trained longer")
    state = next(state for state in plan(catalog, name) if state.id == "wall")
    assert state.state == "stale" and "unet/model.safetensors" in state.why[0]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", ["StableDiffusionInstructPix2PixPipeline", ""])
def test_weights_of_another_class_are_refused_and_no_other_sample_with_them(
    tmp_path: Path, name: locate.WeightsName, other: str
) -> None:
    catalog = catalog_of(tmp_path)
    folder = pipeline_in(tmp_path / FOLDER, other)
    with pytest.raises(WeightsError, match=f"{other or 'do not say of which class'}.*`{PIPELINE}`") as caught:
        located(catalog, name)
    assert caught.value.where == str(folder / "model_index.json")
    done = run_due(catalog, weights="mini", engine=Painter(), say=quiet)
    assert done.drawn == ("edit",) and PIPELINE in done.failed["wall"]
    states = {state.id: state for state in plan(catalog, "mini")}
    assert (states["edit"].state, states["wall"].state) == ("fresh", "failed")
    assert PIPELINE in states["wall"].why[0]


def test_a_pointer_of_git_lfs_is_said_to_be_one(tmp_path: Path) -> None:
    catalog = catalog_of(tmp_path)
    folder = pipeline_in(tmp_path / FOLDER)
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12345\n"
    (folder / "text_encoder/model.safetensors").write_text(pointer)
    assert located(catalog, "mini") is not None, "what is planned and shown does not need the weights"
    done = run_due(catalog, weights="mini", engine=Painter(), say=quiet)
    assert done.drawn == ("edit",)
    assert "text_encoder/model.safetensors" in done.failed["wall"] and "git lfs pull" in done.failed["wall"]


def test_where_the_folder_is_missing_it_is_said_what_to_put_there(tmp_path: Path) -> None:
    catalog = catalog_of(tmp_path)
    done = run_due(catalog, weights="mini", engine=Painter(), say=quiet)
    assert done.drawn == ("edit",)
    assert f"put them into {FOLDER}" in done.failed["wall"] and "--weights mini" not in done.failed["wall"]
    assert not folder_of(tmp_path, "wall", "hub").exists(), "what is not here today is no lasting failure"
    assert {state.id: state.state for state in plan(catalog)} == {"edit": "fresh", "wall": "missing"}


def test_a_pinned_repository_is_found_in_the_hubs_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    catalog = catalog_of(tmp_path, weights={"repo": "a/painter", "revision": "b" * 40})
    assert located(catalog, "mini") is None
    snapshot = pipeline_in(tmp_path / "hf/hub/models--a--painter/snapshots" / ("b" * 40))
    for name in NAMES:
        found = located(catalog, name)
        assert found is not None and found.folder == snapshot
        assert found.identity.source == "a/painter@" + "b" * 40
    shutil.move(tmp_path / "hf/hub", tmp_path / "elsewhere")
    assert located(catalog, "mini") is None
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "elsewhere"))
    assert located(catalog, "mini") is not None
