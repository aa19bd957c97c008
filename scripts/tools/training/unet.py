"""The U-Net and the objective it is trained with.

The model predicts the clean latents themselves (`prediction_type: sample`), under a noise
schedule rescaled to zero terminal signal-to-noise ratio (Lin et al., arXiv 2305.08891). At the
last time step only input image and instruction determine them, and most of the training
happens there or near it. Predicting v, which Euler ancestral sampling would need, was tried
first: a network this narrow spent its capacity on carrying noise to its output.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

from tools.training.config import AutoencoderPlan, TextPlan, UNetPlan

UNet: TypeAlias = Any
"""A `diffusers.UNet2DConditionModel`; diffusers carries no types."""


class EditMasks(Protocol):
    """Where the edits of a batch show; see `data.Batch`."""

    @property
    def changed(self) -> Tensor: ...
    @property
    def face(self) -> Tensor: ...
    @property
    def features(self) -> Tensor: ...


TIMESTEPS = 1000
NOISE_SCHEDULE: dict[str, Any] = {
    "num_train_timesteps": TIMESTEPS,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "prediction_type": "sample",
    "rescale_betas_zero_snr": True,
    "timestep_spacing": "trailing",
}
"""What every scheduler of the bundle is configured with."""


def build_unet(plan: UNetPlan, autoencoder: AutoencoderPlan, text: TextPlan) -> UNet:
    """An untrained U-Net, initialised to return its image latents.

    Its input is noisy latents and image latents, concatenated. Text conditions every level below the first, and,
    pooled, the time embedding.
    """
    from diffusers import UNet2DConditionModel

    below = len(plan.channels) - 1
    unet = UNet2DConditionModel(
        sample_size=None,
        in_channels=2 * autoencoder.latent_channels,
        out_channels=autoencoder.latent_channels,
        block_out_channels=plan.channels,
        layers_per_block=plan.layers_per_block,
        down_block_types=("DownBlock2D", *["CrossAttnDownBlock2D"] * below),
        up_block_types=(*["CrossAttnUpBlock2D"] * below, "UpBlock2D"),
        cross_attention_dim=text.width,
        # diffusers reads "attention_head_dim" as the number of heads.
        attention_head_dim=plan.heads,
        addition_embed_type="text",
        addition_embed_type_num_heads=8,
        norm_num_groups=8,
    )
    start_as_copy(unet)
    return unet


_STEADY = 10.0
"""Value of the constant channels of a copying group: far larger than latents, so that the group norm hardly varies."""


@torch.no_grad()
def start_as_copy(unet: UNet) -> None:
    """Initialise a U-Net to return its image latents, so that training starts from "nothing changed".

    The image latents pass from the first convolution through the topmost skip connection to the last
    one. On the way are a group norm, kept nearly constant by two constant channels in each group, and
    a SiLU, undone by carrying each latent with both signs: silu(x) - silu(-x) = x. All weights stay trainable.

    Raises:
        ValueError: the U-Net is too narrow to carry its latents.
    """
    latents, width = unet.config.out_channels, unet.config.block_out_channels[0]
    size = width // unet.config.norm_num_groups
    pairs = (size - 2) // 2
    if pairs < 1 or pairs * unet.config.norm_num_groups < latents:
        raise ValueError(f"{width} channels in groups of {size} cannot carry {latents} latents")
    last = unet.up_blocks[-1].resnets[-1]
    shortcut, hidden = last.conv_shortcut, last.conv_shortcut.in_channels - width
    groups = -(-latents // pairs)
    used = groups * size
    unet.conv_in.weight[:latents] = 0
    unet.conv_in.bias[:latents] = 0
    for latent in range(latents):
        unet.conv_in.weight[latent, latents + latent, 1, 1] = 1
    for tensor in (shortcut.weight[:used], shortcut.bias[:used], last.conv2.weight[:used], last.conv2.bias[:used]):
        tensor.zero_()
    unet.conv_out.weight.mul_(0.1)
    unet.conv_out.weight[:, :used] = 0
    unet.conv_out.bias.zero_()
    spread = ((2 * pairs + 2 * _STEADY**2) / size) ** 0.5
    unet.conv_norm_out.weight[:used] = spread
    for latent in range(latents):
        first = latent // pairs * size
        plus = first + 2 * (latent % pairs)
        shortcut.weight[plus, hidden + latent] = 1
        shortcut.weight[plus + 1, hidden + latent] = -1
        shortcut.bias[first + size - 2], shortcut.bias[first + size - 1] = _STEADY, -_STEADY
        unet.conv_out.weight[latent, plus, 1, 1] = 1
        unet.conv_out.weight[latent, plus + 1, 1, 1] = -1


def noise_scheduler() -> Any:
    """The `diffusers.DDIMScheduler` of the bundle; in training its `add_noise` gives x_t of clean latents."""
    from diffusers import DDIMScheduler

    return DDIMScheduler(**NOISE_SCHEDULE, clip_sample=False)


def sample_time_steps(count: int, plan: UNetPlan, generator: torch.Generator) -> Tensor:
    """(count,) int64 time steps in 0..999, most of them where noise is high."""
    choice = torch.rand(count, generator=generator, device=generator.device)
    within = torch.rand(count, generator=generator, device=generator.device)
    high = plan.high_noise_from + (within * (TIMESTEPS - plan.high_noise_from)).long()
    low = (within * plan.high_noise_from).long()
    steps = torch.where(choice < plan.last_step + plan.high_noise, high, low)
    return torch.where(choice < plan.last_step, torch.full_like(steps, TIMESTEPS - 1), steps)


def drop_conditionings(
    image: Tensor, text: Tensor, no_text: Tensor, plan: UNetPlan, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Image latents (B,C,h,w) and text states (B,L,D) with some of them dropped, as in the paper's section 3.2.1.

    A share of `drop_text` loses the instruction, `drop_image` the image, `drop_both` both. A dropped image is zero,
    a dropped instruction `no_text` (1,L,D), the states of the empty instruction.
    """
    choice = torch.rand(len(image), generator=generator, device=generator.device).to(image.device)
    both = choice < plan.drop_both
    without_text = both | ((choice >= plan.drop_both) & (choice < plan.drop_both + plan.drop_text))
    without_image = both | (choice > 1 - plan.drop_image)
    image = torch.where(_wide(without_image), torch.zeros_like(image), image)
    text = torch.where(without_text.view(-1, 1, 1), no_text.expand_as(text), text)
    return image, text


def loss_weights(batch: EditMasks, plan: UNetPlan) -> Tensor:
    """(B,1,h,w) weights of the error, mean 1: larger where the edit or an expression shows.

    Lines in a face change latents far less than a hat does: where an edit changes little, its largest change still
    counts as `changed / plan.changed_floor`, at most 1. What changed is widened by `plan.changed_margin`: around it, a
    trace of what was there before is easily left.
    """
    margin = plan.changed_margin
    changed = F.max_pool2d(batch.changed, 2 * margin + 1, stride=1, padding=margin) if margin else batch.changed
    changed = changed / changed.amax((1, 2, 3), keepdim=True).clamp(plan.changed_floor, 1.0)
    weights = 1 + plan.changed_weight * changed + plan.face_weight * batch.face + plan.feature_weight * batch.features
    return weights / weights.mean()


def _wide(values: Tensor) -> Tensor:
    return values.view(-1, 1, 1, 1)
