"""Several models in one sample: a text becomes an image, that is edited, and what came out is described."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("diffusers", reason="running models needs the `draw` extra")

import numpy as np
import tiny_image_to_text
import tiny_text_to_image
from tiny import save_tiny

from seamline import cli
from seamline.catalog import Catalog, load
from seamline.errors import CatalogError, EngineError, RunError, WeightsError
from seamline.project import Project
from seamline.runners.instruct_pix2pix import RUNNER as EDITOR
from seamline.runners.registry import runner_named
from seamline.runs.engines.base import Loading
from seamline.runs.engines.local import LocalEngine
from seamline.runs.execute.scheduler import Summary, run_due
from seamline.runs.execute.verify import verify
from seamline.runs.plan.states import SampleState, plan
from seamline.runs.provenance.picture_mark import PictureMark, read_mark
from seamline.runs.store.encoding import decode
from seamline.runs.store.records import RunRecord
from seamline.runs.store.run_folder import folder_of, read_failure, read_partial, read_record

MODELS = {
    "painter": ("Txt2Img-Local-nobody-painter", "StableDiffusionPipeline"),
    "editor": ("ImgTxt2Img-Local-nobody-editor", "StableDiffusionInstructPix2PixPipeline"),
    "captioner": ("Img2Txt-Local-nobody-captioner", "BlipForConditionalGeneration"),
}
SAMPLE = """\
title: A face out of words
steps:
  paint:
    model: painter
    inputs: {{text: {text}}}
    parameters: {{num_inference_steps: 2, width: 64, height: 64, seed: {seed}}}
  edit:
    model: editor
    inputs: {{image: paint.image, text: make it old}}
    parameters: {{num_inference_steps: 2, seed: 2}}
  smaller: {{operation: resize, inputs: {{image: edit.image}}, parameters: {{width: 32, height: 32}}}}
  describe:
    model: captioner
    inputs: {{image: smaller.image}}
    parameters: {{max_new_tokens: {tokens}}}
"""


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny random weights of the three models."""
    folder = tmp_path_factory.mktemp("weights")
    tiny_text_to_image.save(folder / "painter")
    save_tiny(folder / "editor")
    tiny_image_to_text.save(folder / "captioner")
    return folder


@pytest.fixture
def root(tmp_path: Path, weights: Path) -> Path:
    """A project whose three models have weights of their own, in its folder."""
    for folder in ("models", "papers", "questions", "samples"):
        (tmp_path / "catalog" / folder).mkdir(parents=True)
    shutil.copytree(weights, tmp_path / "catalog/weights")
    for name, (block, pipeline) in MODELS.items():
        entry = f"block: {block}\npipeline: {pipeline}\nfolder: catalog/weights/{name}\n"
        (tmp_path / f"catalog/models/{name}.yml").write_text(entry)
    return tmp_path


def chained(root: Path, text: str = "a face", seed: int = 1, tokens: int = 4) -> Catalog:
    (root / "catalog/samples/chain.yml").write_text(SAMPLE.format(text=text, seed=seed, tokens=tokens))
    return load(root)


def run(catalog: Catalog, **options: Any) -> Summary:
    return run_due(catalog, weights="hub", say=lambda line: None, **options)


def state_of(catalog: Catalog) -> SampleState:
    return plan(catalog, "hub")[0]


def record_of(root: Path) -> RunRecord:
    record = read_record(folder_of(root, "chain", "hub"))
    assert record is not None
    return record


def mark_of(root: Path, file: str) -> PictureMark:
    mark = read_mark(folder_of(root, "chain", "hub") / file)
    assert mark is not None
    return mark


def values_of(root: Path) -> dict[tuple[str, str], Any]:
    """What each step of the recorded run gave, as its files hold it."""
    folder = folder_of(root, "chain", "hub")
    images = record_of(root).images
    return {(one.step, one.port): decode((folder / one.file).read_bytes(), one.type) for one in images}


