"""How far a matte is from the true one: the four figures of Rhemann et al. (CVPR 2009), whole and near the edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Matte = NDArray[np.floating]

FIGURES = ("sad", "mse", "gradient", "connectivity")
_SIGMA = 1.4
_STEP, _SLACK = 0.1, 0.15


def matte_errors(alpha: Matte, truth: Matte, band: NDArray[np.bool_]) -> dict[str, float]:
    """The four figures over the picture, and as `band_…` over the pixels of `band` alone.

    `sad` is the sum of absolute differences, in pixels; `mse` the mean squared difference times 1000; `gradient` the
    sum of squared differences of gradient magnitudes, by derivatives of a Gaussian of sigma 1.4; `connectivity` the
    sum of differences in how far each pixel is from being connected to the matte's largest solid piece, in steps of
    0.1 and with a slack of 0.15. 0 is best.

    Args:
        alpha, truth: (H,W), 0..1.
        band: (H,W), pixels near the true edge.
    """
    alpha, truth = alpha.astype(np.float64), truth.astype(np.float64)
    difference = alpha - truth
    gradient = (_magnitude(alpha) - _magnitude(truth)) ** 2
    connected = np.abs(_connectedness(alpha, truth, alpha) - _connectedness(alpha, truth, truth))
    found: dict[str, float] = {}
    for prefix, where in (("", np.ones_like(band)), ("band_", band)):
        found[f"{prefix}sad"] = float(np.abs(difference[where]).sum())
        found[f"{prefix}mse"] = float(1000 * (difference[where] ** 2).mean()) if where.any() else 0.0
        found[f"{prefix}gradient"] = float(gradient[where].sum())
        found[f"{prefix}connectivity"] = float(connected[where].sum())
    return found


def band_around(truth: Matte, pixels: int) -> NDArray[np.bool_]:
    """Pixels within `pixels` of where the true matte is neither 0 nor 1, or steps from one to the other."""
    solid = truth > 0.5
    away = np.minimum(ndimage.distance_transform_edt(solid), 1e9) + ndimage.distance_transform_edt(~solid)
    near: NDArray[np.bool_] = away <= pixels
    return near | ((truth > 0.02) & (truth < 0.98))


def _magnitude(alpha: Matte) -> Matte:
    found: Matte = ndimage.gaussian_gradient_magnitude(alpha, _SIGMA)
    return found


def _connectedness(alpha: Matte, truth: Matte, of: Matte) -> Matte:
    """Rhemann's phi of one of the two mattes: 1 where it is joined to the largest piece that both have, else less."""
    reached = np.zeros_like(truth)
    for level in np.arange(_STEP, 1 + _STEP / 2, _STEP):
        pieces, count = ndimage.label((alpha >= level) & (truth >= level))
        if not count:
            break
        largest = 1 + int(np.argmax(np.bincount(pieces.ravel())[1:]))
        reached[pieces == largest] = level
    apart = of - reached
    return 1 - apart * (apart >= _SLACK)
