"""Whose weights draw: each model's own question, and no model's name under a picture that it did not draw."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("imagehash", reason="drawing needs the `draw` extra")

from huggingface_hub import constants
from projects import MODEL, FakeEngine, project, sample_of, with_samples

from seamline.catalog import Catalog
from seamline.catalog.entries import Model, Sample
from seamline.errors import WeightsError
from seamline.runners.instruct_pix2pix.loading import load_pipeline
from seamline.runners.instruct_pix2pix.runner import PIPELINE
from seamline.runs.execute.scheduler import run_due
from seamline.runs.execute.verify import verify
from seamline.runs.plan.shown import shown_states
from seamline.runs.plan.states import plan
from seamline.runs.store.run_folder import folder_of
from seamline.weights import locate

PLAIN = "ImgTxt2Img-HuggingFace-ada-engine"


def with_models(catalog: Catalog, **models: dict[str, Any]) -> Catalog:
    """The catalog with more models, and a sample of each by the same name."""
    made = {name: Model.model_validate(fields) for name, fields in models.items()}
    samples: dict[str, Sample] = {**catalog.samples, **{name: sample_of(model=name) for name in made}}
    return Catalog(catalog.root, {}, {**catalog.models, **made}, {}, dict(sorted(samples.items())))


def hub_here(root: Path, repo: str, monkeypatch: pytest.MonkeyPatch, class_name: str = PIPELINE) -> Path:
    """Hub weights of a repository in the local cache, and a machine that is offline."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HOME", str(root / "hf"))
    snapshot = root / f"hf/hub/models--{repo.replace('/', '--')}/snapshots" / ("a" * 40)
    shutil.copytree(root / "catalog/weights/mini", snapshot)
    (snapshot / "model_index.json").write_text(json.dumps({"_class_name": class_name}))
    return snapshot


def pinned(repo: str) -> Mapping[str, Any]:
    return {"repo": repo, "revision": "a" * 40}


OTHERS: dict[str, dict[str, Any]] = {
    "depth": {"block": "Img2Depth-HuggingFace-depth-anything-V2"},
    "matting": {"block": "ImgMsk2Msk-HuggingFace-a-matting", "pipeline": PIPELINE},
    "kontext": {"block": "ImgTxt2Img-HuggingFace-black-forest-labs-FLUX", "pipeline": "FluxKontextPipeline"},
    "nobody-knows": {"block": PLAIN},
}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("asked", ["auto", "mini", "hub"])
def test_no_engine_stands_in_for_a_model_it_cannot_run(tmp_path: Path, name: str, asked: Any) -> None:
    """Not even where the catalog was made without `check`, the sample is forced, and an old run of it lies there."""
    catalog = with_models(project(tmp_path, {}), **{name: OTHERS[name]})
    engine = FakeEngine()
    done = run_due(catalog, weights=asked, engine=engine, force=True, retry=True, say=lambda line: None)
    assert engine.generated == 0 and done.drawn == ()
    assert "nothing here can run it" in done.failed[name] or "not known which pipeline" in done.failed[name]
    assert not folder_of(tmp_path, name, "mini").exists()
    (state,) = plan(catalog)
    assert (state.state, state.drawn) == ("failed", False)
    assert state.why[0] in done.failed[name]


def test_what_an_earlier_version_drew_in_its_name_is_not_shown(tmp_path: Path) -> None:
    honest = project(tmp_path, {"one": sample_of()})
    run_due(honest, weights="mini", engine=FakeEngine(), say=lambda line: None)
    catalog = Catalog(tmp_path, {}, {MODEL: Model.model_validate(OTHERS["depth"])}, {}, honest.samples)
    (state,) = shown_states(catalog)
    assert (state.state, state.drawn) == ("failed", False)
    with pytest.raises(Exception, match="no fresh run"):
        verify(catalog, engine=FakeEngine())


