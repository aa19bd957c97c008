"""What a network is held against: ways from a rough mask to a matte without one, each tuned on scenes of their own."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from seamline.runners.matting.estimation import trimap_of

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Matte = NDArray[np.floating]


@dataclass(frozen=True)
class Case:
    """A picture (H,W,3), a rough mask of one person, and the true matte (H,W) in 0..1."""

    picture: Picture
    mask: Mask
    truth: Matte


def the_mask(picture: Picture, mask: Mask) -> Matte:
    """Nothing done."""
    return mask.astype(np.float64)


def blurred(picture: Picture, mask: Mask, sigma: float) -> Matte:
    """The mask through a Gaussian of `sigma` pixels."""
    found: Matte = ndimage.gaussian_filter(mask.astype(np.float64), sigma)
    return found


def guided(picture: Picture, mask: Mask, radius: int, epsilon: float) -> Matte:
    """The guided filter (He, Sun and Tang, ECCV 2010) of the mask, with the picture's brightness as its guide."""
    guide = picture.astype(np.float64).mean(-1) / 255
    target = mask.astype(np.float64)

    def mean(values: Matte) -> Matte:
        found: Matte = ndimage.uniform_filter(values, 2 * radius + 1, mode="nearest")
        return found

    slope = (mean(guide * target) - mean(guide) * mean(target)) / (mean(guide**2) - mean(guide) ** 2 + epsilon)
    offset = mean(target) - slope * mean(guide)
    found: Matte = np.clip(mean(slope) * guide + mean(offset), 0, 1)
    return found


def closed_form(picture: Picture, mask: Mask, band: int) -> Matte:
    """Closed-form matting (Levin, Lischinski and Weiss, PAMI 2008) by pymatting, of the mask's trimap."""
    from pymatting import estimate_alpha_cf

    trimap = trimap_of(mask.astype(np.uint8) * 255, band).astype(np.float64)
    trimap = np.where(trimap == 128, 0.5, trimap / 255)
    if not (trimap == 1).any() or not (trimap == 0).any():
        return mask.astype(np.float64)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found: Matte = np.clip(estimate_alpha_cf(picture / 255.0, trimap), 0, 1)
    except ValueError:  # its solver gave up
        return mask.astype(np.float64)
    return found


Rival = Callable[..., Matte]
CHOICES: Mapping[str, tuple[Rival, tuple[Mapping[str, Any], ...]]] = {
    "mask": (the_mask, ({},)),
    "blurred": (blurred, tuple({"sigma": sigma} for sigma in (1.0, 2.0, 3.0, 5.0))),
    "guided": (
        guided,
        tuple({"radius": radius, "epsilon": epsilon} for radius in (2, 4, 8, 12) for epsilon in (1e-4, 1e-3, 1e-2)),
    ),
    "closed_form": (closed_form, tuple({"band": band} for band in (4, 6, 8, 12, 16))),
}
"""Each rival with the settings that it may be tuned to; lengths are for a picture 128 high."""


def scaled(settings: Mapping[str, Any], height: int) -> dict[str, Any]:
    """Settings for a picture of another height: lengths grow with it."""
    times = height / 128
    grown = {"sigma": lambda value: value * times, "radius": lambda value: round(value * times)}
    grown["band"] = grown["radius"]
    return {name: grown[name](value) if name in grown else value for name, value in settings.items()}


def tuned(name: str, cases: Sequence[Case]) -> dict[str, Any]:
    """The settings with the smallest sum of absolute differences over `cases`."""
    function, choices = CHOICES[name]
    if len(choices) == 1:
        return dict(choices[0])

    def error(settings: Mapping[str, Any]) -> float:
        return sum(
            float(np.abs(function(case.picture, case.mask, **scaled(settings, len(case.mask))) - case.truth).sum())
            for case in cases
        )

    best: Mapping[str, Any] = min(choices, key=error)
    return dict(best)
