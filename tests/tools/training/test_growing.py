"""An autoencoder grown from another one starts where that one stands."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

import torch.nn.functional as F

from seamline.scenes.rasterizer import rasterize
from seamline.scenes.sampling import scene_from_seed
from tools.training.autoencoder import build_autoencoder, decode, encode, factor_of
from tools.training.autoencoders.growing import grow
from tools.training.config import AutoencoderPlan

LARGER = AutoencoderPlan(
    encoder_channels=(32,) * 4, encoder_blocks=(0, 0, 3, 3), decoder_channels=(32,) * 4, decoder_blocks=(3, 3, 2, 0)
)


def test_it_begins_with_its_teachers_latents_and_pictures() -> None:
    """Whatever the teacher has learnt: this one has random weights."""
    torch.manual_seed(2)
    teacher = build_autoencoder(AutoencoderPlan())
    larger = build_autoencoder(LARGER.model_copy(update={"latent_channels": 12}))
    grow(larger, teacher)
    assert (factor_of(teacher), factor_of(larger)) == (4, 8)
    pictures = rasterize([scene_from_seed(710_000)], 384, 256).picture.mul(255).round().byte()
    teacher_latents = encode(teacher, F.avg_pool2d(pictures.float(), 2).round().byte())
    latents = encode(larger, pictures)
    assert latents.shape == (1, 12, 32, 48)
    assert (latents[:, :8] - teacher_latents).square().mean() < 0.01 * teacher_latents.var()
    decoded = F.interpolate(decode(teacher, teacher_latents), scale_factor=2.0)
    padded = torch.cat([teacher_latents, torch.zeros_like(latents[:, 8:])], 1)
    assert (decode(larger, padded) - decoded).square().mean() < 0.1 * decoded.var()


@pytest.mark.parametrize(
    "other",
    [
        LARGER.model_copy(update={"latent_channels": 4}),
        LARGER.model_copy(update={"encoder_channels": (16,) * 4, "decoder_channels": (16,) * 4}),
        AutoencoderPlan(),
    ],
    ids=["fewer latents", "narrower", "no larger"],
)
def test_a_teacher_that_does_not_fit_is_refused(other: AutoencoderPlan) -> None:
    teacher = build_autoencoder(AutoencoderPlan())
    with pytest.raises(ValueError, match="teacher"):
        grow(build_autoencoder(other), teacher)