class CountingEngine(LocalEngine):
    """Notes which runner is asked for how much; may fail for one."""

    def __init__(self, failing: str = "") -> None:
        super().__init__(device="cpu")
        self.failing = failing
        self.asked: list[tuple[str, int]] = []

    def run(self, loading: Loading, values: Mapping[str, Any], requests: Any) -> Iterator[Any]:
        self.asked.append((loading.runner, len(requests)))
        if loading.runner == self.failing:
            raise_in_result = RunError("it cannot", where=self.failing)
            from seamline.runs.engines.base import Result

            return iter([Result(place, None, raise_in_result) for place in range(len(requests))])
        return super().run(loading, values, requests)


def test_a_chain_of_three_models_and_an_operation_runs(root: Path) -> None:
    catalog = chained(root)
    assert state_of(catalog).state == "missing"
    assert run(catalog).drawn == ("chain",)
    assert state_of(catalog).state == "fresh"
    record = record_of(root)
    assert list(record.steps) == ["paint", "edit", "smaller", "describe"]
    assert [step.runner or step.operation for step in record.steps.values()] == [
        "text_to_image",
        "instruct_pix2pix",
        "resize",
        "image_to_text",
    ]
    by_step = {(image.step, image.port): image for image in record.images}
    assert set(by_step) == {("paint", "image"), ("edit", "image"), ("smaller", "image"), ("describe", "text")}
    assert [image.role for image in record.images] == ["generated", "edited", "image", "caption"]
    assert by_step["paint", "image"].size == (64, 64)
    assert by_step["smaller", "image"].size == (32, 32)
    # The smaller picture is computed, of one that a model edited: it says so, too.
    kinds = ["trained", "trained-composite", "trained-composite", "trained"]
    assert [image.provenance for image in record.images] == kinds
    marks = {step: mark_of(root, by_step[step, "image"].file) for step in ("paint", "edit", "smaller")}
    labels = [step.weights.label for step in record.steps.values() if step.weights]
    assert [mark.made_by for mark in marks.values()] == [labels[0], labels[1], f"{labels[0]}; {labels[1]}"]
    caption = by_step["describe", "text"]
    file = folder_of(root, "chain", "hub") / caption.file
    assert caption.text == file.read_text("utf-8") != ""
    assert record.result is not None and record.result.step == "smaller"
    assert all((folder_of(root, "chain", "hub") / image.file).is_file() for image in record.images)


def test_each_step_reads_what_the_record_holds(root: Path) -> None:
    """The edit of the recorded image, as it lies on disk, is the recorded edit: nothing else passed along the wire."""
    catalog = chained(root)
    run(catalog)
    record, folder = record_of(root), folder_of(root, "chain", "hub")
    painted, edited = record.output("paint", "image"), record.output("edit", "image")
    assert painted and edited
    image = decode((folder / painted.file).read_bytes(), "Img")
    request = EDITOR.request(
        catalog.samples["chain"].steps["edit"].parameters,  # type: ignore[arg-type]
        {"image": "painted", "text": "make it old"},
    )
    engine = LocalEngine(device="cpu")
    loading = Loading("instruct_pix2pix", root / "catalog/weights/editor", own=True)
    [result] = engine.run(loading, {"painted": image}, [request])
    assert result.output is not None
    assert np.array_equal(result.output.values["image"], decode((folder / edited.file).read_bytes(), "Img"))


def test_staleness_flows_down_and_a_run_starts_where_the_change_is(root: Path) -> None:
    run(chained(root))
    first = record_of(root)
    catalog = chained(root, tokens=6)
    state = state_of(catalog)
    assert state.state == "stale"
    assert state.why == ("describe: max_new_tokens was 4, is now 6",)
    engine = CountingEngine()
    run(catalog, engine=lambda: engine)
    assert engine.asked == [("image_to_text", 1)], "what comes before is kept"
    assert [step.key for step in record_of(root).steps.values()][:3] == [step.key for step in first.steps.values()][:3]

    catalog = chained(root, seed=5, tokens=6)
    state = state_of(catalog)
    assert state.why[0] == "paint: seed was 1, is now 5"
    assert [why.partition(":")[0] for why in state.why] == ["paint", "edit", "smaller", "describe"]
    assert "the step `paint`, which it reads, is no longer what it was" in state.why[1]
    engine = CountingEngine()
    run(catalog, engine=lambda: engine)
    assert engine.asked == [("text_to_image", 1), ("instruct_pix2pix", 1), ("image_to_text", 1)]
    assert state_of(catalog).state == "fresh"


