"""Due or not due, and why."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("imagehash", reason="drawing needs the `draw` extra")

from projects import MODEL, FakeEngine, project, sample_of, scene_sample, with_samples

from seamline import hashing
from seamline.catalog.entries import Sample
from seamline.errors import RecordError, RunError, WeightsError
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.runs.execute.scheduler import run_due
from seamline.runs.plan.changes import changes_between
from seamline.runs.plan.states import SampleState, plan
from seamline.runs.store.run_folder import folder_of, read_record, read_runs

EXHIBITS = {
    "denoising": {"snapshots": 8},
    "guidance_grid": {"guidance_scale": [2, 3], "image_guidance_scale": [1, 1.5]},
    "seeds": [1, 2],
    "attention": True,
}


def state_of(root: Path, sample: Sample, **options: Any) -> SampleState:
    return plan(with_samples(root, {"one": sample}), **options)[0]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with one sample, drawn."""
    catalog = project(tmp_path, {"one": sample_of()})
    assert plan(catalog)[0].state == "missing"
    run_due(catalog, weights="mini", engine=FakeEngine(), say=lambda line: None)
    assert plan(catalog)[0] == SampleState("one", "fresh", (), "mini", (), plan(catalog)[0].key_fields, drawn=True)
    return tmp_path


def test_title_and_alternative_text_re_run_nothing(root: Path) -> None:
    assert state_of(root, sample_of(title="Another title", alt="Somebody")).state == "fresh"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"instruction": "smile"}, "the input `text` was swap the face on the left, is now smile"),
        (
            {"parameters": {"num_inference_steps": 4, "seed": 3, "image_guidance_scale": 1.8}},
            "image_guidance_scale was 1.5, is now 1.8",
        ),
        (
            {"parameters": {"num_inference_steps": 4, "seed": 3, "guidance_scale": 4}},
            "guidance_scale was 3.0, is now 4.0",
        ),
        ({"parameters": {"num_inference_steps": 5, "seed": 3}}, "num_inference_steps was 4, is now 5"),
        ({"parameters": {"num_inference_steps": 4, "seed": 4}}, "seed was 3, is now 4"),
        (
            {"parameters": {"num_inference_steps": 4, "seed": 3, "scheduler": "EulerDiscreteScheduler"}},
            "scheduler was DDIMScheduler, is now EulerDiscreteScheduler",
        ),
        ({"exhibits": {"seeds": [7]}}, "exhibits.seeds was absent, is now [7]"),
        ({"exhibits": {"attention": True}}, "exhibits.attention was absent, is now True"),
    ],
)
def test_whatever_changes_pixels_makes_a_run_stale(root: Path, change: dict[str, Any], why: str) -> None:
    state = state_of(root, sample_of(**change))
    assert (state.state, state.why) == ("stale", (why,))


