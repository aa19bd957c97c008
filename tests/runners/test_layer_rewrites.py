"""Rewritten layers give the numbers of the plain ones, and only layers that are known are rewritten."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="drawing needs the `draw` extra")
pytest.importorskip("diffusers", reason="drawing needs the `draw` extra")

from test_generation import REQUESTS, largest_difference, stock
from tiny import tiny_pipeline, under
from torch import nn

from seamline.runners.instruct_pix2pix.cpu import text_projection
from seamline.runners.instruct_pix2pix.cpu.layer_rewrites import EnlargedConvolution, GatedUnit, rewrite
from seamline.runners.instruct_pix2pix.cpu.text_projection import TextAttention, prepared
from seamline.runners.instruct_pix2pix.generation import generate

if TYPE_CHECKING:
    from seamline.runners.base import Picture


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(5)


def rewritten(pipe: Any) -> Any:
    twin = copy.copy(pipe)
    twin.register_modules(unet=copy.deepcopy(pipe.unet), vae=copy.deepcopy(pipe.vae))
    rewrite(twin.unet)
    rewrite(twin.vae)
    return twin


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("height", "width"), [(1, 1), (5, 3), (8, 12)])
def test_one_convolution_before_enlarging_equals_one_after(bias: bool, height: int, width: int) -> None:
    convolution = nn.Conv2d(6, 10, 3, padding=1, bias=bias)
    small = torch.randn(2, 6, height, width)
    with torch.no_grad():
        expected = convolution(nn.functional.interpolate(small, scale_factor=2, mode="nearest"))
        large = EnlargedConvolution(convolution)(small)
    torch.testing.assert_close(large, expected, rtol=1e-5, atol=1e-6)
    assert large.is_contiguous(memory_format=torch.channels_last)


def test_another_size_than_the_double_is_left_to_the_plain_layer() -> None:
    from diffusers.models.upsampling import Upsample2D

    plain = Upsample2D(4, use_conv=True)
    small = torch.randn(1, 4, 5, 7)
    layers = nn.Sequential(copy.deepcopy(plain))
    assert rewrite(layers) == 1
    with torch.no_grad():
        torch.testing.assert_close(layers[0](small, (9, 13)), plain(small, (9, 13)))
        torch.testing.assert_close(layers[0](small), plain(small), rtol=1e-5, atol=1e-6)


def test_halves_of_a_gated_unit() -> None:
    from diffusers.models.activations import GEGLU

    for bias in (True, False):
        plain = GEGLU(8, 20, bias=bias)
        hidden = torch.randn(3, 5, 8)
        with torch.no_grad():
            torch.testing.assert_close(GatedUnit(plain.proj)(hidden), plain(hidden), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "layers",
    [
        (nn.Upsample(scale_factor=2, mode="bilinear"), nn.Conv2d(4, 4, 3, padding=1)),
        (nn.Upsample(scale_factor=3, mode="nearest"), nn.Conv2d(4, 4, 3, padding=1)),
        (nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(4, 4, 3, padding=1, stride=2)),
        (nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect")),
        (nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(4, 4, 5, padding=2)),
        (nn.Upsample(scale_factor=2, mode="nearest"), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1)),
    ],
)
def test_what_is_not_known_stays(layers: tuple[nn.Module, ...]) -> None:
    model = nn.Sequential(*layers)
    assert rewrite(model) == 0
    assert tuple(model) == layers


@pytest.mark.parametrize("scheduler", ["DDIMScheduler", "EulerAncestralDiscreteScheduler"])
@pytest.mark.parametrize("autoencoder", ["kl", "tiny"])
def test_a_rewritten_model_draws_every_cell_as_the_stock_pipeline_does(
    scheduler: str, autoencoder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where attention to the texts is prepared, as it is with weights whose tokens are fewer than channels."""
    monkeypatch.setattr(text_projection, "_pays", lambda layer, encoded: layer.is_cross_attention)
    plain = tiny_pipeline(autoencoder=autoencoder)
    twin = rewritten(plain)
    kinds = {type(layer) for part in (twin.unet, twin.vae) for layer in part.modules()}
    assert {EnlargedConvolution, GatedUnit} <= kinds
    rng = np.random.default_rng(0)
    pictures: dict[str, Picture] = {name: rng.integers(0, 256, (16, 24, 3), dtype=np.uint8) for name in "ab"}
    schedule = (5, scheduler)
    for request, mine in zip(REQUESTS, generate(twin, pictures, under(REQUESTS, *schedule)), strict=True):
        theirs = stock(plain, pictures[request.image], request, schedule)
        assert largest_difference(mine.picture, theirs) <= 1, request


def test_attention_to_prepared_texts_is_diffusers_own() -> None:
    from diffusers.models.attention_processor import Attention, AttnProcessor2_0

    attn = Attention(24, cross_attention_dim=10, heads=2, dim_head=12, processor=AttnProcessor2_0())
    unet = nn.Module()
    unet.device = torch.device("cpu")
    unet.attn2 = attn
    unet.attn_processors = {"attn2.processor": attn.processor}  # type: ignore[assignment]
    unet.set_attn_processor = lambda given: attn.set_processor(given["attn2.processor"])  # type: ignore[assignment]
    encoded = torch.randn(3, 7, 10)
    hidden = torch.randn(4, 15, 24)
    rows = [2, 0, 1, 2]
    with torch.no_grad():
        expected = attn(hidden, encoder_hidden_states=encoded[rows])
        with prepared(unet, encoded) as texts:
            assert isinstance(attn.processor, TextAttention)
            texts.rows = [0, *rows]
            texts.at(slice(1, 5))
            torch.testing.assert_close(attn(hidden, encoder_hidden_states=None), expected, rtol=1e-5, atol=1e-6)
        assert type(attn.processor) is AttnProcessor2_0
        with prepared(unet, torch.randn(3, 13, 10)):
            assert type(attn.processor) is AttnProcessor2_0, "26 columns cost more than 24 channels"
        unet.device = torch.device("meta")
        with prepared(unet, encoded):
            assert type(attn.processor) is AttnProcessor2_0, "only a CPU gains"