def test_a_step_that_fails_keeps_what_came_before_and_says_so(root: Path) -> None:
    catalog = chained(root)
    done = run(catalog, engine=lambda: CountingEngine(failing="instruct_pix2pix"))
    assert done.drawn == ()
    assert "step `edit` failed" in done.failed["chain"] and "`paint` is kept" in done.failed["chain"]
    state = state_of(catalog)
    assert (state.state, state.drawn) == ("failed", False)
    assert "`paint` is kept" in state.why[0]
    folder = folder_of(root, "chain", "hub")
    failure, partial = read_failure(folder), read_partial(folder)
    assert failure is not None and failure.step == "edit"
    assert partial is not None and list(partial.steps) == ["paint"]
    kept = partial.output("paint", "image")
    assert kept is not None and (folder / kept.file).is_file()
    assert run(catalog, engine=lambda: pytest.fail("it is not tried again")).drawn == ()

    engine = CountingEngine()
    assert run(catalog, retry=True, engine=lambda: engine).drawn == ("chain",)
    assert engine.asked == [("instruct_pix2pix", 1), ("image_to_text", 1)], "the kept step is not run again"
    assert state_of(catalog).state == "fresh"
    assert sorted(path.name for path in folder.iterdir() if path.suffix == ".json") == ["run.json"]


def test_without_the_weights_of_a_later_step_the_steps_before_it_run_and_the_sample_is_incomplete(root: Path) -> None:
    catalog, away = chained(root), root / "elsewhere"
    (root / "catalog/weights/captioner").rename(away)
    state = state_of(catalog)
    assert state.state == "missing" and "weights catalog/weights/captioner of `captioner`" in state.why[0]
    engine = CountingEngine()
    done = run(catalog, engine=lambda: engine)
    assert engine.asked == [("text_to_image", 1), ("instruct_pix2pix", 1)] and done.drawn == ()
    reason = done.incomplete["chain"]
    assert done.failed == {}, "what waits has not failed"
    assert "step `describe` waits for weights; `paint` and `edit` and `smaller` are kept" in reason
    assert "catalog/weights/captioner" in reason and "put them into" in reason
    state = state_of(catalog)
    assert (state.state, state.drawn) == ("incomplete", False)
    assert state.why[0] == "`paint` and `edit` and `smaller` are done, `describe` waits"
    assert "put them into catalog/weights/captioner" in state.why[1]
    assert read_failure(folder_of(root, "chain", "hub")) is None

    again = CountingEngine()
    assert run(catalog, engine=lambda: again).incomplete["chain"] == reason
    assert again.asked == [], "what is kept is not run again"
    away.rename(root / "catalog/weights/captioner")
    assert run(catalog, engine=lambda: again).drawn == ("chain",)
    assert again.asked == [("image_to_text", 1)]
    assert state_of(catalog).state == "fresh"


def test_what_is_kept_of_an_incomplete_sample_counts_only_while_it_is_what_the_recipe_asks(root: Path) -> None:
    (root / "catalog/weights/captioner").rename(root / "elsewhere")
    run(chained(root))
    assert state_of(chained(root, tokens=5)).state == "incomplete", "of the step that waits"
    assert state_of(chained(root, seed=9)).state == "missing"
    assert state_of(chained(root)).state == "incomplete"
    (picture,) = folder_of(root, "chain", "hub").glob("paint-*.webp")
    picture.write_bytes(b"altered")
    assert state_of(chained(root)).state == "missing"


