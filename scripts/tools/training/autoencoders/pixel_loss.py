"""The error of predicted latents where a reader looks: in pixels, on decoded pieces around edited heads.

Squared errors of latents hardly see fine lines: young and middle-aged differ by .002 there, hair by a hundred times as
much. Decoded, and compared by absolute differences and by those of neighbouring pixels, lines and edges count for what
they are to the eye. Structural similarity relates an error to the contrast around it, so that a faint line on smooth
skin counts as much as the outline of hair. What is compared with is the true picture's latents, decoded: the decoder
can do no better.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from tools.training.autoencoder import Autoencoder

PIECE = 16
"""Side of a piece, in latent pixels: the largest head fits."""
_EDGES = 2.0
"""Weight of the error in differences between neighbouring pixels."""
_WINDOW = 7
"""Side, in pixels, of the windows in which structure is compared."""
_C1, _C2 = 0.01**2, 0.03**2
"""Constants of the structural similarity of pixels in 0..1."""


def pixel_loss(
    autoencoder: Autoencoder,
    predicted: Tensor,
    after: Tensor,
    face: Tensor,
    weights: Tensor,
    generator: torch.Generator,
    structure_weight: float = 0.0,
) -> Tensor:
    """Mean absolute error, of pixels in 0..1 and of their differences, over one piece a picture; a scalar.

    To it comes `structure_weight` times what the structural similarity lacks to 1.

    Args:
        autoencoder: frozen; gradients pass through its decoder.
        predicted, after: (B,C,h,w) predicted and true latents.
        face: (B,1,h,w) 0..1, the edited heads: a piece lies around one of their pixels, chosen at random.
        weights: (B,) of the pictures.
        generator: chooses the pieces.
    """
    height, width = after.shape[-2:]
    side_y, side_x = min(PIECE, height), min(PIECE, width)
    likely = (face.flatten(1) + 1e-4).to(generator.device)
    # As torch.multinomial draws one of them, which however waits for the GPU to check its input.
    waiting = torch.empty_like(likely).exponential_(generator=generator)
    chosen = (likely / waiting).argmax(1).to(after.device)
    top = (chosen // width - side_y // 2).clamp(0, height - side_y)
    left = (chosen % width - side_x // 2).clamp(0, width - side_x)
    rows = (top.view(-1, 1) + torch.arange(side_y, device=after.device)).view(-1, 1, side_y, 1)
    columns = (left.view(-1, 1) + torch.arange(side_x, device=after.device)).view(-1, 1, 1, side_x)
    index = (rows * width + columns).flatten(1).unsqueeze(1).expand(-1, after.shape[1], -1)

    def pieces(latents: Tensor) -> Tensor:
        return latents.flatten(2).gather(2, index).view(len(latents), -1, side_y, side_x)

    with torch.autocast(after.device.type, torch.bfloat16):
        with torch.no_grad():
            true = autoencoder.decode(pieces(after)).sample
        drawn = autoencoder.decode(pieces(predicted)).sample
    drawn, true = drawn.float() / 2 + 0.5, true.float() / 2 + 0.5
    error = drawn - true
    across, down = error.diff(dim=3), error.diff(dim=2)
    each = error.abs().mean((1, 2, 3)) + _EDGES * (across.abs().mean((1, 2, 3)) + down.abs().mean((1, 2, 3))) / 2
    if structure_weight:
        each = each + structure_weight * (1 - structural_similarity(drawn, true).mean((1, 2, 3)))
    return torch.mean(weights * each)


def structural_similarity(one: Tensor, other: Tensor) -> Tensor:
    """(B,3,H-6,W-6) structural similarity, -1..1, of pictures (B,3,H,W) with pixels in 0..1, in every window.

    Equation 13 of Wang et al., *Image quality assessment: from error visibility to structural similarity*, 2004, with
    square windows. The measures compute it in numpy, without gradients.
    """

    def mean(picture: Tensor) -> Tensor:
        return F.avg_pool2d(picture, _WINDOW, stride=1)

    mean_one, mean_other = mean(one), mean(other)
    variances = mean(one * one) - mean_one**2 + mean(other * other) - mean_other**2
    covariance = mean(one * other) - mean_one * mean_other
    likeness = (2 * mean_one * mean_other + _C1) * (2 * covariance + _C2)
    return likeness / ((mean_one**2 + mean_other**2 + _C1) * (variances + _C2))
