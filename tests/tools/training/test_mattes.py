"""The mini matting network's errors, rough masks and rivals, and a training that a kill does not change."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the `draw` extra")

import torch
from tiny_matting import network

from seamline.catalog import load as load_catalog
from seamline.catalog.recipe import Output
from seamline.catalog.recipe_reading import recipe_of
from seamline.errors import CatalogError, RecordError
from seamline.measures import standing
from seamline.runners.matting.estimation import load
from seamline.seals import read_sealed
from tools import evaluate_matting
from tools.record_text import plain
from tools.training.mattes import matting_evaluation, matting_training
from tools.training.mattes.matte_errors import band_around, matte_errors
from tools.training.mattes.matting_data import SMALL
from tools.training.mattes.matting_plan import FineTuning, MattingData, MattingPlan, load_matting_plan
from tools.training.mattes.matting_rivals import CHOICES, Case, blurred, guided, scaled, tuned
from tools.training.mattes.rough_masks import KINDS, in_blocks, rough_mask

ROOT = Path(__file__).parents[3]
HEIGHT, WIDTH = 64, 96
Y, X = np.ogrid[:HEIGHT, :WIDTH]
TRUTH = np.clip(18.5 - np.hypot(Y - 30, X - 40), 0, 1)
BAND = band_around(TRUTH, 3)


def errors(alpha: Any) -> dict[str, float]:
    return matte_errors(alpha, TRUTH, BAND)


def test_a_true_matte_has_no_error_and_figures_are_what_they_are_called() -> None:
    assert set(errors(TRUTH).values()) == {0.0}
    wrong = TRUTH.copy()
    wrong[5, 90] = 0.5  # far from the edge
    found = errors(wrong)
    assert found["sad"] == pytest.approx(0.5) and found["band_sad"] == 0
    assert found["mse"] == pytest.approx(1000 * 0.25 / wrong.size)
    assert found["gradient"] > 0 and found["band_gradient"] < 0.05 * found["gradient"]
    shifted = errors(np.roll(TRUTH, 2, axis=1))
    assert shifted["band_sad"] == pytest.approx(shifted["sad"], rel=0.02) and shifted["band_sad"] > 50


def test_connectivity_minds_what_hangs_loose_and_not_what_is_a_little_off() -> None:
    island = TRUTH.copy()
    island[2:6, 84:90] = 1
    assert errors(island)["connectivity"] == pytest.approx(24, abs=1)
    assert errors(TRUTH * 0.95)["connectivity"] < 0.2 * errors(TRUTH * 0.95)["sad"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_rough_mask_is_of_this_head_and_rough(kind: str) -> None:
    matte = np.rint(TRUTH * 255).astype(np.uint8)
    difference = np.where(np.hypot(Y - 32, X - 42) < 20, 90, 2).astype(np.uint8)
    mask = rough_mask(kind, matte, difference, random.Random(3))
    assert mask.dtype == bool and mask.shape == matte.shape
    head = TRUTH > 0.5
    assert (mask & head).sum() / head.sum() > 0.5 and 0 < (mask ^ head).sum() < head.sum()


def test_blocks_lie_on_their_grid() -> None:
    mask = in_blocks(TRUTH > 0.5, 8, 0.5, 3, 5)
    assert mask.shape == TRUTH.shape
    ends = {int(at) + 1 for row in np.diff(mask.astype(int), axis=1) for at in np.nonzero(row)[0]}
    assert {(at + 5) % 8 for at in ends} == {0}
    with pytest.raises(ValueError, match="scribble"):
        rough_mask("scribble", np.zeros((8, 8), np.uint8), np.zeros((8, 8), np.uint8), random.Random(1))


def test_rivals_are_tuned_and_scaled_and_the_guided_filter_follows_the_picture() -> None:
    picture = np.repeat(np.rint(40 + 180 * TRUTH)[..., None], 3, -1).astype(np.uint8)
    case = Case(picture, np.roll(TRUTH > 0.5, 2, axis=1), TRUTH)
    found = guided(case.picture, case.mask, 4, 1e-4)
    assert ((found - TRUTH) ** 2).sum() < 0.8 * ((case.mask - TRUTH) ** 2).sum()
    chosen = tuned("guided", [case])
    assert chosen in [dict(one) for one in CHOICES["guided"][1]] and tuned("mask", [case]) == {}
    assert scaled({"sigma": 2.0, "radius": 4, "epsilon": 0.1}, 256) == {"sigma": 4.0, "radius": 8, "epsilon": 0.1}
    assert blurred(picture, case.mask, 2.0).max() <= 1


def plan(steps: int) -> MattingPlan:
    return MattingPlan(
        data=MattingData(small=2, large=1, decoded=0.0), channels=(8, 8, 8), features=4, detail_channels=6,
        steps=steps, batch=2, large_batch=1, large_share=0.5, seed=4,
    )  # fmt: skip


def project(root: Path) -> Path:
    (root / "catalog/weights").mkdir(parents=True)
    (root / "catalog/weights/mini").symlink_to(ROOT / "catalog/weights/mini")
    return root


def test_training_goes_on_after_a_kill_as_if_there_had_been_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Count of steps alone ends a run here, so that nothing depends on the clock."""
    whole, parts = project(tmp_path / "whole"), project(tmp_path / "parts")
    said: list[str] = []
    monkeypatch.setattr(matting_training, "_REPORT", 1)
    matting_training.train(whole, plan(4), said.append)
    monkeypatch.setattr(matting_training._Training, "_rate", lambda self, step: 1.0 if step < 0 else whole_rate(step))
    for steps in (2, 4):
        matting_training.train(parts, plan(steps), said.append)
    one, other = (load(root / matting_training.MATTING, "cpu", "float32").model for root in (whole, parts))
    for name, value in one.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name
    record = json.loads((whole / matting_training.MATTING / "training.json").read_text())
    assert record["steps"] == 4 and len(record["curve"]) == 4 and record["plan"]["seed"] == 4
    assert record["weights"] == sum(part.numel() for part in one.parameters())
    assert sum("data:" in line for line in said) == 4, "the second run of `parts` found its data there"


