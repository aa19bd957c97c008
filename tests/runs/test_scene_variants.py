"""Variants of a scene in a run: edited, recorded, measured against their own truth, and stale when they change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("diffusers", reason="running models needs the `draw` extra")

import numpy as np
import torch
from projects import MODEL, FakeEngine, project, scene_sample
from tiny import save_tiny

from seamline.catalog import Catalog, load
from seamline.catalog.entries import KINDS, Sample, Truth
from seamline.fingerprints import SETS
from seamline.hashing import Hashes
from seamline.measures import measures_file
from seamline.measures.edited_picture import measure_edit
from seamline.measures.ground_truth import scene_truth
from seamline.measures.measuring import measure_run
from seamline.runs.engines.local import LocalEngine
from seamline.runs.execute.scheduler import run_due
from seamline.runs.inputs.scene_edit import edit_of
from seamline.runs.inputs.scene_input import Input, input_of
from seamline.runs.plan.states import plan
from seamline.runs.store.encoding import decode
from seamline.runs.store.records import ArtifactRecord, RunRecord
from seamline.runs.store.run_folder import folder_of, read_record
from seamline.scenes.edits import apply
from seamline.scenes.paste import elsewhere
from seamline.scenes.rasterizer import rasterize
from seamline.scenes.sampling import scene_from_seed
from seamline.scenes.state import PICTURE_SIZE
from seamline.scenes.variants import SceneVariant, lit_from, variant_from

WIDTH, HEIGHT = PICTURE_SIZE
LAMPS = (-60.0, 0.0, 60.0)
RECIPE = """\
title: Lamps
model: editor
input: {scene: {seed: 5, people: 3}}
instruction: swap the face on the left
truth: {swap: {person: left, to: {age: old}}}
parameters: {num_inference_steps: 2, seed: 3}
exhibits:
  turn_the_lamp: [-60, 0, 60]
  photo_swap: {azimuth: 60, after: [0, 1, 2]}
"""
OCCASION = {"azimuth": 60, "expressions": ["sad", "neutral", "smiling"]}


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Rasterizing is thousands of small operations: threads would wait for each other at each of them."""
    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(cores)


