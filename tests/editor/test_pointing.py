"""The U-Net learns to say where the edit goes, and nothing of that is shipped."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from seamline.editor.config import AutoencoderPlan, TextPlan, UNetPlan
from seamline.editor.pointing import Pointing
from seamline.editor.unet import build_unet

PLAN = UNetPlan(channels=(48, 32, 32), heads=2)


def _unet() -> torch.nn.Module:
    torch.manual_seed(0)
    return build_unet(PLAN, AutoencoderPlan(), TextPlan(width=16))


def _forward(unet: torch.nn.Module) -> None:
    unet(torch.randn(2, 16, 16, 16), torch.tensor([999, 999]), torch.randn(2, 5, 16))


def test_pointing_can_be_learnt_and_reaches_the_unet() -> None:
    unet = _unet()
    pointing = Pointing(unet)
    where = torch.zeros(2, 1, 16, 16)
    where[..., :8] = 1
    _forward(unet)
    loss = pointing.loss(where)
    loss.backward()
    assert loss.item() == pytest.approx(0.7, abs=0.3), "an untrained head should be undecided"
    assert unet.mid_block.resnets[0].conv1.weight.grad.abs().sum() > 0


def test_threads_do_not_see_each_others_pictures() -> None:
    unet = _unet()
    pointing = Pointing(unet)
    where = torch.ones(2, 1, 16, 16)

    def own_loss(seed: int) -> float:
        latents = torch.randn(2, 16, 16, 16, generator=torch.Generator().manual_seed(seed))
        with torch.enable_grad():
            unet(10 * latents, torch.tensor([999, 999]), torch.ones(2, 5, 16))
            return float(pointing.loss(where).detach())

    alone = [own_loss(seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(own_loss, range(4)))
    assert together == pytest.approx(alone, rel=1e-3)
    assert len({round(loss, 4) for loss in alone}) > 1


def test_the_shipped_unet_knows_nothing_of_it() -> None:
    unet = _unet()
    names = set(unet.state_dict())
    Pointing(unet)
    assert set(unet.state_dict()) == names