def test_a_step_that_failed_before_the_one_without_weights_is_not_tried_again(root: Path) -> None:
    (root / "catalog/weights/captioner").rename(root / "elsewhere")
    catalog = chained(root)
    assert "`edit` failed" in run(catalog, engine=lambda: CountingEngine(failing="instruct_pix2pix")).failed["chain"]
    assert state_of(catalog).state == "failed"
    assert run(catalog, engine=lambda: pytest.fail("it is not tried again")).untouched == ("chain",)


def test_without_the_weights_of_the_first_step_nothing_runs(root: Path) -> None:
    (root / "catalog/weights/painter").rename(root / "elsewhere")
    with pytest.raises(WeightsError, match="catalog/weights/painter"):
        run(chained(root), engine=lambda: pytest.fail("nothing can run"))
    assert state_of(chained(root)).state == "missing"
    assert not folder_of(root, "chain", "hub").exists()


def test_a_step_beside_the_one_without_weights_runs(root: Path) -> None:
    (root / "catalog/weights/painter").rename(root / "elsewhere")
    (root / "catalog/samples/chain.yml").write_text("""\
title: Two that do not meet
input: {scene: {seed: 3, people: 2}}
steps:
  paint: {model: painter, inputs: {text: a face}, parameters: {num_inference_steps: 2, width: 64, height: 64}}
  describe: {model: captioner, inputs: {image: scene}, parameters: {max_new_tokens: 4}}
""")
    catalog = load(root)
    engine = CountingEngine()
    waits = run(catalog, engine=lambda: engine).incomplete["chain"]
    assert "step `paint` waits for weights; `describe` is kept" in waits
    assert engine.asked == [("image_to_text", 1)] and state_of(catalog).state == "incomplete"
    (root / "elsewhere").rename(root / "catalog/weights/painter")
    assert run(catalog, engine=lambda: engine).drawn == ("chain",)
    assert engine.asked[1:] == [("text_to_image", 1)], "what is kept is not run again"


def test_a_picture_cut_for_a_model_without_weights_is_cut_as_that_model_reads_it(root: Path) -> None:
    (root / "catalog/weights/captioner").rename(root / "elsewhere")
    (root / "catalog/samples/chain.yml").write_text("""\
title: Cut and described
input: {scene: {seed: 3, people: 2}}
steps:
  part: {operation: crop, inputs: {image: scene}, parameters: {width: 96, height: 64}}
  describe: {model: captioner, inputs: {image: part.image}, parameters: {max_new_tokens: 4}}
""")
    catalog = load(root)
    assert "`part` is kept" in run(catalog).incomplete["chain"]
    kept = read_partial(folder_of(root, "chain", "hub"))
    (root / "elsewhere").rename(root / "catalog/weights/captioner")
    run(catalog)
    assert kept is not None and record_of(root).steps["part"] == kept.steps["part"]


def test_the_verbs_and_pages_say_of_an_incomplete_sample_what_is_there_and_what_is_missing(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "mkdocs.yml").write_text("site_name: chained\ndocs_dir: generated\nsite_dir: site\n")
    (root / "docs").mkdir()
    (root / "docs/index.md").write_text("# Home\n")
    (root / "catalog/weights/captioner").rename(root / "elsewhere")
    chained(root)
    assert cli.run(["--project", str(root), "samples", "--weights", "hub"]) == 5
    said = "".join(capsys.readouterr())
    assert "incomplete: step `describe` waits" in said and "put them into catalog/weights/captioner" in said
    Project.open(root).render()
    assert cli.run(["--project", str(root), "samples", "--status"]) == 0
    assert "chain  incomplete" in capsys.readouterr().out
    assert cli.run(["--project", str(root), "check"]) == 0
    page = (root / "generated/samples/chain/index.md").read_text("utf-8").replace("&#58;", ":")
    assert 'data-state="incomplete"' in page and "put them into catalog/weights/captioner" in page
    assert "Kept of the run that broke off: step “paint”, step “edit”, step “smaller”" in page
    assert "once the weights are there, `seamline samples` runs what is missing" in page
    for picture in folder_of(root, "chain", "hub").glob("*.webp"):
        assert picture.name in page