def test_a_second_stage_begins_with_what_the_first_exported_and_is_done_once(tmp_path: Path) -> None:
    fine = FineTuning(data=MattingData(small=1, large=1, decoded=0.0), steps=2, large_share=1.0)
    first, whole = plan(2), plan(2).model_copy(update={"fine": fine})
    at_once, apart = project(tmp_path / "at-once"), project(tmp_path / "apart")
    said: list[str] = []
    matting_training.train(at_once, whole, said.append)
    matting_training.train(apart, first, said.append)
    (apart / matting_training._FOLDER / "matting.pt").unlink()  # the exported network is enough
    matting_training.train(apart, whole, said.append)
    records = []
    for root in (at_once, apart):
        matting_training.train(root, whole, said.append)  # nothing is left to do
        record = json.loads((root / matting_training.MATTING / "training.json").read_text())
        assert record["steps"] == 4
        records.append(record)
    one, other = (load(root / matting_training.MATTING, "cpu", "float32").model for root in (at_once, apart))
    for name, value in one.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name
    assert records[0]["pictures_seen"] == records[1]["pictures_seen"] and records[0]["plan"]["fine"]["steps"] == 2


def whole_rate(step: int) -> float:
    """What a plan of four steps has, whatever the plan's own steps are."""
    import math

    return min(1.0, (step + 1) / 60) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, step / 4))))


def test_a_wrong_plan_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "training.yml"
    path.write_text("stepss: 3\n")
    with pytest.raises(CatalogError, match="stepss") as caught:
        load_matting_plan(path)
    assert "matting_plan.py" in caught.value.hint


def test_an_evaluation_measures_each_way_on_the_same_scenes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matting_evaluation, "TUNED_ON", 1)
    monkeypatch.setattr(matting_evaluation, "KINDS", ("blob",))
    given = network()
    given.config.coarse_side = 32
    setting = matting_evaluation.Setting("strands", SMALL, 2, 0, strands=True)
    found = plain(matting_evaluation.evaluate_mattes(given, None, setting, lambda line: None))
    kind = found["kinds"]["blob"]
    assert {"mask", "blurred", "guided", "network", "semantic_1", "semantic_2"} <= kind.keys()
    assert all(kind[way]["sad"]["n"] == 2 for way in ("mask", "guided", "network"))
    assert kind["best_rival"] in ("mask", "blurred", "guided") and "solved" not in kind
    rows = found["rows"]["blob"]
    assert np.mean([row["mask"] for row in rows]) == pytest.approx(kind["mask"]["sad"]["value"], abs=0.1)
    assert len(found["passes"]) == 2 and 0 <= found["passes"][0]["share"]["value"] <= 1
    assert kind["refused"] == {**kind["refused"], "n": 2, "value": 0.0}