@pytest.fixture(scope="module")
def drawn(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Catalog, RunRecord, Path, Mapping[str, Mapping[str, float]]]:
    """A project with tiny weights, the record of its one sample, the run's folder, and what was measured of it."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("models", "papers", "questions", "samples"):
        (root / "catalog" / folder).mkdir(parents=True)
    save_tiny(root / "catalog/weights/mini")
    (root / "catalog/models/editor.yml").write_text(
        "block: ImgTxt2Img-Local-nobody-editor\npipeline: StableDiffusionInstructPix2PixPipeline\n"
    )
    (root / "catalog/samples/lamps.yml").write_text(RECIPE)
    catalog = load(root)
    engine = LocalEngine(device="cpu")
    assert run_due(catalog, weights="mini", engine=lambda: engine, say=lambda line: None).drawn == ("lamps",)
    folder = folder_of(root, "lamps", "mini")
    record = read_record(folder)
    assert record is not None
    assert measure_run(folder, record, measures_file.code(Hashes(root)))
    found = measures_file.read(folder)
    assert found is not None
    return catalog, record, folder, found["images"]


def pixels(folder: Path, image: ArtifactRecord) -> Any:
    return np.asarray(decode((folder / image.file).read_bytes(), image.type)).astype(int)


def test_each_variant_is_recorded_once_with_its_facts(drawn: Any) -> None:
    _, record, _, _ = drawn
    facts = [{"variant": lit_from(azimuth).name, "light_azimuth": azimuth} for azimuth in LAMPS]
    for role in ("variant-input", "variant-truth", "variant-paste"):
        assert [image.facts for image in record.all(role)] == facts, role
        assert {image.provenance for image in record.all(role)} == {"computed"}
    edited = record.all("lamp-edited")
    assert [image.facts["variant"] for image in edited] == [one["variant"] for one in facts]
    moments = [(image.facts["later_variant"], image.facts["later_from"]) for image in record.all("photo-swapped")]
    assert moments == [("lamp-at-60", 0), ("lamp-at-60", 1), ("lamp-at-60", 2)]
    assert not any("variant" in image.facts for image in record.all("photo-swapped"))
    asked = {image.facts["seed"] for image in (*edited, *record.all("photo-swapped"))}
    assert asked == {3}, "all from the same noise"


def test_each_edit_is_made_of_its_own_variant(drawn: Any) -> None:
    """`photo_swap` from step 0 on has seen nothing but the scene under the other lamp."""
    _, record, folder, _ = drawn
    lamps = {image.facts["variant"]: pixels(folder, image) for image in record.all("lamp-edited")}
    moments = [pixels(folder, image) for image in record.all("photo-swapped")]
    edited = record.one("edited")
    assert edited is not None
    assert np.abs(moments[0] - lamps["lamp-at-60"]).max() <= 2
    assert np.abs(moments[2] - pixels(folder, edited)).max() <= 2
    assert np.abs(lamps["lamp-at--60"] - lamps["lamp-at-60"]).max() > 5
    assert np.abs(moments[1] - moments[0]).max() > 3


def test_each_is_measured_against_the_truth_of_its_own_variant(drawn: Any) -> None:
    _, record, folder, values = drawn
    scene = scene_from_seed(5, 3)
    edit = edit_of(Truth.model_validate({"swap": {"person": "left", "to": {"age": "old"}}}))
    for image in (*record.all("lamp-edited"), *record.all("variant-paste"), *record.all("variant-truth")):
        given = next(one for one in record.all("variant-input") if one.facts["variant"] == image.facts["variant"])
        truth = scene_truth(variant_from(given.facts).of(scene), edit, WIDTH, HEIGHT)
        expected = measure_edit(pixels(folder, image) / 255, pixels(folder, given) / 255, truth)
        assert values[image.file] == pytest.approx(expected, rel=1e-6), image.role
    for image in record.all("variant-truth"):
        assert values[image.file]["psnr_face"] > 30, "as like its own truth as WebP lets it be"
    pasted = [values[image.file]["luminance_slope"] for image in record.all("variant-paste")]
    true = [values[image.file]["luminance_slope"] for image in record.all("variant-truth")]
    assert true[0] < true[1] < true[2] and true[2] - true[0] > 0.3, "the lamp's turn shows"
    assert max(pasted) - min(pasted) < 0.1 * (true[2] - true[0]), "a photo's light stays"


def scene_input(*variants: SceneVariant) -> Input:
    sample = scene_sample()
    return input_of(Path("nowhere"), sample, (WIDTH, HEIGHT), sample.truth, (), variants)


def test_what_is_pasted_is_one_photo_under_all_lamps() -> None:
    pictures = scene_input(*map(lit_from, LAMPS)).variants
    scene = scene_from_seed(5, 3)
    truth = scene_sample().truth
    assert truth is not None
    donor = elsewhere(apply(edit_of(truth), scene), 0)
    cut = rasterize([donor], WIDTH, HEIGHT).face_masks[0, 0].numpy()
    inside, outside = cut == 1, cut == 0
    assert inside.sum() > 200
    pastes = {variant.azimuth: one["paste"].astype(int) for variant, one in pictures.items()}
    for azimuth in LAMPS[1:]:
        assert np.array_equal(pastes[azimuth][inside], pastes[LAMPS[0]][inside])
    for variant, one in pictures.items():
        assert np.array_equal(one["paste"][outside], one["input"][outside])
        assert np.abs(one["paste"].astype(int) - one["truth"])[inside].mean() > 3, variant.name


def test_the_variant_of_its_own_light_is_the_scene_itself() -> None:
    found = scene_input(lit_from(scene_from_seed(5, 3).light.azimuth), SceneVariant("sad", 60, ("sad",) * 3))
    same, other = found.variants.values()
    assert np.array_equal(same["input"], found.picture) and np.array_equal(same["truth"], found.auxiliary["truth"])
    assert not np.array_equal(other["input"], found.picture)


def lamps(*azimuths: float) -> dict[str, Any]:
    return {"exhibits": {"turn_the_lamp": list(azimuths)}}


def upbringings(**occasion: Any) -> dict[str, Any]:
    """Two steps and their occasion."""
    step = {
        "model": MODEL,
        "inputs": {"image": "scene", "text": "swap the face on the left"},
        "parameters": {"num_inference_steps": 4},
        "truth": {"swap": {"person": "left", "to": {"age": "old"}}},
    }
    shown = {"agree": "one", "differ": "two", "occasion": {**OCCASION, **occasion}}
    return {
        "title": "Two",
        "input": {"scene": {"seed": 5, "people": 3}},
        "steps": {"one": step, "two": {**step, "parameters": {"num_inference_steps": 4, "seed": 9}}},
        "exhibits": {"two_upbringings": shown},
    }


def of_steps(**changes: Any) -> Sample:
    return Sample.model_validate(upbringings(**changes), context={KINDS: {MODEL: "instruct_pix2pix"}})


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (scene_sample(**lamps(-60, 0, 60)), scene_sample(**lamps(-60, 10, 60))),
        (scene_sample(**lamps(-60, 0, 60)), scene_sample(**lamps(-60, 0, 30, 60))),
        (
            scene_sample(exhibits={"photo_swap": {"azimuth": 60, "after": [0, 2, 4]}}),
            scene_sample(exhibits={"photo_swap": {"azimuth": 50, "after": [0, 2, 4]}}),
        ),
        (of_steps(), of_steps(azimuth=-60)),
        (of_steps(), of_steps(expressions=["sad", "neutral", "angry"])),
    ],
    ids=["another azimuth", "one more lamp", "another second photo", "another light", "another mood"],
)
def test_a_run_is_stale_when_a_variant_changes(first: Any, then: Any, tmp_path: Path) -> None:
    catalog = project(tmp_path, {"one": first})
    run_due(catalog, weights="mini", engine=FakeEngine(), say=lambda line: None)
    assert plan(catalog)[0].state == "fresh"
    [state] = plan(project(tmp_path, {"one": then}))
    assert state.state == "stale"
    run_due(project(tmp_path, {"one": then}), weights="mini", engine=FakeEngine(), say=lambda line: None)
    assert plan(project(tmp_path, {"one": then}))[0].state == "fresh"


def test_the_occasion_is_recorded_and_costs_no_edit(tmp_path: Path) -> None:
    catalog, engine = project(tmp_path, {"one": of_steps()}), FakeEngine()
    run_due(catalog, weights="mini", engine=engine, say=lambda line: None)
    record = read_record(folder_of(tmp_path, "one", "mini"))
    assert record is not None
    [other] = record.all("variant-truth")
    assert other.facts == {
        "variant": "another-occasion",
        "light_azimuth": 60.0,
        "expressions": ["sad", "neutral", "smiling"],
    }
    assert engine.generated == 2, "its two steps and no more"


def test_a_sample_without_variants_has_the_key_that_it_had(tmp_path: Path) -> None:
    [state] = plan(project(tmp_path, {"one": scene_sample(exhibits={"seeds": [1, 2]})}))
    assert "input.variants" not in next(iter(state.key_fields.values()))


@pytest.mark.parametrize("name", ["inputs", "run measures"])
def test_code_of_variants_decides_runs_and_their_measures(name: str) -> None:
    assert "scenes/variants.py" in SETS[name]