def test_an_engine_that_gives_up_loses_no_step(root: Path) -> None:
    catalog = chained(root)

    class Dying(CountingEngine):
        def run(self, loading: Loading, values: Mapping[str, Any], requests: Any) -> Iterator[Any]:
            if loading.runner == "image_to_text":
                raise EngineError("the machine is gone")
            return super().run(loading, values, requests)

    with pytest.raises(EngineError, match="gone"):
        run(catalog, engine=Dying)
    assert state_of(catalog).state == "missing"
    engine = CountingEngine()
    assert run(catalog, engine=lambda: engine).drawn == ("chain",)
    assert engine.asked == [("image_to_text", 1)]


def test_an_earlier_run_stays_when_a_later_one_fails(root: Path) -> None:
    run(chained(root))
    before = record_of(root)
    catalog = chained(root, seed=9)
    assert "describe" in run(catalog, engine=lambda: CountingEngine(failing="image_to_text")).failed["chain"]
    assert record_of(root) == before
    state = state_of(catalog)
    assert (state.state, state.drawn) == ("failed", True)
    folder = folder_of(root, "chain", "hub")
    assert all((folder / image.file).is_file() for image in before.images)


def test_a_chain_is_verified_from_end_to_end(root: Path) -> None:
    catalog = chained(root)
    run(catalog)
    compared = verify(catalog, weights="hub")
    assert len(compared) == 4 and all(one.holds for one in compared)


def test_steps_of_several_samples_share_batches_and_weights(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    for name in ("text_to_image", "instruct_pix2pix", "image_to_text"):
        runner = runner_named(name)
        honest = runner.load
        monkeypatch.setattr(
            runner, "load", lambda *given, name=name, honest=honest: loaded.append(name) or honest(*given)
        )
    (root / "catalog/samples/other.yml").write_text(SAMPLE.format(text="a hat", seed=3, tokens=4))
    catalog = chained(root)
    engine = CountingEngine()
    assert run(catalog, engine=lambda: engine).drawn == ("chain", "other")
    assert engine.asked == [("text_to_image", 2), ("instruct_pix2pix", 2), ("image_to_text", 2)]
    assert loaded == ["text_to_image", "instruct_pix2pix", "image_to_text"]


def test_a_circle_and_a_type_that_does_not_fit_are_refused_with_their_line(root: Path) -> None:
    text = SAMPLE.format(text="a face", seed=1, tokens=4).replace("image: smaller.image", "image: describe.text")
    (root / "catalog/samples/chain.yml").write_text(text)
    with pytest.raises(CatalogError) as refused:
        load(root)
    [problem] = refused.value.problems
    assert problem.where == "catalog/samples/chain.yml:14"
    assert problem.field == "steps.describe.inputs.image"


@pytest.mark.slow
def test_ray_runs_a_chain_as_this_machine_does(root: Path) -> None:
    pytest.importorskip("ray", reason="needs the `ray` extra")
    catalog = chained(root)
    run(catalog)
    here = values_of(root)
    run(catalog, force=True, engine="ray")
    there = values_of(root)
    assert "ray" in record_of(root).versions
    assert there.keys() == here.keys()
    assert there["describe", "text"] == here["describe", "text"]
    for step in ("paint", "edit", "smaller"):
        one, other = here[step, "image"], there[step, "image"]
        assert np.abs(np.asarray(one).astype(int) - np.asarray(other).astype(int)).max() <= 1, step


def test_a_page_shows_what_each_step_left(root: Path) -> None:
    """The whole way, as a curator walks it: run, render, and every artifact is on the sample's page."""
    (root / "mkdocs.yml").write_text("site_name: chained\ndocs_dir: generated\nsite_dir: site\n")
    (root / "docs").mkdir()
    (root / "docs/index.md").write_text("# Home\n")
    chained(root)
    project = Project.open(root)
    assert project.run(weights="hub", progress=lambda line: None).succeeded
    project.render()
    page = (root / "generated/samples/chain/index.md").read_text("utf-8")
    for image in record_of(root).images:
        assert image.file in page, image.role
    caption = record_of(root).output("describe", "text")
    assert caption is not None and caption.text in page
