"""The U-Net's initialisation, and the objective that it is trained with."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from tools.training.config import AutoencoderPlan, TextPlan, UNetPlan
from tools.training.data import Batch
from tools.training.unet import (
    NOISE_SCHEDULE,
    TIMESTEPS,
    build_unet,
    drop_conditionings,
    loss_weights,
    noise_scheduler,
    sample_time_steps,
)

PLAN = UNetPlan(channels=(48, 32, 32), heads=2)


def test_nothing_of_the_picture_is_left_at_the_last_step() -> None:
    clean, noise = torch.randn(2, 1, 3, 4, 4)
    last = torch.tensor([TIMESTEPS - 1])
    assert torch.allclose(noise_scheduler().add_noise(clean, noise, last), noise, atol=1e-4)


@pytest.mark.parametrize("name", ["DDIMScheduler", "EulerDiscreteScheduler", "DDPMScheduler"])
def test_schedulers_find_the_picture_that_is_predicted(name: str) -> None:
    import diffusers

    scheduler = diffusers.DDIMScheduler(**NOISE_SCHEDULE, clip_sample=False)
    scheduler = getattr(diffusers, name).from_config(scheduler.config)
    scheduler.set_timesteps(10)
    assert int(scheduler.timesteps[0]) == TIMESTEPS - 1
    picture = torch.full((1, 3, 4, 4), 2.5)
    sample = torch.randn(1, 3, 4, 4) * scheduler.init_noise_sigma
    for timestep in scheduler.timesteps:
        scheduler.scale_model_input(sample, timestep)
        sample = scheduler.step(picture, timestep, sample).prev_sample
    assert torch.allclose(sample, picture, atol=0.15)


def test_most_time_steps_are_noisy_ones() -> None:
    steps = sample_time_steps(20_000, UNetPlan(), torch.Generator().manual_seed(0))
    assert steps.min() >= 0 and steps.max() == TIMESTEPS - 1
    assert (steps == TIMESTEPS - 1).double().mean() == pytest.approx(0.3, abs=0.02)
    assert (steps >= 880).double().mean() == pytest.approx(0.75, abs=0.02)


def test_conditionings_are_dropped_as_in_the_paper() -> None:
    count = 20_000
    image, text = torch.ones(count, 1, 1, 1), torch.ones(count, 2, 3)
    kept_image, kept_text = drop_conditionings(
        image, text, torch.zeros(1, 2, 3), UNetPlan(), torch.Generator().manual_seed(0)
    )
    no_image, no_text = kept_image.flatten(1).sum(1) == 0, kept_text.flatten(1).sum(1) == 0
    for dropped in (no_image & ~no_text, no_text & ~no_image, no_image & no_text):
        assert dropped.double().mean() == pytest.approx(0.05, abs=0.01)


def test_what_changes_weighs_more() -> None:
    changed = torch.zeros(1, 1, 4, 4)
    changed[..., :2] = 1
    none = torch.zeros_like(changed)
    weights = loss_weights(Batch(none, none, ("",), changed, none, none, none), UNetPlan())
    assert weights.mean().item() == pytest.approx(1)
    assert weights[0, 0, 0, 0] == pytest.approx(9 * weights[0, 0, 0, 3].item())


def test_an_edit_that_changes_little_can_count_like_any_other() -> None:
    changed = torch.zeros(2, 1, 4, 4)
    changed[0, ..., :2], changed[1, ..., :2] = 1, 0.2
    none = torch.zeros_like(changed)
    batch = Batch(none, none, ("", ""), changed, none, none, none)
    plain, evened = loss_weights(batch, UNetPlan()), loss_weights(batch, UNetPlan(changed_floor=0.1))
    assert plain[1, 0, 0, 0] == pytest.approx(2.6 / 9 * plain[0, 0, 0, 0].item())
    assert evened[1, 0, 0, 0] == pytest.approx(evened[0, 0, 0, 0].item())
    changed[1] *= 0.25
    assert loss_weights(batch, UNetPlan(changed_floor=0.1))[1, 0, 0, 0] < evened[1, 0, 0, 0]


def test_the_surroundings_of_a_change_can_count_like_it() -> None:
    changed = torch.zeros(1, 1, 5, 7)
    changed[0, 0, 2, 2] = 1
    none = torch.zeros_like(changed)
    weights = loss_weights(Batch(none, none, ("",), changed, none, none, none), UNetPlan(changed_margin=1))
    most = weights == weights.max()
    assert most[0, 0, 1:4, 1:4].all() and int(most.sum()) == 9
    assert weights.mean().item() == pytest.approx(1)


def test_an_untrained_unet_leaves_the_picture_as_it_is() -> None:
    torch.manual_seed(0)
    unet = build_unet(PLAN, AutoencoderPlan(), TextPlan(width=16)).eval()
    noise, image = 3 * torch.randn(2, 2, 8, 8, 16)
    for step in (0, 500, 999):
        predicted = unet(torch.cat([noise, image], 1), torch.tensor(step), torch.randn(2, 5, 16)).sample
        assert torch.nn.functional.mse_loss(predicted, image) < 0.05 * image.square().mean()


def test_a_unet_too_narrow_to_copy_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot carry 8 latents"):
        build_unet(UNetPlan(channels=(16, 16), heads=2), AutoencoderPlan(), TextPlan(width=16))


def test_text_reaches_every_part_of_the_unet() -> None:
    unet = build_unet(PLAN, AutoencoderPlan(), TextPlan(width=16))
    latents, steps = torch.randn(1, 16, 8, 8), torch.tensor([999])
    words = torch.randn(1, 5, 16, requires_grad=True)
    unet(latents, steps, words).sample.square().sum().backward()
    assert words.grad is not None and words.grad.abs().sum() > 0
    assert unet.config.addition_embed_type == "text"
    assert [type(block).__name__ for block in unet.down_blocks] == [
        "DownBlock2D",
        "CrossAttnDownBlock2D",
        "CrossAttnDownBlock2D",
    ]