EXPLANATIONS = {
    "input.width": (192, 768, "input.width was 192, is now 768"),
    "input.height": (128, 512, "input.height was 128, is now 512"),
    "input.photo": ("a.png", "b.png", "input.photo was a.png, is now b.png"),
    "input.scene": ({"seed": 1, "people": 3}, {"seed": 1, "people": 2}, "seed: 1, people: 3}, is now {seed: 1, pe"),
    "input.sha256": ("a1b2" * 16, "c3d4" * 16, "the input's content changed: a1b2… -> c3d4…"),
    "truth": ({"exchange": {"person": "left"}}, None, "truth was {exchange: {person: left}}, is now absent"),
    "truth.sha256": ("a1b2" * 16, "c3d4" * 16, "truth.sha256 was a1b2…, is now c3d4…"),
    "inputs.text": ("smile", "frown", "the input `text` was smile, is now frown"),
    "num_inference_steps": (20, 10, "num_inference_steps was 20, is now 10"),
    "guidance_scale": (3.0, 4.0, "guidance_scale was 3.0, is now 4.0"),
    "image_guidance_scale": (1.5, 1.8, "image_guidance_scale was 1.5, is now 1.8"),
    "seed": (1, 2, "seed was 1, is now 2"),
    "scheduler": ("DDIMScheduler", "PNDMScheduler", "scheduler was DDIMScheduler, is now PNDMScheduler"),
    "scheduler.config": ({"beta": 1}, {"beta": 2}, "scheduler.config/beta was 1, is now 2"),
    "weights": ("a/b@" + "1" * 40, "a/b@" + "2" * 40, "weights changed: a/b@11111111… -> a/b@22222222…"),
    "weights.files": ({"x": "a1b2" * 16}, {"x": "c3d4" * 16}, "weights changed: a1b2… -> c3d4… (x)"),
    "dtype": ("float32", "float16", "dtype was float32, is now float16"),
    "code: photos": ("a" * 64, "b" * 64, "the code that prepares photos has changed"),
    "weights.configuration": ({"unet/config.json": "a"}, {"unet/config.json": "b"}, "(unet/config.json)"),
    "code: instruct_pix2pix": ("a" * 64, "b" * 64, "the code that runs instruct_pix2pix has changed: aaaa… -> bbbb…"),
    "code: inputs": ("a" * 64, "b" * 64, "the code that prepares scenes has changed: aaaa… -> bbbb…"),
    "code: encoding": ("a" * 64, "b" * 64, "the code that encodes pictures has changed: aaaa… -> bbbb…"),
    "code: scenes": ("a" * 64, "b" * 64, "the code that rasterizes scenes has changed: aaaa… -> bbbb…"),
    "exhibits.denoising": (None, {"snapshots": 9}, "exhibits.denoising was absent, is now {snapshots: 9}"),
    "exhibits.guidance_grid": (
        {"guidance_scale": [2.0]},
        None,
        "guidance_grid was {guidance_scale: [2.0]}, is now absent",
    ),
    "exhibits.word_ablation": (None, {"instruction": "frown"}, "word_ablation was absent, is now {instruction: frown}"),
    "exhibits.attention": (None, True, "exhibits.attention was absent, is now True"),
    "exhibits.seeds": ([1], [1, 2], "exhibits.seeds was [1], is now [1, 2]"),
    "exhibits.baseline_comparison": (None, True, "exhibits.baseline_comparison was absent, is now True"),
    "requests": ("a" * 64, "b" * 64, "what the code asks of the model has changed"),
}


@pytest.mark.parametrize("field", EXPLANATIONS)
def test_each_field_of_the_key_is_explained_in_words(field: str) -> None:
    old, new, words = EXPLANATIONS[field]
    changes = changes_between({"same": 1, field: old}, {"same": 1, field: new})
    assert len(changes) == 1
    assert words in changes[0].words


def test_no_field_of_a_key_goes_unexplained_and_none_is_the_device_or_the_clock(tmp_path: Path) -> None:
    everything = {**EXHIBITS, "word_ablation": {"instruction": "smile"}, "baseline_comparison": True}
    samples = {"photo": sample_of(), "scene": scene_sample(exhibits=everything)}
    fields = {name for state in plan(project(tmp_path, samples)) for name in state.key_fields["edit"]}
    assert fields == set(EXPLANATIONS)


def test_another_number_format_counts_when_asked_for(root: Path) -> None:
    assert state_of(root, sample_of(), dtype="bfloat16").why == ("dtype was float32, is now bfloat16",)


def test_only_and_force_choose(root: Path) -> None:
    catalog = with_samples(root, {"one": sample_of(), "two": sample_of(title="Two"), "three": sample_of()})
    quiet = {"weights": "mini", "say": lambda line: None}
    assert run_due(catalog, engine=FakeEngine(), only={"two"}, **quiet).drawn == ("two",)
    assert [state.state for state in plan(catalog)] == ["fresh", "missing", "fresh"]
    engine = FakeEngine()
    assert run_due(catalog, engine=engine, only={"one"}, **quiet).drawn == ()
    assert run_due(catalog, engine=engine, only={"one"}, force=True, **quiet).drawn == ("one",)
    assert engine.generated == 1


