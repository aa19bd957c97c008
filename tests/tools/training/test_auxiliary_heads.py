"""Auxiliary losses reach the U-Net, each thread has its own, and none of their weights is exported."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from seamline.scenes.sampling import scene_from_seed
from tools.training.auxiliary_heads import TRAITS, UNKNOWN, AuxiliaryHeads, traits_of
from tools.training.config import AutoencoderPlan, TextPlan, UNetPlan
from tools.training.unet import build_unet

NOBODY = torch.full((2, len(TRAITS), 16, 16), UNKNOWN)
SOMEBODY = torch.where(torch.arange(16) < 8, 0, NOBODY)
PLAN = UNetPlan(channels=(48, 32, 32), heads=2)


def _unet() -> torch.nn.Module:
    torch.manual_seed(0)
    return build_unet(PLAN, AutoencoderPlan(), TextPlan(width=16))


def _forward(unet: torch.nn.Module) -> None:
    unet(torch.randn(2, 16, 16, 16), torch.tensor([999, 999]), torch.randn(2, 5, 16))


def test_the_loss_reaches_the_unet() -> None:
    unet = _unet()
    heads = AuxiliaryHeads(unet)
    where = torch.zeros(2, 1, 16, 16)
    where[..., :8] = 1
    _forward(unet)
    loss = heads.loss(where, SOMEBODY, attribute_weight=1.0)
    loss.backward()
    assert 0.7 < loss.item() < 3, "untrained heads should be undecided"
    assert unet.mid_block.resnets[0].conv1.weight.grad.abs().sum() > 0


def test_traits_are_known_where_heads_are() -> None:
    scene = scene_from_seed(8, people=2)
    faces = torch.zeros(3, 4, 6, dtype=torch.uint8)
    faces[0, :, :2], faces[1, :, 3:] = 255, 200
    traits = traits_of(scene.people, faces)
    assert traits.shape == (len(TRAITS), 4, 6)
    assert (traits[:, :, 2] == UNKNOWN).all()
    for person, column in zip(scene.people, (0, 4), strict=True):
        named = [row[index] for row, index in zip(TRAITS, traits[:, 0, column].tolist(), strict=True)]
        assert named[0] == person.identity.presentation
        assert named[-2:] == [person.identity.hat, person.expression]


def test_threads_do_not_see_each_others_pictures() -> None:
    unet = _unet()
    heads = AuxiliaryHeads(unet)
    where = torch.ones(2, 1, 16, 16)

    def own_loss(seed: int) -> float:
        latents = torch.randn(2, 16, 16, 16, generator=torch.Generator().manual_seed(seed))
        with torch.enable_grad():
            unet(10 * latents, torch.tensor([999, 999]), torch.ones(2, 5, 16))
            return float(heads.loss(where, SOMEBODY, attribute_weight=1.0).detach())

    alone = [own_loss(seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(own_loss, range(4)))
    assert together == pytest.approx(alone, rel=1e-3)
    assert len({round(loss, 4) for loss in alone}) > 1


def test_the_shipped_unet_knows_nothing_of_it() -> None:
    unet = _unet()
    names = set(unet.state_dict())
    AuxiliaryHeads(unet)
    assert set(unet.state_dict()) == names
