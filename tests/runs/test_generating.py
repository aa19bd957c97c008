"""From a sample to a run with a real pipeline of tiny random weights, and back by `verify`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="drawing needs the `draw` extra")
pytest.importorskip("diffusers", reason="drawing needs the `draw` extra")

from projects import project, sample_of, scene_sample, with_samples
from tiny import INSTRUCTION, save_tiny, under

from seamline.catalog import Catalog, load
from seamline.catalog.recipe_reading import recipe_of
from seamline.errors import EngineError, WeightsError
from seamline.runners.instruct_pix2pix import generation
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.runners.instruct_pix2pix.loading import load_pipeline
from seamline.runners.instruct_pix2pix.stand_in import MINI_EDITOR
from seamline.runs.engines.base import Loading
from seamline.runs.engines.local import LocalEngine, best_device, best_dtype
from seamline.runs.execute.scheduler import run_due
from seamline.runs.execute.verify import verify
from seamline.runs.plan.requests import requests_of
from seamline.runs.plan.states import plan
from seamline.runs.store.run_folder import folder_of, load_runs
from seamline.scenes.state import PICTURE_SIZE

EVERYTHING = {
    "denoising": {"snapshots": 8},
    "guidance_grid": {"guidance_scale": [2, 3], "image_guidance_scale": [1, 1.5]},
    "word_ablation": {"instruction": INSTRUCTION.replace("woman", "man")},
    "attention": True,
    "seeds": [3, 4],
    "baseline_comparison": True,
}
DEVICES = ("cuda", "mps", "cpu")
PARAMETERS = {"num_inference_steps": 8, "seed": 3}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    root = tmp_path_factory.mktemp("project")
    samples = {
        "photo": sample_of(parameters=PARAMETERS),
        "scene": scene_sample(instruction=INSTRUCTION, parameters=PARAMETERS, exhibits=EVERYTHING),
    }
    project(root, {})
    for file in (root / "catalog/weights/mini").rglob("*.*"):
        file.unlink()
    save_tiny(root / "catalog/weights/mini")
    catalog = with_samples(root, samples)
    lines: list[str] = []
    summary = run_due(catalog, weights="mini", say=lines.append)
    assert sorted(summary.drawn) == ["photo", "scene"], summary
    assert lines[0] == "running 2 samples with Seamline mini editor", "the first word comes before the first result"
    assert len([line for line in lines if line.startswith("[")]) == 2
    return catalog


def mini(catalog: Catalog) -> Loading:
    """The catalog's mini editor, for an engine."""
    return Loading("instruct_pix2pix", catalog.root / MINI_EDITOR.folder)


