"""How close a picture is to another one, within a region."""

from __future__ import annotations

from typing import cast

import numpy as np

from seamline.measures.arrays import Array, same_size, weighted_mean

PSNR_CAP = 60.0
"""What equal pictures score, in dB: finer than 8 bits can tell apart."""


def psnr(image: Array, reference: Array, mask: Array) -> float:
    """Peak signal-to-noise ratio within a mask.

    Formula: 10 log10(1 / MSE), MSE over the three channels, pixels weighted by the mask.
    Range: 0 to 60 dB (`PSNR_CAP`); higher is closer; 20 dB is an average error of a tenth of the range.
    Source: Huynh-Thu and Ghanbari, *Scope of validity of PSNR in image/video quality assessment*, 2008.

    Raises:
        ValueError: sizes differ or the mask is empty.
    """
    same_size(image, reference)
    error = weighted_mean(((image - reference) ** 2).mean(axis=-1), mask)
    return min(PSNR_CAP, -10.0 * float(np.log10(max(error, 1e-12))))


def ssim(image: Array, reference: Array, mask: Array) -> float:
    """Structural similarity within a mask: the full map, then its mean weighted by the mask.

    Formula: Wang et al., equation 13, Gaussian window with sigma 1.5, K1 = 0.01, K2 = 0.03, as scikit-image has it.
    Range: -1 to 1, no unit; 1 for equal pictures. Windows reach about 5 pixels beyond the mask.
    Source: Wang, Bovik, Sheikh, Simoncelli, *Image quality assessment: from error visibility to
    structural similarity*, 2004.

    Raises:
        ValueError: sizes differ, the mask is empty, or a side is shorter than the window's 11 pixels.
    """
    from skimage.metrics import structural_similarity

    same_size(image, reference)
    _, values = structural_similarity(
        np.asarray(image, dtype=np.float64),
        np.asarray(reference, dtype=np.float64),
        data_range=1.0,
        channel_axis=-1,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        full=True,
    )
    return weighted_mean(cast("Array", values).mean(axis=-1), mask)


def edit_strength(image: Array, before: Array, truth: Array, mask: Array) -> float:
    """How much of the change asked for was made, within a mask.

    Formula: <image - before, truth - before> / |truth - before|^2, sums over pixels weighted by the mask.
    Range: unbounded, no unit; 0 for the input image, 1 for the true picture, above 1 for too much of it.
    Change in any other direction counts for nothing. Source: the least-squares projection; it plays the part that
    directional similarity plays in InstructPix2Pix, Figure 8, where no true picture is known.

    Raises:
        ValueError: sizes differ, the mask is empty, or the edit asks for no change there.
    """
    same_size(image, before, truth)
    asked, made = truth - before, image - before
    norm = weighted_mean((asked**2).mean(axis=-1), mask)
    if norm < 1e-9:
        raise ValueError("the true picture equals the input there: no change was asked for")
    return weighted_mean((made * asked).mean(axis=-1), mask) / norm
