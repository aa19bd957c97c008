"""The optimiser moves the weights themselves, each part at its own rate, and goes on where it stopped."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from tools.training.config import AutoencoderPlan, TextPlan, UNetPlan
from tools.training.optimiser import Optimiser
from tools.training.unet import build_unet

PLAN = UNetPlan(channels=(32, 32, 32))
COPYING = "up_blocks.2.resnets.1.conv_shortcut.weight"
INNER = "mid_block.resnets.0.conv1.weight"


def parts() -> tuple[Any, Any, Any]:
    torch.manual_seed(0)
    return build_unet(PLAN, AutoencoderPlan(), TextPlan(width=32)), torch.nn.Linear(3, 3), torch.nn.Linear(3, 3)


def learn(optimiser: Optimiser, modules: tuple[Any, ...], seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    for module in modules:
        for weights in module.parameters():
            weights.grad = torch.randn(weights.shape, generator=generator)
    with ThreadPoolExecutor(2) as pool:
        optimiser.step(1e-3, pool)


def test_every_weight_moves() -> None:
    modules = parts()
    before = [weights.detach().clone() for module in modules for weights in module.parameters()]
    learn(Optimiser(*modules, PLAN, threads=2), modules, 1)
    after = [weights for module in modules for weights in module.parameters()]
    assert not [new.shape for old, new in zip(before, after, strict=True) if torch.equal(old, new)]


def test_inner_convolutions_take_an_orthogonal_step_and_the_copying_layers_do_not() -> None:
    modules = parts()
    named = dict(modules[0].named_parameters())
    before = {name: named[name].detach().clone() for name in (INNER, COPYING)}
    learn(Optimiser(*modules, PLAN), modules, 1)

    def spread(name: str) -> float:
        step = (named[name] - before[name]).detach().flatten(1)
        values = torch.linalg.svdvals(step)
        return float(values.max() / values.min())

    assert spread(INNER) < 3, "five Newton-Schulz rounds leave singular values within about a factor of two"
    assert spread(COPYING) > 3


def test_a_text_encoder_learns_at_its_share_of_the_rate() -> None:
    modules = parts()
    before = [modules[at].weight.detach().clone() for at in (1, 2)]
    learn(Optimiser(*modules, PLAN), modules, 1)
    slow, fast = ((modules[at].weight - old).detach().abs().mean() for at, old in zip((1, 2), before, strict=True))
    assert float(slow / fast) == pytest.approx(PLAN.text_rate, rel=0.05)


def test_a_restored_optimiser_takes_the_same_next_step() -> None:
    modules = parts()
    optimiser = Optimiser(*modules, PLAN, threads=2)
    learn(optimiser, modules, 1)
    copies = parts()
    for copy, module in zip(copies, modules, strict=True):
        copy.load_state_dict(module.state_dict())
    restored = Optimiser(*copies, PLAN, threads=2)
    restored.load_state_dict(deepcopy(optimiser.state_dict()))
    for it, those in ((optimiser, modules), (restored, copies)):
        learn(it, those, 2)
    for copy, module in zip(copies, modules, strict=True):
        for one, other in zip(copy.parameters(), module.parameters(), strict=True):
            assert torch.equal(one, other)


def test_a_state_of_another_number_of_threads_is_refused() -> None:
    modules = parts()
    with pytest.raises(ValueError, match="group"):
        Optimiser(*modules, PLAN, threads=2).load_state_dict(Optimiser(*modules, PLAN, threads=1).state_dict())


def test_without_muon_every_weight_still_moves() -> None:
    modules = parts()
    before = [weights.detach().clone() for module in modules for weights in module.parameters()]
    learn(Optimiser(*modules, PLAN.model_copy(update={"muon_share": 0.0}), threads=2), modules, 1)
    after = [weights for module in modules for weights in module.parameters()]
    assert not [new.shape for old, new in zip(before, after, strict=True) if torch.equal(old, new)]