def test_masks_that_the_network_refuses_are_counted_and_in_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matting_evaluation, "TUNED_ON", 1)
    monkeypatch.setattr(matting_evaluation, "KINDS", ("blob",))
    asked: list[int] = []
    monkeypatch.setattr(
        matting_evaluation, "is_too_small", lambda mask: asked.append(int(mask.sum())) or len(asked) == 1
    )
    given = network()
    given.config.coarse_side = 32
    setting = matting_evaluation.Setting("small", SMALL, 2, 2)
    found = plain(matting_evaluation.evaluate_mattes(given, None, setting, lambda line: None))
    kind = found["kinds"]["blob"]
    assert (kind["refused"]["value"], kind["refused"]["n"], kind["network"]["sad"]["n"]) == (0.5, 2, 1)
    assert len(found["rows"]["blob"]) == 1 == kind["solved"]["closed_form"]["sad"]["n"]
    ahead = kind["solved"]["closed_form"]["sad"]["value"] - kind["network"]["sad"]["value"]
    assert kind["ahead_of_closed_form"]["sad"]["value"] == pytest.approx(ahead, abs=1e-3)


def test_figures_of_mattes_are_kept_only_where_nothing_of_them_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = json.loads(read_sealed(ROOT / standing.MATTING_RECORD, "") or b"")
    size = (body["facts"]["width"], body["facts"]["height"])
    assert evaluate_matting._kept(ROOT, size)["mattes"] == body["mattes"]
    with pytest.raises(RecordError, match="another network, autoencoder, size or code"):
        evaluate_matting._kept(ROOT, (size[0] + 8, size[1]))
    now = standing.made_with(ROOT, "matting")
    for part, name, allowed in (
        ("weights", "unet/diffusion_pytorch_model.safetensors", True), ("code", "instruct_pix2pix", True),
        ("weights", "vae/diffusion_pytorch_model.safetensors", False), ("code", "mattes", False),
    ):  # fmt: skip
        other = {**now, part: {**now[part], name: "another"}}
        monkeypatch.setattr(evaluate_matting, "made_with", lambda root, record, made=other: made)
        if allowed:
            assert evaluate_matting._kept(ROOT, size)
        else:
            with pytest.raises(RecordError):
                evaluate_matting._kept(ROOT, size)


def test_the_committed_record_is_of_these_weights_and_this_code() -> None:
    body = read_sealed(ROOT / standing.MATTING_RECORD, "make evaluate-matting")
    assert body, "pages print it; write it with `make evaluate-matting`"
    record = json.loads(body)
    assert standing.why_outdated(ROOT, record) == "" == standing.why_unchecked(ROOT, record)
    for name, found in record["mattes"].items():
        for kind, ways in found["kinds"].items():
            rows = record["rows"][f"{name}.{kind}"]
            for way in ("mask", "guided", "network"):
                wanted = ways[way]["sad"]
                assert len(rows) == wanted["n"]
                assert np.mean([row[way] for row in rows]) == pytest.approx(wanted["value"], abs=0.06)


def test_other_weights_of_the_network_outdate_the_record(tmp_path: Path) -> None:
    folder = tmp_path / "catalog/weights/mini-matting"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"one")
    record = json.loads(json.dumps({"made_with": standing.made_with(tmp_path, "matting")}))
    assert standing.why_outdated(tmp_path, record) == ""
    (folder / "model.safetensors").write_bytes(b"another")
    assert "other weights than those in catalog/weights/mini-matting" in standing.why_outdated(tmp_path, record)


def test_samples_composite_through_the_way_that_the_record_calls_its_default() -> None:
    """The one that is closer to the truth over the whole picture, wherever the interval of their difference decides."""
    record = json.loads(read_sealed(ROOT / standing.MATTING_RECORD, "") or b"")
    more = record["chain"]["gains"]["feathered"]["picture"]
    default = record["chain"]["default"]
    if more["high"] < 0 or more["low"] > 0:
        assert default == ("feathered" if more["high"] < 0 else "joined")
    catalog = load_catalog(ROOT)
    by = {"feathered": "feather", "joined": "join"}[default]
    ends = []
    for name, sample in catalog.samples.items():
        last = recipe_of(sample, catalog.models).last
        if last.operation == "over":
            source = last.inputs["alpha"]
            assert isinstance(source, Output)
            ends.append((name, sample.steps[source.step].operation))
    assert ends and {way for _, way in ends} == {by}, ends