def test_others_are_drawn_beside_a_sample_that_cannot_be(tmp_path: Path) -> None:
    catalog = with_models(project(tmp_path, {"one": sample_of(), "two": sample_of()}), **OTHERS)
    done = run_due(catalog, weights="mini", engine=FakeEngine(), say=lambda line: None)
    assert done.drawn == ("one", "two")
    assert set(done.failed) == set(OTHERS)


# --- weights, model by model ---------------------------------------------------------------


def test_one_model_without_hub_weights_changes_nothing_for_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a CUDA machine: one model whose weights are here, one that names none, one whose cannot be had."""
    monkeypatch.setattr(locate, "_cuda", lambda: True)
    catalog = with_models(
        project(tmp_path, {"one": sample_of()}),
        nowhere={"block": PLAIN, "pipeline": PIPELINE},
        afar={"block": PLAIN + "-2", "pipeline": PIPELINE, "weights": pinned("ada/engine")},
        depth=OTHERS["depth"],
    )
    hub_here(tmp_path, "timbrooks/instruct-pix2pix", monkeypatch)
    lines: list[str] = []
    done = run_due(catalog, engine=FakeEngine(), say=lines.append)
    assert sorted(done.drawn) == ["afar", "nowhere", "one"]
    assert done.weights == {MODEL: "hub", "nowhere": "mini", "afar": "mini", "depth": "mini"}
    assert folder_of(tmp_path, "one", "hub").is_dir() and not folder_of(tmp_path, "one", "mini").exists()
    assert folder_of(tmp_path, "nowhere", "mini").is_dir()
    assert any(
        line.startswith("nowhere: run with the Seamline mini editor") and "names no weights" in line for line in lines
    )
    assert any(line.startswith("afar: run with the Seamline mini editor") for line in lines)
    shown = {state.id: (state.state, state.weights) for state in shown_states(catalog)}
    assert shown["one"] == ("fresh", "hub") and shown["nowhere"] == shown["afar"] == ("fresh", "mini")


def test_weights_of_models_that_no_due_sample_names_are_not_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(locate, "_cuda", lambda: True)
    monkeypatch.setattr(locate, "_download", lambda model, runner: asked.append(model.block))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    catalog = with_models(project(tmp_path, {}), a={"block": PLAIN, "pipeline": PIPELINE, "weights": pinned("a/b")})
    catalog = with_models(catalog, b={"block": PLAIN + "2", "pipeline": PIPELINE, "weights": pinned("b/b")})
    run_due(catalog, engine=FakeEngine(), only={"a"}, say=lambda line: None)
    assert asked == [PLAIN]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "the catalog's entry of `painter` names no weights"),
        ({"weights": pinned("ada/painter")}, "the weights ada/painter"),
    ],
)
def test_a_model_without_a_stand_in_waits_for_its_own_weights(tmp_path: Path, fields: dict[str, Any], why: str) -> None:
    painter = {"block": "Txt2Img-HuggingFace-ada-painter", "pipeline": "StableDiffusionPipeline", **fields}
    sample = sample_of(model="painter", kind="text_to_image", input=None, parameters={})
    catalog = with_models(project(tmp_path, {"text": sample}), painter=painter)
    (state,) = plan(catalog, only={"text"})
    assert state.state != "fresh" and why in " ".join(state.why) and "mini" not in " ".join(state.why)


def test_explicit_hub_weights_fail_the_samples_that_have_none_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = with_models(
        project(tmp_path, {"one": sample_of()}),
        nowhere={"block": PLAIN, "pipeline": PIPELINE},
        afar={"block": PLAIN + "-2", "pipeline": PIPELINE, "weights": pinned("ada/engine")},
    )
    hub_here(tmp_path, "timbrooks/instruct-pix2pix", monkeypatch)
    done = run_due(catalog, weights="hub", engine=FakeEngine(), say=lambda line: None)
    assert done.drawn == ("one",)
    assert "names no weights" in done.failed["nowhere"] and "hf download ada/engine" in done.failed["afar"]
    assert not folder_of(tmp_path, "afar", "hub").exists(), "what is not here today is no lasting failure"
    with pytest.raises(WeightsError, match="names no weights"):
        run_due(catalog, weights="hub", only={"nowhere"}, engine=FakeEngine(), say=lambda line: None)


@pytest.mark.parametrize("named", ["FluxKontextPipeline", "StableDiffusionPipeline", None])
def test_hub_weights_of_another_pipeline_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str | None
) -> None:
    """Whatever the entry says of them: `model_index.json` names the class, and it is not the one that runs."""
    catalog = with_models(
        project(tmp_path, {"one": sample_of()}),
        liar={"block": PLAIN, "pipeline": PIPELINE, "weights": pinned("ada/engine")},
    )
    hub_here(tmp_path, "timbrooks/instruct-pix2pix", monkeypatch)
    snapshot = hub_here(tmp_path, "ada/engine", monkeypatch)
    (snapshot / "model_index.json").write_text(json.dumps({"_class_name": named} if named else {}))
    done = run_due(catalog, weights="hub", engine=FakeEngine(), say=lambda line: None)
    assert done.drawn == ("one",)
    assert f"models of this kind are `{PIPELINE}`" in done.failed["liar"] and "model_index.json" in done.failed["liar"]
    assert (named or "do not say of which class") in done.failed["liar"]
    states = {state.id: state for state in plan(catalog, "hub")}
    assert states["one"].state == "fresh" and states["liar"].state == "failed"
    with pytest.raises(WeightsError, match=f"not of a `{PIPELINE}`"):
        load_pipeline(snapshot)


# --- which run is shown --------------------------------------------------------------------


def drawn_with_both(root: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    catalog = project(root, {"one": sample_of()})
    hub_here(root, "timbrooks/instruct-pix2pix", monkeypatch)
    for name in ("mini", "hub"):
        run_due(catalog, weights=name, engine=FakeEngine(), say=lambda line: None)  # type: ignore[arg-type]
    return catalog


def spoil(root: Path, name: str) -> None:
    next(folder_of(root, "one", name).glob("edited-*.webp")).unlink()


def test_a_fresh_run_wins_and_the_hubs_among_equals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = drawn_with_both(tmp_path, monkeypatch)
    seen = [(shown_states(catalog)[0].weights, shown_states(catalog)[0].state)]
    spoil(tmp_path, "hub")
    seen.append((shown_states(catalog)[0].weights, shown_states(catalog)[0].state))
    spoil(tmp_path, "mini")
    seen.append((shown_states(catalog)[0].weights, shown_states(catalog)[0].state))
    assert seen == [("hub", "fresh"), ("mini", "fresh"), ("hub", "stale")]


def test_a_stale_run_is_shown_rather_than_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn_with_both(tmp_path, monkeypatch)
    shutil.rmtree(folder_of(tmp_path, "one", "mini"))
    catalog = with_samples(tmp_path, {"one": sample_of(instruction="smile"), "two": sample_of()})
    one, two = shown_states(catalog)
    assert (one.weights, one.state, one.drawn) == ("hub", "stale", True)
    assert (two.weights, two.state, two.drawn) == ("mini", "missing", False)


def test_an_old_run_whose_new_attempt_failed_gives_way_to_a_stale_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from seamline.errors import RunError

    def refuse(request: Any) -> None:
        raise RunError("no")

    drawn_with_both(tmp_path, monkeypatch)
    catalog = with_samples(tmp_path, {"one": sample_of(instruction="smile")})
    run_due(catalog, weights="hub", engine=FakeEngine(refuse), say=lambda line: None)
    assert plan(catalog, "hub")[0].state == "failed"
    assert [(one.weights, one.state) for one in shown_states(catalog)] == [("mini", "stale")]
