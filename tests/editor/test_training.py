"""A whole training, as small as it gets: every stage runs, resumes, exports and edits."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")

from safetensors.torch import load_file

from seamline.editor import stages, training
from seamline.editor.checkpoint import WORKSHOP, Average, Workshop
from seamline.editor.export import bundle_bytes, export, export_autoencoder, hashes
from seamline.editor.training import train
from seamline.errors import WeightsError

PLAN = """
pictures: {width: 48, height: 32}
autoencoder: {steps: 2, scenes: 4, crop: 16, batch: 2, encoder_channels: [8, 8, 8], decoder_channels: [8, 8, 8]}
text: {steps: 2, batch: 4, width: 32, layers: 1, heads: 2}
unet: {steps: %d, channels: [32, 32, 32], scenes_per_shard: 8, shards: 1, batch: 8, warmup: 1}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    (root / training.PLAN).parent.mkdir(parents=True)
    (root / training.PLAN).write_text(PLAN % 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "VALIDATION_SEEDS", range(600_000, 600_003))
        patch.setattr(training, "_STEPS_BETWEEN_VALIDATIONS", 3)
        train(root, say=lambda line: None)
        (root / training.PLAN).write_text(PLAN % 5)
        lines: list[str] = []
        train(root, say=lines.append)
    assert any("going on from step 3" in line for line in lines), "training did not resume"
    assert not any("autoencoder" in line for line in lines), "a finished stage ran again"
    export(root)
    return root


@pytest.mark.slow
def test_training_reaches_the_end_of_its_plan(project: Path) -> None:
    facts = json.loads((project / "catalog/weights/mini/training.json").read_text())
    assert (facts["unet_steps"], facts["pictures_seen"]) == (5, 40)
    assert set(facts["sha256"]) == set(hashes(project / "catalog/weights/mini"))


@pytest.mark.slow
def test_the_bundle_tells_nothing_of_where_it_was_made(project: Path) -> None:
    texts = {path: path.read_text("utf-8") for path in (project / "catalog/weights/mini").rglob("*.json")}
    assert len(texts) > 5
    assert [path for path, text in texts.items() if "_name_or_path" in text or str(project) in text] == []


@pytest.mark.slow
def test_the_curve_tells_whether_the_instruction_is_used(project: Path) -> None:
    row = json.loads(Workshop(project / WORKSHOP).curve.read_text().splitlines()[0])
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
    plan = tmp_path / training.PLAN
    plan.parent.mkdir(parents=True)
    plan.write_text(PLAN % 1)
    lines: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "VALIDATION_SEEDS", range(600_000, 600_003))
        train(tmp_path, start_from=project / "catalog/weights/mini", say=lines.append)
    assert not any(line.startswith(("autoencoder", "text")) for line in lines)
    assert "done after 1 steps" in lines[-1]
    export(tmp_path)
    told = json.loads((tmp_path / "catalog/weights/mini/training.json").read_text())
    assert (told["unet_steps"], told["pictures_seen"]) == (6, 48), "what the bundle had learnt before counts too"
    assert [(row["from_step"], row["plan"]["steps"]) for row in told["plans"]] == [(0, 3), (3, 5), (5, 1)]
    assert (
        told["text_encoder"] == json.loads((project / "catalog/weights/mini/training.json").read_text())["text_encoder"]
    )


@pytest.mark.slow
def test_a_checkpoint_from_before_the_scaffolding_changed_goes_on(project: Path, tmp_path: Path) -> None:
    (tmp_path / training.PLAN).parent.mkdir(parents=True)
    (tmp_path / training.PLAN).write_text(PLAN % 6)
    shutil.copytree(project / WORKSHOP, tmp_path / WORKSHOP)
    checkpoint = Workshop(tmp_path / WORKSHOP).checkpoint
    state = torch.load(checkpoint, weights_only=True)
    del state["pointing"]
    torch.save(state, checkpoint)
    lines: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "VALIDATION_SEEDS", range(600_000, 600_003))
        train(tmp_path, say=lines.append)
    assert any("both start anew" in line for line in lines) and "done after 6 steps" in lines[-1]


