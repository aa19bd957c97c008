"""An autoencoder grown from another one starts where that one stands."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")

import torch.nn.functional as F

from seamline.scenes.rasterizer import rasterize
from seamline.scenes.sampling import scene_from_seed
from tools.training.autoencoder import build_autoencoder, decode, encode, factor_of
from tools.training.config import AutoencoderPlan
from tools.training.growing import grow

MINI = Path(__file__).parents[3] / "catalog/weights/mini/vae"
LARGER = AutoencoderPlan(
    encoder_channels=(32,) * 4, encoder_blocks=(0, 0, 3, 3), decoder_channels=(32,) * 4, decoder_blocks=(3, 3, 2, 0)
)


def test_it_begins_with_its_teachers_latents_and_pictures() -> None:
    teacher = diffusers.AutoencoderTiny.from_pretrained(MINI, torch_dtype=torch.float32).eval()
    torch.manual_seed(0)
    larger = build_autoencoder(LARGER.model_copy(update={"latent_channels": 12}))
    grow(larger, teacher)
    assert (factor_of(teacher), factor_of(larger)) == (4, 8)
    pictures = rasterize([scene_from_seed(710_000)], 384, 256).picture.mul(255).round().byte()
    teacher_latents = encode(teacher, F.avg_pool2d(pictures.float(), 2).round().byte())
    latents = encode(larger, pictures)
    assert latents.shape == (1, 12, 32, 48)
    # A random encoder is off by more than the latents' variance, which is 1.
    assert (latents[:, :8] - teacher_latents).square().mean() < 0.1
    error = (decode(larger, latents) - pictures / 255).square().mean()
    assert error < 0.003, "worse than 25 dB: the decoder does not decode as its teacher does"


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
    teacher = diffusers.AutoencoderTiny.from_pretrained(MINI, torch_dtype=torch.float32)
    with pytest.raises(ValueError, match="teacher"):
        grow(build_autoencoder(other), teacher)