def test_json_says_old_and_new(root: Path) -> None:
    parameters = {"num_inference_steps": 4, "seed": 3, "image_guidance_scale": 1.8}
    state = state_of(root, sample_of(parameters=parameters))
    assert state.as_json() == {
        "id": "one",
        "state": "stale",
        "weights": "mini",
        "why": ["image_guidance_scale: 1.5 -> 1.8"],
    }


def test_one_pixel_of_the_input_counts(root: Path) -> None:
    from PIL import Image

    path = root / "catalog/photos/photo.png"
    with Image.open(path) as image:
        image.putpixel((0, 0), (9, 9, 9))
        image.save(path)
    state = state_of(root, sample_of())
    assert state.state == "stale"
    assert "the input's content changed" in state.why[0]


def test_weights_and_scheduler_files_count(root: Path) -> None:
    (root / "catalog/weights/mini/unet/model.safetensors").write_bytes(b"trained longer")
    config = root / "catalog/weights/mini/scheduler/scheduler_config.json"
    config.write_text(config.read_text().replace("sample", "epsilon"))
    why = state_of(root, sample_of()).why
    assert "scheduler.config/prediction_type was sample, is now epsilon" in why
    assert any(reason.startswith("weights changed: ") and "unet/model.safetensors" in reason for reason in why)