@pytest.mark.slow
def test_another_folder_of_weights_has_a_workshop_of_its_own(project: Path, tmp_path: Path) -> None:
    """An autoencoder learns from a committed one, is exported alone, and leaves the mini editor as it was."""
    larger = """
pictures: {width: 96, height: 64}
autoencoder: {teacher: catalog/weights/mini/vae, steps: 2, scenes: 4, crop: 48, batch: 2, latent_channels: 8,
  encoder_channels: [32, 32, 32, 32], encoder_blocks: [0, 0, 1, 1],
  decoder_channels: [32, 32, 32, 32], decoder_blocks: [1, 1, 1, 0]}
"""
    mini, into = tmp_path / "catalog/weights/mini", Path("catalog/weights/next")
    shutil.copytree(Path(__file__).parents[2] / "catalog/weights/mini/vae", mini / "vae")
    (tmp_path / into).mkdir()
    (tmp_path / into / "training.yml").write_text(larger)
    before = hashes(mini)
    with pytest.raises(WeightsError, match="no autoencoder has been trained yet"):
        export_autoencoder(tmp_path, into)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "VALIDATION_SEEDS", range(600_000, 600_002))
        train(tmp_path, weights=into, only_autoencoder=True, say=lambda line: None)
    folder = export_autoencoder(tmp_path, into)
    told = json.loads((folder / "training.json").read_text())
    assert told["autoencoder"]["steps"] == 2 and told["plans"][0]["plan"]["teacher"] == "catalog/weights/mini/vae"
    assert told["sha256"] == dict(hashes(folder)) and list(told["sha256"]) == [
        "vae/diffusion_pytorch_model.safetensors"
    ]
    assert hashes(mini) == before and not (tmp_path / WORKSHOP).exists()
    tensors = load_file(folder / "vae/diffusion_pytorch_model.safetensors")
    assert {tensor.dtype for tensor in tensors.values()} == {torch.float16}
    assert diffusers.AutoencoderTiny.from_pretrained(folder / "vae").config.latent_channels == 8

    workshop = Workshop(tmp_path / ".cache/seamline/training-next")
    (mini / "model_index.json").write_text("{}")
    for part in ("tokenizer", "text_encoder", "unet"):
        (mini / part).mkdir()
        shutil.copy(mini / "vae/diffusion_pytorch_model.safetensors", mini / part)
    workshop.bring_in(mini)
    kept = load_file(workshop.stage("vae") / "diffusion_pytorch_model.safetensors")
    assert set(kept) == set(tensors), "a trained autoencoder was overwritten by the one of the pipeline to start from"
    assert workshop.finished("vae") == told["autoencoder"]

    fresh = Workshop(tmp_path / "fresh")
    fresh.folder.mkdir()
    fresh.bring_in_autoencoder(folder)
    fresh.bring_in(mini)
    assert set(load_file(fresh.stage("vae") / "diffusion_pytorch_model.safetensors")) == set(tensors)
    assert (fresh.finished("vae"), fresh.plan_rows("vae")) == (told["autoencoder"], told["plans"])

    (tmp_path / into / "training.yml").write_text(
        larger.replace("latent", "begin_with: catalog/weights/next/vae, latent")
    )
    shutil.rmtree(workshop.folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "VALIDATION_SEEDS", range(600_000, 600_002))
        train(tmp_path, weights=into, only_autoencoder=True, say=lambda line: None)
    further = load_file(workshop.stage("vae") / "diffusion_pytorch_model.safetensors")
    assert max((further[name] - tensors[name].float()).abs().max() for name in tensors) < 0.01, "it did not go on"


def test_a_missing_teacher_is_named(tmp_path: Path) -> None:
    (tmp_path / training.PLAN).parent.mkdir(parents=True)
    (tmp_path / training.PLAN).write_text("autoencoder: {teacher: catalog/weights/none/vae}")
    with pytest.raises(WeightsError, match="no autoencoder here, but the training plan names one") as refused:
        train(tmp_path)
    assert "catalog/weights/none/vae" in str(refused.value.where)


def test_a_folder_without_a_pipeline_is_refused(tmp_path: Path) -> None:
    (tmp_path / training.PLAN).parent.mkdir(parents=True)
    (tmp_path / training.PLAN).write_text("")
    with pytest.raises(WeightsError, match="no pipeline to start from"):
        train(tmp_path, start_from=tmp_path)


def test_exporting_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="nothing has been trained yet"):
        export(tmp_path)


def test_the_average_follows_and_can_be_traded_for_the_weights() -> None:
    module = torch.nn.Linear(1, 1, bias=False)
    average = Average({"part": module}, decay=0.5)
    with torch.no_grad():
        module.weight.zero_()
    average.weights["part.weight"].zero_()
    followed = []
    for _ in range(12):
        kept = average.weights["part.weight"].item()
        with torch.no_grad():
            module.weight.fill_(kept + 1)
        average.update()
        followed.append(average.weights["part.weight"].item() - kept)
    assert followed == pytest.approx([9 / (10 + at) if at < 8 else 0.5 for at in range(1, 13)], abs=1e-5)
    live, kept = module.weight.item(), average.weights["part.weight"].item()
    average.swap()
    assert (module.weight.item(), average.weights["part.weight"].item()) == (kept, live)
    average.swap()
    assert (module.weight.item(), average.weights["part.weight"].item()) == (live, kept)
