"""An autoencoder's training: its crops, the weights of its loss, and resuming without a difference."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")

from seamline.scenes.sampling import FIRST_TRAINING_SEED, scene_from_seed
from tools.training.autoencoder import Autoencoder, build_autoencoder
from tools.training.autoencoder_training import AutoencoderTrainingState, difference, rate_at
from tools.training.autoencoders.gallery import Gallery
from tools.training.checkpoint import TrainingDir
from tools.training.config import AutoencoderPlan, Pictures

WORLD = Pictures(width=96, height=64)
PLAN = AutoencoderPlan(
    encoder_channels=(8, 8, 8),
    decoder_channels=(8, 8, 8),
    encoder_blocks=(0, 1, 1),
    decoder_blocks=(1, 1, 0),
    crop=32,
    batch=8,
    steps=4,
    decoder_steps=2,
    age_weight=5.0,
)


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    scenes = [scene_from_seed(FIRST_TRAINING_SEED + at) for at in range(4)]
    smaller = {
        "encoder_channels": (8, 8),
        "decoder_channels": (8, 8),
        "encoder_blocks": (0, 1),
        "decoder_blocks": (1, 0),
    }
    teacher = build_autoencoder(PLAN.model_copy(update={"latent_channels": 3, **smaller}))
    return Gallery.of(scenes, WORLD, PLAN, teacher, workers=1)


def state_from(checkpoint: Path) -> AutoencoderTrainingState:
    torch.manual_seed(0)
    return AutoencoderTrainingState(build_autoencoder(PLAN), PLAN, 7, checkpoint, "cpu")


def weights(autoencoder: Autoencoder) -> list[torch.Tensor]:
    return [values.detach().clone() for values in autoencoder.state_dict().values()]


def test_age_shows_on_faces_and_nowhere_else(gallery: Gallery) -> None:
    shows = torch.nn.functional.avg_pool2d(gallery.age.float(), PLAN.factor)
    heads = gallery.faces.float().sum(1, keepdim=True)
    assert gallery.age.max() == 255
    assert shows[heads == 0].max() == 0


def test_crops_of_pictures_masks_and_latents_show_the_same_place(gallery: Gallery) -> None:
    marked = Gallery(
        gallery.pictures,
        gallery.faces,
        gallery.landmarks,
        gallery.pictures[:, :1],
        gallery.crop_probability,
        torch.nn.functional.avg_pool2d(gallery.pictures.float(), PLAN.factor).half(),
    )
    crops = marked.crops(PLAN, torch.Generator().manual_seed(1))
    assert crops.pictures.shape == (8, 3, 32, 32)
    assert torch.equal(crops.age, crops.pictures[:, :1])
    assert torch.equal(
        crops.teacher_latents, torch.nn.functional.avg_pool2d(crops.pictures.float(), PLAN.factor).half()
    )
    again = marked.crops(PLAN, torch.Generator().manual_seed(1))
    assert torch.equal(again.pictures, crops.pictures)


def test_nobody_absent_is_looked_at(gallery: Gallery) -> None:
    assert (gallery.crop_probability[gallery.landmarks.abs().sum((2, 3)) == 0] == 0).all()
    assert (gallery.crop_probability.sum(1) > 0).all()


def test_a_gallery_is_read_as_it_was_written(gallery: Gallery, tmp_path: Path) -> None:
    gallery.save(tmp_path / "gallery.safetensors")
    again = Gallery.load(tmp_path / "gallery.safetensors")
    assert all(torch.equal(getattr(again, name), getattr(gallery, name)) for name in Gallery.__dataclass_fields__)


def test_a_resumed_training_ends_where_an_unbroken_one_does(gallery: Gallery, tmp_path: Path) -> None:
    unbroken = state_from(tmp_path / "a.pt")
    for _ in range(4):
        unbroken.step(gallery)
    broken = state_from(tmp_path / "b.pt")
    for _ in range(2):
        broken.step(gallery)
    broken.save()
    later = state_from(tmp_path / "b.pt")
    lines: list[str] = []
    later.resume(lines.append)
    for _ in range(2):
        later.step(gallery)
    assert lines == ["autoencoder: resuming from step 2"] and later.steps == 4
    for one, other in zip(unbroken.average.parameters(), later.average.parameters(), strict=True):
        assert torch.allclose(one, other, atol=1e-6)
    assert int(later.average.n_averaged) == 4


def test_what_was_trained_twice_counts_once_on_the_curve(tmp_path: Path) -> None:
    training_dir = TrainingDir(tmp_path)
    for steps, decibels in ((200, 20.0), (400, 21.0), (400, 22.0), (600, 23.0)):
        training_dir.record_autoencoder({"steps": steps, "faces_db": decibels})
    assert [row["faces_db"] for row in training_dir.autoencoder_rows()] == [20.0, 22.0, 23.0]


def test_in_its_last_steps_the_encoder_is_frozen(gallery: Gallery, tmp_path: Path) -> None:
    torch.manual_seed(0)
    autoencoder = build_autoencoder(PLAN)
    training = AutoencoderTrainingState(autoencoder, PLAN, 7, tmp_path / "c.pt", "cpu")
    for _ in range(PLAN.steps):
        training.step(gallery)
    encoder, decoder = weights(autoencoder.encoder), weights(autoencoder.decoder)
    for _ in range(PLAN.decoder_steps):
        training.step(gallery)
    assert all(torch.equal(*pair) for pair in zip(encoder, weights(autoencoder.encoder), strict=True))
    assert not all(torch.equal(*pair) for pair in zip(decoder, weights(autoencoder.decoder), strict=True))


def test_an_error_counts_more_where_weights_are_larger() -> None:
    truth, off = torch.zeros(1, 3, 8, 8), torch.zeros(1, 3, 8, 8)
    off[..., 2:4, 2:4] = 0.5
    level, there = torch.ones(1, 1, 8, 8), torch.ones(1, 1, 8, 8)
    there[..., 2:4, 2:4] = 4
    assert difference(off, truth, there, 1.0) > 1.5 * difference(off, truth, level, 1.0)
    assert difference(off, truth, 3 * level, 1.0) == pytest.approx(difference(off, truth, level, 1.0).item())
    assert difference(off, truth, level, 2.0) > difference(off, truth, level, 1.0)


def test_the_rate_rises_then_falls_to_a_hundredth() -> None:
    plan = PLAN.model_copy(update={"steps": 900, "decoder_steps": 100, "cosine_from": 0.3})
    rates = [rate_at(step, plan) for step in (0, 49, 300, 650, 1000)]
    assert rates[0] == pytest.approx(plan.rate / 50)
    assert rates[1] == rates[2] == pytest.approx(plan.rate)
    assert rates[3] == pytest.approx(plan.rate * 0.505)
    assert rates[4] == pytest.approx(plan.rate / 100)