def test_changed_code_counts_and_says_what_it_does(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from seamline.runs.plan import keys

    own = keys.fingerprint
    changed = lambda name, hashes: "f" * 64 if name == "photos" else own(name, hashes)  # noqa: E731
    monkeypatch.setattr(keys, "fingerprint", changed)
    monkeypatch.setattr(keys, "fingerprint_of", lambda name, modules, hashes: "e" * 64)
    of_photos, of_runner = state_of(root, sample_of()).why
    assert of_photos.startswith("the code that prepares photos has changed: ") and of_photos.endswith("-> ffff…")
    assert of_runner.startswith("the code that runs instruct_pix2pix has changed: ") and of_runner.endswith("-> eeee…")


def test_the_vocabulary_and_configurations_beside_the_weights_count(root: Path) -> None:
    (root / "catalog/weights/mini/unet/config.json").write_text('{"another": 1}')
    assert any("unet/config.json" in reason for reason in state_of(root, sample_of()).why)


def test_a_scene_counts_by_its_definition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the digest of a scene is remembered: the source that makes scenes is part of what it is known by."""
    from seamline.runs.plan import keys

    catalog = project(tmp_path, {"one": scene_sample()})
    before = plan(catalog)[0].key_fields["edit"]
    own = keys.scene_of
    another = lambda entry: own(entry.model_copy(update={"seed": entry.seed + 1}))  # noqa: E731
    monkeypatch.setattr(keys, "scene_of", another)
    assert plan(catalog)[0].key_fields["edit"] == before, "the same source is taken to make the same scene"
    monkeypatch.setattr(keys, "_scene_code", lambda: "another source")
    after = plan(catalog)[0].key_fields["edit"]
    assert {name for name in before if before[name] != after[name]} == {"input.sha256", "truth.sha256"}


def test_source_of_scenes_is_what_makes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from seamline.runs.plan import keys

    monkeypatch.setattr(keys, "_scene_code", keys._scene_code.__wrapped__)
    before = keys._scene_code()
    assert keys._scene_code() == before
    other = tmp_path / "sampling.py"
    other.write_bytes(Path(str(keys.sampling.__file__)).read_bytes().replace(b"-75.0", b"-70.0"))
    monkeypatch.setattr(keys.sampling, "__file__", str(other))
    assert keys._scene_code() != before


def test_remembered_digests_are_those_of_a_fresh_look(tmp_path: Path) -> None:
    catalog = project(tmp_path, {name: scene_sample(title=name) for name in "ab"})
    found = plan(catalog)
    remembered = plan(catalog)
    (tmp_path / ".cache/hashes.json").unlink()
    assert plan(catalog) == remembered == found


def test_truth_that_does_not_fit_is_a_failure(tmp_path: Path) -> None:
    truth = {"swap": {"person": "middle", "to": {}}}
    sample = sample_of(input={"scene": {"seed": 5, "people": 2}}, truth=truth)
    state = plan(project(tmp_path, {"one": sample}))[0]
    assert state.state == "failed"
    assert "nobody stands at 'middle'" in state.why[0]


def test_every_flipped_bit_of_a_record_is_noticed(root: Path) -> None:
    folder = folder_of(root, "one", "mini")
    path = folder / "run.json"
    sound = path.read_bytes()
    for place in range(len(sound)):
        flipped = bytearray(sound)
        flipped[place] ^= 1 << (place % 8)
        path.write_bytes(flipped)
        with pytest.raises(RecordError):
            read_record(folder)
    path.write_bytes(sound)
    assert read_record(folder) is not None


@pytest.mark.parametrize("harm", ["truncate", "flip", "remove", "tear the record"])
def test_harm_is_noticed_named_and_mended(root: Path, harm: str) -> None:
    folder = folder_of(root, "one", "mini")
    image = next(folder.glob("edited-*.webp"))
    data = image.read_bytes()
    victim = image
    if harm == "truncate":
        image.write_bytes(data[: len(data) // 2])
    elif harm == "flip":
        image.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    elif harm == "remove":
        image.unlink()
    else:
        victim = folder / "run.json"
        victim.write_bytes(victim.read_bytes()[:-20])
        assert len(read_runs(root)[1]) == 1
    state = state_of(root, sample_of())
    assert state.state == "stale"
    assert victim.name in state.why[0]
    engine = FakeEngine()
    run_due(with_samples(root, {"one": sample_of()}), weights="mini", engine=engine, say=lambda line: None)
    assert engine.generated == 1
    assert state_of(root, sample_of()).state == "fresh"


def test_a_settled_file_is_hashed_once_and_a_change_is_seen(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache of hashes goes by size and times: what changes any is hashed anew, even with its old time set back."""
    monkeypatch.setattr(hashing, "_SETTLED_NS", 0)
    image = next(folder_of(root, "one", "mini").glob("edited-*.webp"))
    first = hashing.Hashes(root)
    digest = first.sha256(image)
    first.save()
    again = hashing.Hashes(root)
    with monkeypatch.context() as blind:
        blind.setattr(hashing.hashlib, "file_digest", lambda *_: pytest.fail("it was hashed already"))
        assert again.sha256(image) == digest
    before = image.stat()
    data = bytearray(image.read_bytes())
    data[-1] ^= 1
    time.sleep(0.02)
    image.write_bytes(data)
    os.utime(image, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert image.stat().st_mtime_ns == before.st_mtime_ns
    assert hashing.Hashes(root).sha256(image) != digest
    assert state_of(root, sample_of()).state == "stale"


def test_failures_are_kept_until_something_changes_or_somebody_asks(root: Path) -> None:
    def refuse(request: EditRequest) -> None:
        raise RunError("the model stumbled", where=request.image)

    other = with_samples(root, {"one": sample_of(instruction="stumble"), "two": sample_of()})
    quiet = {"weights": "mini", "say": lambda line: None}
    summary = run_due(other, engine=FakeEngine(refuse), only={"one"}, **quiet)
    assert summary.failed == {"one": "one/input: the model stumbled"}
    assert [state.state for state in plan(other)] == ["failed", "missing"]
    assert plan(other)[0].why == ("one/input: the model stumbled",)
    assert read_record(folder_of(root, "one", "mini")) is not None, "the earlier run stays"

    engine = FakeEngine()
    assert run_due(other, engine=engine, **quiet).drawn == ("two",)
    assert run_due(other, engine=engine, retry=True, **quiet).drawn == ("one",)
    assert [state.state for state in plan(other)] == ["fresh", "fresh"]


def test_one_failure_loses_no_other(tmp_path: Path) -> None:
    def refuse(request: EditRequest) -> None:
        if request.image == "b/input":
            raise RunError("no")

    catalog = project(tmp_path, {name: sample_of(exhibits=EXHIBITS) for name in "abc"})
    summary = run_due(catalog, weights="mini", engine=FakeEngine(refuse), say=lambda line: None)
    assert summary.drawn == ("a", "c")
    assert list(summary.failed) == ["b"]


def test_unknown_sample_is_refused(root: Path) -> None:
    with pytest.raises(RunError, match="no sample 'nothing'"):
        plan(with_samples(root, {"one": sample_of()}), only={"nothing"})


def test_pickled_weights_are_refused(root: Path) -> None:
    file = root / "catalog/weights/mini/unet/model.safetensors"
    file.rename(file.with_suffix(".bin"))
    with pytest.raises(WeightsError, match="could run code"):
        state_of(root, sample_of())


def test_hub_weights_that_are_not_here(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planning says so; drawing gives one error that says how to get them and offers the mini editor."""
    monkeypatch.setenv("HF_HOME", str(root / "empty"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    catalog = with_samples(root, {"one": sample_of()})
    assert plan(catalog, "hub")[0].state == "missing"
    with pytest.raises(WeightsError) as caught:
        run_due(catalog, weights="hub", engine=FakeEngine(), say=lambda line: None)
    assert "hf download timbrooks/instruct-pix2pix" in str(caught.value)
    assert "--weights mini" in str(caught.value)


def test_hub_weights_in_the_local_cache_are_found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    monkeypatch.setenv("HF_HOME", str(root / "hf"))
    snapshot = root / "hf/hub/models--timbrooks--instruct-pix2pix/snapshots" / ("a" * 40)
    shutil.copytree(root / "catalog/weights/mini", snapshot)
    catalog = with_samples(root, {"one": sample_of()})
    assert run_due(catalog, weights="hub", engine=FakeEngine(), say=lambda line: None).drawn == ("one",)
    assert plan(catalog, "hub")[0].state == "fresh"
    shutil.rmtree(root / "hf")
    assert plan(catalog, "hub")[0].state == "fresh", "a run stays fresh where its weights are not"


def test_planning_imports_neither_torch_nor_numpy() -> None:
    code = (
        "import sys, seamline.runs.plan.states, seamline.runs.store.run_folder\n"
        "print([name for name in ('torch', 'numpy', 'PIL', 'diffusers', 'ray') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_auto_is_the_mini_editor_where_there_is_no_gpu(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from seamline.weights import locate

    monkeypatch.setattr(locate, "_cuda", lambda: False)
    summary = run_due(with_samples(root, {"one": sample_of()}), engine=FakeEngine(), say=lambda line: None)
    assert (summary.weights, summary.untouched) == ({MODEL: "mini"}, ("one",))


def test_auto_is_the_hubs_where_there_is_a_gpu_and_they_can_be_had(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    from seamline.weights import locate

    monkeypatch.setattr(locate, "_cuda", lambda: True)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(root / "hf"))
    catalog = with_samples(root, {"one": sample_of()})
    assert run_due(catalog, engine=FakeEngine(), say=lambda line: None).weights == {MODEL: "mini"}
    snapshot = root / "hf/hub/models--timbrooks--instruct-pix2pix/snapshots" / ("a" * 40)
    shutil.copytree(root / "catalog/weights/mini", snapshot)
    assert run_due(catalog, engine=FakeEngine(), say=lambda line: None).weights == {MODEL: "hub"}