def test_a_run_holds_every_role_its_sample_declares(drawn: Catalog) -> None:
    record = load_runs(drawn.root)["scene"]["mini"]
    roles = [image.role for image in record.images]
    counts = {role: roles.count(role) for role in dict.fromkeys(roles)}
    assert counts == {
        "input": 1,
        "truth": 1,
        "region": 1,
        "paste": 1,
        "edited": 1,
        "guidance-grid": 4,
        "word-ablation": 1,
        "seed": 2,
        "unconditioned": 1,
        "noisy": 8,
        "predicted-x0": 8,
        "attention": len(INSTRUCTION.split()),
    }
    edited = record.one("edited")
    assert edited is not None
    same_scales = next(
        image
        for image in record.all("guidance-grid")
        if (image.facts["guidance_scale"], image.facts["image_guidance_scale"]) == (3, 1.5)
    )
    assert same_scales.phash == edited.phash
    assert (edited.width, edited.height) == PICTURE_SIZE
    assert record.weights.label == "Seamline mini editor"
    assert record.dtype == "float32"
    assert set(record.versions) == {"torch", "diffusers", "transformers"}
    latents = (PICTURE_SIZE[1] // 4, PICTURE_SIZE[0] // 4)
    assert record.shapes["latents"] == (8, *latents)
    assert record.shapes["unet_input"] == (16, *latents)
    assert all((folder_of(drawn.root, "scene", "mini") / image.file).is_file() for image in record.images)


def test_a_record_says_whose_photo_it_is_and_what_was_done_to_it(drawn: Catalog) -> None:
    runs = load_runs(drawn.root)
    rights = runs["photo"]["mini"].input_rights
    assert rights["licence"] == "CC0-1.0"
    assert rights["credit"] == "nobody"
    assert rights["consent"] == "nobody is shown"
    assert rights["note"] == "96 x 64 pixels, used as it is"
    assert runs["scene"]["mini"].input_rights["consent"] == "synthetic: nobody is shown"
    assert runs["photo"]["mini"].device.startswith(("cpu", "mps", "NVIDIA"))
    assert runs["photo"]["mini"].seconds > 0


def test_nothing_is_due_afterwards(drawn: Catalog) -> None:
    assert {state.state for state in plan(drawn)} == {"fresh"}
    assert run_due(drawn, weights="mini", engine=lambda: pytest.fail("nothing to run")).drawn == ()


def test_verify_holds_for_what_was_drawn_and_not_for_another_picture(drawn: Catalog) -> None:
    compared = verify(drawn, only={"photo"})
    assert [one.file.split("-")[0] for one in compared] == ["input", "edited"]
    assert all(one.holds for one in compared)


def test_verify_notices_a_picture_that_was_drawn_otherwise(drawn: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = generation.generate

    def cheat(pipe: Any, values: Any, requests: Any) -> Any:
        from dataclasses import replace

        return honest(pipe, values, [replace(request, seed=request.seed + 1) for request in requests])

    monkeypatch.setattr(generation, "generate", cheat)
    by_file = {one.file.split("-")[0]: one for one in verify(drawn, only={"photo"})}
    assert by_file["input"].holds
    assert not by_file["edited"].holds


def test_batches_are_halved_when_memory_runs_out_and_that_is_remembered(
    drawn: Catalog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    honest, sizes = generation.generate, []

    def poor(pipe: Any, values: Any, requests: Any) -> Any:
        sizes.append(len(requests))
        if len(requests) > 2:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")
        return honest(pipe, values, requests)

    monkeypatch.setattr(generation, "generate", poor)
    import numpy as np

    values = {"a": np.zeros((64, 64, 3), np.uint8)}
    requests = under([EditRequest("a", INSTRUCTION, 3.0, 1.5, seed=seed) for seed in range(5)], 2)
    for wanted in ([5, 2, 2, 1], [2, 2, 1]):
        sizes.clear()
        engine = LocalEngine(device="cpu", memory=tmp_path / "batches.json")
        results = list(engine.run(mini(drawn), values, requests))
        assert [result.index for result in results] == [0, 1, 2, 3, 4]
        assert all(result.output for result in results)
        assert sizes == wanted

    monkeypatch.setattr(generation, "generate", lambda *_: (_ for _ in ()).throw(RuntimeError("out of memory")))
    with pytest.raises(EngineError, match="a single request"):
        list(LocalEngine(device="cpu").run(mini(drawn), values, requests[:1]))


def test_one_bad_request_spoils_no_other(drawn: Catalog) -> None:
    import numpy as np

    values = {"a": np.zeros((64, 64, 3), np.uint8)}
    long = "swap the face on the left with " + "a very old woman " * 10
    instructions = [INSTRUCTION, INSTRUCTION, long, INSTRUCTION]
    requests = under([EditRequest("a", text, 3.0, 1.5, seed=place) for place, text in enumerate(instructions)], 2)
    engine = LocalEngine(device="cpu")
    by_index = {result.index: result for result in engine.run(mini(drawn), values, requests)}
    assert [by_index[place].output is not None for place in range(4)] == [True, True, False, True]
    assert "would never see" in str(by_index[2].error)


def test_a_folder_without_a_pipeline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no pipeline here"):
        load_pipeline(tmp_path)


def test_number_format_goes_by_weights_and_device(monkeypatch: pytest.MonkeyPatch) -> None:
    formats = {(own, device): best_dtype(device, own=own) for own in (True, False) for device in DEVICES}
    assert formats.pop((True, "cuda")) == "float16"
    assert set(formats.values()) == {"float32"}
    for cuda, mps, wanted in ((True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda cuda=cuda: cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda mps=mps: mps)
        assert best_device() == wanted


def test_without_ray_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from seamline.runs.engines.ray_cluster import RayEngine

    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(EngineError, match=r"pip install 'seamline\[ray\]'"):
        RayEngine()


def test_a_committed_sample_is_run_again_here() -> None:
    """The cheapest of the runs that ship with the project, with its real weights, is what its record says it is."""
    root = Path(__file__).parents[2]
    catalog = load(root)
    fresh = [state.id for state in plan(catalog) if state.state == "fresh"]
    assert fresh, "the committed runs are not of these weights and this code: run them with `seamline samples`"

    def cost(name: str) -> int:
        sample = catalog.samples[name]
        steps = [step for step in recipe_of(sample, catalog.models).steps if step.model]
        return sum(len(requests_of(name, sample, step, {})) for step in steps)

    cheapest = min(fresh, key=cost)
    compared = verify(catalog, only={cheapest})
    assert "edited" in {one.file.split("-")[0] for one in compared}
    assert [one for one in compared if not one.holds] == []


@pytest.fixture(scope="module")
def cluster(drawn: Catalog) -> Iterator[Any]:
    pytest.importorskip("ray", reason="needs the `ray` extra")
    from seamline.runs.engines.ray_cluster import RayEngine

    engine = RayEngine(workers=1)
    yield engine
    engine.close()


@pytest.mark.slow
def test_ray_generates_the_same_and_does_a_dead_actors_work_again(drawn: Catalog, cluster: Any) -> None:
    import numpy as np
    import ray

    values = {"a": np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)}
    requests = under([EditRequest("a", INSTRUCTION, 3.0, 1.5, seed=seed) for seed in range(6)], 2)
    local = LocalEngine(device="cpu")
    wanted = {result.index: result.output for result in local.run(mini(drawn), values, requests)}
    ray.kill(cluster._actors[0])
    found = {result.index: result.output for result in cluster.run(mini(drawn), values, requests)}
    assert sorted(found) == [0, 1, 2, 3, 4, 5]
    for index, output in found.items():
        one, other = (each.values["image"].astype(int) for each in (output, wanted[index]))
        assert np.abs(one - other).max() <= 1
