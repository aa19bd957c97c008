"""A whole training, as small as it gets: every stage runs, resumes, exports and edits."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")

from safetensors.torch import load_file

from seamline.errors import WeightsError
from tools.training import first_stages, training_stages
from tools.training.autoencoder import build_autoencoder
from tools.training.averaging import averaged, averaged_weights, moving_average
from tools.training.checkpoint import TRAINING_ROOT, TrainingDir, load_checkpoint
from tools.training.config import AutoencoderPlan
from tools.training.pipeline_export import bundle_bytes, export, export_autoencoder, hashes
from tools.training.training_stages import train

PLAN = """
pictures: {width: 48, height: 32}
autoencoder: {steps: 2, scenes: 4, crop: 16, batch: 2, encoder_channels: [8, 8, 8], decoder_channels: [8, 8, 8]}
text: {steps: 2, batch: 4, width: 32, layers: 1, heads: 2}
unet: {steps: %d, channels: [32, 32, 32], scenes_per_shard: 8, shards: 1, batch: 8, warmup: 1}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    (root / training_stages.PLAN).parent.mkdir(parents=True)
    (root / training_stages.PLAN).write_text(PLAN % 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(first_stages, "VALIDATION_SEEDS", range(600_000, 600_003))
        patch.setattr(training_stages, "_STEPS_BETWEEN_VALIDATIONS", 3)
        train(root, say=lambda line: None)
        (root / training_stages.PLAN).write_text(PLAN % 5)
        lines: list[str] = []
        train(root, say=lines.append)
    assert any("resuming from step 3" in line for line in lines), "training did not resume"
    assert not any("autoencoder" in line for line in lines), "a finished stage ran again"
    export(root)
    return root


@pytest.mark.slow
def test_training_reaches_the_end_of_its_plan(project: Path) -> None:
    facts = json.loads((project / "catalog/weights/mini/training.json").read_text())
    assert (facts["unet_steps"], facts["pictures_seen"]) == (5, 40)
    assert set(facts["sha256"]) == set(hashes(project / "catalog/weights/mini"))


@pytest.mark.slow
def test_the_bundle_does_not_reveal_where_it_was_made(project: Path) -> None:
    texts = {path: path.read_text("utf-8") for path in (project / "catalog/weights/mini").rglob("*.json")}
    assert len(texts) > 5
    assert [path for path, text in texts.items() if "_name_or_path" in text or str(project) in text] == []


@pytest.mark.slow
def test_the_curve_shows_whether_the_instruction_is_used(project: Path) -> None:
    row = json.loads(TrainingDir(project / TRAINING_ROOT).curve.read_text().splitlines()[0])
    assert {"pictures", "minutes", "right", "wrong", "outside", "untouched"} == set(row)


@pytest.mark.slow
def test_plain_diffusers_loads_and_runs_the_bundle(project: Path) -> None:
    from PIL import Image

    folder = project / "catalog/weights/mini"
    pipe = diffusers.StableDiffusionInstructPix2PixPipeline.from_pretrained(folder)
    pipe.set_progress_bar_config(disable=True)
    picture = Image.new("RGB", (48, 32), "teal")
    edited = pipe(
        "make the left person smile", picture, num_inference_steps=2, guidance_scale=2, image_guidance_scale=1.2
    )
    assert edited.images[0].size == (48, 32)
    assert bundle_bytes(folder) > 0


@pytest.mark.slow
def test_training_restarts_from_the_bundle_alone(project: Path, tmp_path: Path) -> None:
    plan = tmp_path / training_stages.PLAN
    plan.parent.mkdir(parents=True)
    plan.write_text(PLAN % 1)
    lines: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(first_stages, "VALIDATION_SEEDS", range(600_000, 600_003))
        train(tmp_path, start_from=project / "catalog/weights/mini", say=lines.append)
    assert not any(line.startswith(("autoencoder", "text")) for line in lines)
    assert "done after 1 steps" in lines[-1]
    export(tmp_path)
    record = json.loads((tmp_path / "catalog/weights/mini/training.json").read_text())
    assert (record["unet_steps"], record["pictures_seen"]) == (6, 48), "what the bundle had learnt before counts too"
    assert [(row["from_step"], row["plan"]["steps"]) for row in record["plans"]] == [(0, 3), (3, 5), (5, 1)]
    before = json.loads((project / "catalog/weights/mini/training.json").read_text())
    assert record["text_encoder"] == before["text_encoder"]


@pytest.mark.slow
def test_a_checkpoint_of_other_auxiliary_heads_is_resumed(project: Path, tmp_path: Path) -> None:
    (tmp_path / training_stages.PLAN).parent.mkdir(parents=True)
    (tmp_path / training_stages.PLAN).write_text(PLAN % 6)
    shutil.copytree(project / TRAINING_ROOT, tmp_path / TRAINING_ROOT)
    checkpoint = TrainingDir(tmp_path / TRAINING_ROOT).checkpoint
    state = torch.load(checkpoint, weights_only=True)
    del state["auxiliary_heads"]
    torch.save(state, checkpoint)
    lines: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(first_stages, "VALIDATION_SEEDS", range(600_000, 600_003))
        train(tmp_path, say=lines.append)
    assert any("both start anew" in line for line in lines) and "done after 6 steps" in lines[-1]


@pytest.mark.slow
def test_another_folder_of_weights_has_a_training_directory_of_its_own(project: Path, tmp_path: Path) -> None:
    """An autoencoder learns from a committed one, is exported alone, and leaves the mini editor as it was."""
    larger = """
pictures: {width: 96, height: 64}
autoencoder: {teacher: catalog/weights/mini/vae, steps: 2, scenes: 4, crop: 48, batch: 2, latent_channels: 8,
  encoder_channels: [32, 32, 32, 32], encoder_blocks: [0, 0, 1, 1],
  decoder_channels: [32, 32, 32, 32], decoder_blocks: [1, 1, 1, 0]}
"""
    mini, into = tmp_path / "catalog/weights/mini", Path("catalog/weights/next")
    build_autoencoder(AutoencoderPlan()).save_pretrained(mini / "vae")
    (tmp_path / into).mkdir()
    (tmp_path / into / "training.yml").write_text(larger)
    before = hashes(mini)
    with pytest.raises(WeightsError, match="no autoencoder has been trained yet"):
        export_autoencoder(tmp_path, into)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(first_stages, "VALIDATION_SEEDS", range(600_000, 600_002))
        train(tmp_path, weights=into, only_autoencoder=True, say=lambda line: None)
    folder = export_autoencoder(tmp_path, into)
    record = json.loads((folder / "training.json").read_text())
    assert record["autoencoder"]["steps"] == 2 and record["plans"][0]["plan"]["teacher"] == "catalog/weights/mini/vae"
    assert record["sha256"] == dict(hashes(folder)) and list(record["sha256"]) == [
        "vae/diffusion_pytorch_model.safetensors"
    ]
    assert hashes(mini) == before and not (tmp_path / TRAINING_ROOT).exists()
    tensors = load_file(folder / "vae/diffusion_pytorch_model.safetensors")
    assert {tensor.dtype for tensor in tensors.values()} == {torch.float16}
    assert diffusers.AutoencoderTiny.from_pretrained(folder / "vae").config.latent_channels == 8

    training_dir = TrainingDir(tmp_path / ".cache/seamline/training-next")
    (mini / "model_index.json").write_text("{}")
    for part in ("tokenizer", "text_encoder", "unet"):
        (mini / part).mkdir()
        shutil.copy(mini / "vae/diffusion_pytorch_model.safetensors", mini / part)
    training_dir.start_from(mini)
    kept = load_file(training_dir.stage("vae") / "diffusion_pytorch_model.safetensors")
    assert set(kept) == set(tensors), "a trained autoencoder was overwritten by the one of the pipeline to start from"
    assert training_dir.figures_of("vae") == record["autoencoder"]

    fresh = TrainingDir(tmp_path / "fresh")
    fresh.path.mkdir()
    fresh.adopt_autoencoder(folder)
    fresh.start_from(mini)
    assert set(load_file(fresh.stage("vae") / "diffusion_pytorch_model.safetensors")) == set(tensors)
    assert (fresh.figures_of("vae"), fresh.plan_rows("vae")) == (record["autoencoder"], record["plans"])

    (tmp_path / into / "training.yml").write_text(
        larger.replace("latent", "begin_with: catalog/weights/next/vae, latent")
    )
    shutil.rmtree(training_dir.path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(first_stages, "VALIDATION_SEEDS", range(600_000, 600_002))
        train(tmp_path, weights=into, only_autoencoder=True, say=lambda line: None)
    further = load_file(training_dir.stage("vae") / "diffusion_pytorch_model.safetensors")
    assert max((further[name] - tensors[name].float()).abs().max() for name in tensors) < 0.01, "it did not go on"


def test_weights_to_start_from_bring_the_whole_record_of_their_training(tmp_path: Path) -> None:
    committed = Path(__file__).parents[3] / "catalog/weights/mini"
    record = json.loads((committed / "training.json").read_text())
    training_dir = TrainingDir(tmp_path)
    for _ in range(2):
        training_dir.start_from(committed)
    assert (training_dir.plan_rows(), training_dir.curve_rows()) == (record["plans"], record["curve"])
    assert training_dir.plan_rows("vae") == record["autoencoder_plans"] != []
    assert training_dir.autoencoder_rows() == record["autoencoder_curve"] != []


def test_a_missing_teacher_is_named(tmp_path: Path) -> None:
    (tmp_path / training_stages.PLAN).parent.mkdir(parents=True)
    (tmp_path / training_stages.PLAN).write_text("autoencoder: {teacher: catalog/weights/none/vae}")
    with pytest.raises(WeightsError, match="no autoencoder here, but the training plan names one") as refused:
        train(tmp_path)
    assert "catalog/weights/none/vae" in str(refused.value.where)


def test_a_folder_without_a_pipeline_is_refused(tmp_path: Path) -> None:
    (tmp_path / training_stages.PLAN).parent.mkdir(parents=True)
    (tmp_path / training_stages.PLAN).write_text("")
    with pytest.raises(WeightsError, match="no pipeline to start from"):
        train(tmp_path, start_from=tmp_path)


def test_exporting_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="nothing has been trained yet"):
        export(tmp_path)


def test_the_average_follows_the_weights() -> None:
    """A copy at first, then faster at the beginning than later."""
    modules = torch.nn.ModuleDict({"part": torch.nn.Linear(1, 1, bias=False)})
    average = moving_average(modules, decay=0.5)
    live, kept = modules["part"].weight, averaged(average, "part").weight
    with torch.no_grad():
        live.fill_(7.0)
    average.update_parameters(modules)
    assert kept.item() == 7.0
    steps = []
    for _ in range(12):
        before = kept.item()
        with torch.no_grad():
            live.fill_(before + 1)
        average.update_parameters(modules)
        steps.append(kept.item() - before)
    assert steps == pytest.approx([9 / (11 + at) if at < 7 else 0.5 for at in range(1, 13)], abs=1e-5)
    assert live.item() == pytest.approx(kept.item() + 1 - steps[-1]), "averaging left the weights alone"


def test_the_average_resumes_and_gives_up_its_parts() -> None:
    modules = torch.nn.ModuleDict({"one": torch.nn.Linear(2, 2), "other": torch.nn.BatchNorm1d(2)})
    average = moving_average(modules, decay=0.9)
    for _ in range(3):
        with torch.no_grad():
            modules["one"].weight.add_(1)
        modules["other"].running_mean.add_(1)
        average.update_parameters(modules)
    resumed = moving_average(modules, decay=0.9)
    resumed.load_state_dict(average.state_dict())
    for each in (average, resumed):
        with torch.no_grad():
            modules["one"].weight.fill_(5)
        each.update_parameters(modules)
    assert torch.equal(averaged(average, "one").weight, averaged(resumed, "one").weight)
    parts = averaged_weights(average.state_dict(), "one")
    assert set(parts) == {"weight", "bias"} and torch.equal(parts["weight"], averaged(average, "one").weight)
    assert torch.equal(averaged(average, "other").running_mean, modules["other"].running_mean), "buffers are copied"


def test_a_checkpoint_of_an_earlier_version_is_refused(tmp_path: Path) -> None:
    torch.save({"average": {}}, tmp_path / "unet.pt")
    with pytest.raises(WeightsError, match="an earlier version of training") as refused:
        load_checkpoint(tmp_path / "unet.pt")
    assert refused.value.where == str(tmp_path / "unet.pt")
