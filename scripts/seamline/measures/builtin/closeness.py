"""How close a picture is to another one, within a region."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from seamline.measures.arrays import Undefined, check_pictures, weighted_mean
from seamline.measures.registry import measure

if TYPE_CHECKING:
    from seamline.measures.arrays import Array

PSNR_CAP = 60.0
"""What equal pictures score, in dB: finer than 8 bits can tell apart."""


@measure(
    name="psnr_face",
    label="Closeness of the face",
    unit="dB",
    low=0,
    high=PSNR_CAP,
    better="higher",
    meaning="How close the edited region comes to the true picture, pixel by pixel (PSNR).",
    formula="10 log10(1 / mean squared error to the true picture) over channels and the region's pixels, at most 60",
    source="Huynh-Thu and Ghanbari, Scope of validity of PSNR in image/video quality assessment, 2008",
    by_group=True,
)
def psnr_face(image: Array, true_picture: Array, region: Array) -> float:
    """`psnr` of the region, against the true picture."""
    return psnr(image, true_picture, region)


@measure(
    name="ssim_face",
    label="Structure of the face",
    unit="",
    low=-1,
    high=1,
    better="higher",
    meaning="How alike the shapes and shading of the edited region and of the true picture are (SSIM).",
    formula="mean, in the region, of the SSIM map against the true picture; Gaussian of sigma 1.5, K1 0.01, K2 0.03",
    source="Wang et al., Image quality assessment: from error visibility to structural similarity, 2004, equation 13",
    by_group=True,
)
def ssim_face(image: Array, true_picture: Array, region: Array) -> float:
    """`ssim` of the region, against the true picture."""
    return ssim(image, true_picture, region)


@measure(
    name="psnr_outside",
    label="Closeness outside",
    unit="dB",
    low=0,
    high=PSNR_CAP,
    better="higher",
    meaning="How close everything outside the edited region stays to the input image (PSNR).",
    formula="10 log10(1 / mean squared error to the input image) over channels and the outside pixels, at most 60",
    source="Huynh-Thu and Ghanbari, Scope of validity of PSNR in image/video quality assessment, 2008",
    by_group=True,
)
def psnr_outside(image: Array, before: Array, outside: Array) -> float:
    """`psnr` of what the edit must leave as it was, against the input image."""
    return psnr(image, before, outside)


@measure(
    name="ssim_outside",
    label="Consistency with the input",
    unit="",
    low=-1,
    high=1,
    better="higher",
    meaning="How alike the shapes outside the edited region and in the input image are (SSIM).",
    formula="mean, outside, of the SSIM map against the input image; Gaussian of sigma 1.5, K1 0.01, K2 0.03",
    source="Wang et al., Image quality assessment: from error visibility to structural similarity, 2004, equation 13",
)
def ssim_outside(image: Array, before: Array, outside: Array) -> float:
    """`ssim` of what the edit must leave as it was, against the input image."""
    return ssim(image, before, outside)


@measure(
    name="edit_strength",
    label="Edit strength",
    unit="%",
    low=None,
    high=None,
    better="neither",
    meaning="How much of the change asked for was made within the region: 0 for none, 100 % for all of it.",
    formula="<edited - input, true - input> / |true - input|², sums over channels and the region's pixels",
    source=(
        "ours, a least-squares projection; it stands in for the directional similarity of Brooks, Holynski and Efros, "
        "InstructPix2Pix, 2023, figure 8, where no true picture is known"
    ),
)
def edit_strength(image: Array, before: Array, true_picture: Array, region: Array) -> float:
    """How much of the change asked for was made: 0 for the input image, 1 for the true picture, without bounds.

    Change in any other direction counts for nothing.

    Raises:
        Undefined: the region is empty, or the edit asks for no change there.
        ValueError: sizes differ, or a picture holds NaN or infinity.
    """
    check_pictures(image, before, true_picture)
    asked, made = true_picture - before, image - before
    norm = weighted_mean((asked**2).mean(axis=-1), region)
    if norm < 1e-9:
        raise Undefined("the true picture equals the input there: no change was asked for")
    return weighted_mean((made * asked).mean(axis=-1), region) / norm


def psnr(image: Array, reference: Array, mask: Array) -> float:
    """Peak signal-to-noise ratio within a mask, 0 to 60 dB (`PSNR_CAP`).

    20 dB is an average error of a tenth of the range.

    Raises:
        Undefined: the mask is empty.
        ValueError: sizes differ, or a picture holds NaN or infinity.
    """
    check_pictures(image, reference)
    error = weighted_mean(((image - reference) ** 2).mean(axis=-1), mask)
    return min(PSNR_CAP, -10.0 * math.log10(max(error, 1e-12)))


def ssim(image: Array, reference: Array, mask: Array) -> float:
    """Structural similarity within a mask, -1 to 1: the full map, then its mean weighted by the mask.

    Windows reach about 5 pixels beyond the mask.

    Raises:
        Undefined: the mask is empty.
        ValueError: sizes differ, a picture holds NaN or infinity, or a side is shorter than the window's 11 pixels.
    """
    import numpy as np
    from skimage.metrics import structural_similarity

    check_pictures(image, reference)
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
