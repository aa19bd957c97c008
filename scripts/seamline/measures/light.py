"""Whether the light on an edited face is the light of the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seamline.measures.arrays import Array, luminance, same_size, weighted_mean

SLOW = 1 / 16
"""Standard deviation of the low-pass filter, in picture heights: an eighth of a head or so."""

RIM = 1 / 32
"""Width of the border of the face that the light is not read from, in picture heights: hair and hats shade it."""


def light_agreement(image: Array, before: Array, mask: Array) -> float:
    """Whether slow brightness goes up and down over the region as it did in the input image.

    Formula: Pearson's correlation, over the mask, of both luminances after a Gaussian of a sixteenth of the picture's
    height, blurred within the mask only. Where neither varies it is 1, where only one does it is 0.
    Range: -1 to 1, no unit. Blind to how bright a face is as a whole, not to dark hair in the place of skin: of a
    scene it is taken over the skin that old and new face share, of a photo over all of it. Source: ours.

    Raises:
        ValueError: sizes differ or the mask is empty.
    """
    same_size(image, before)
    first, second = _slow(luminance(image), mask), _slow(luminance(before), mask)
    first, second = first - weighted_mean(first, mask), second - weighted_mean(second, mask)
    spread_first, spread_second = weighted_mean(first**2, mask), weighted_mean(second**2, mask)
    if min(spread_first, spread_second) < 1e-9:
        return 1.0 if max(spread_first, spread_second) < 1e-9 else 0.0
    return weighted_mean(first * second, mask) / float(np.sqrt(spread_first * spread_second))


def luminance_slope(image: Array, skin: Array) -> float:
    """How brightness rises from left to right over the bare skin of a face.

    Formula: least-squares slope of luminance on x over the skin, x running from -1 at its left end to 1 at its right,
    divided by the mean luminance, so that a tone of skin does not count as light.
    Range: unbounded, mostly -1 to 1; positive when lit from the right; 0.3 means 30 % brighter at the right end than
    in the middle. Source: ordinary least squares.

    Raises:
        ValueError: sizes differ, the mask is empty or one pixel wide.
    """
    brightness = luminance(image)
    mean = weighted_mean(brightness, skin)
    columns = np.flatnonzero(skin.sum(axis=0) > 1e-3)
    left, right = float(columns[0]), float(columns[-1])
    if right <= left:
        raise ValueError("the skin is one pixel wide: it has no left and right")
    x = np.broadcast_to((np.arange(skin.shape[1]) - (left + right) / 2) / ((right - left) / 2), skin.shape)
    x = x - weighted_mean(x, skin)
    slope = weighted_mean(x * brightness, skin) / weighted_mean(x**2, skin)
    return slope / max(mean, 1e-6)


def light_direction(image: Array, normals: Array, skin: Array) -> Array:
    """Direction the light comes from, as a unit vector in the frame of the normals.

    Formula: fit of luminance ~ a + b . n over the skin, where n (H, W, 3) is the known surface normal; the direction
    is b / |b|. The fit is robust (weights 1 / (1 + (r / 1.5 median r)^2), r the residual), so that wrinkles, blush and
    make-up count little; skin turned well away from the light is left out, since Lambert's law is cut off there, and
    so is a border of 1/32 of the picture's height, which hair and hats shade.
    Range: the unit sphere. Source: J. H. Lambert, *Photometria*, 1760; shape known and light sought, as in
    photometric stereo (Woodham, 1980); robust weights after Cauchy (Holland and Welsch, 1977).

    Raises:
        ValueError: sizes differ, fewer than 12 pixels of skin, or brightness that has no direction.
    """
    brightness = luminance(image)
    if brightness.shape != skin.shape or normals.shape != image.shape:
        raise ValueError(f"picture {image.shape}, normals {normals.shape} and skin {skin.shape} do not fit together")
    chosen = _core(skin)
    surface, shade = np.asarray(normals[chosen], np.float64), np.asarray(brightness[chosen], np.float64)
    slopes: Array = np.zeros(3)
    weights: Array = np.ones(len(shade))
    for _ in range(12):
        slopes, residuals = _fit(surface, shade, weights)
        weights = 1.0 / (1.0 + (residuals / (1.5 * np.median(residuals) + 1e-6)) ** 2)
        lit = surface @ slopes > -0.1 * np.linalg.norm(slopes)
        weights = weights * lit if np.count_nonzero(lit) >= 48 else weights
    length = float(np.linalg.norm(slopes))
    if length < 1e-6:
        raise ValueError("brightness does not vary with the surface: it has no direction")
    return np.asarray(slopes / length)


def light_angle(image: Array, normals: Array, skin: Array, light: Array) -> float:
    """Angle between the light as estimated on a face (`light_direction`) and the scene's own.

    Formula: arccos(estimate . light), `light` (3,) pointing from the face to the light, in the normals' frame.
    Range: 0 to 180 degrees; 0 when they agree. Source: see `light_direction`.

    Raises:
        ValueError: as `light_direction`, or a light without direction.
    """
    length = float(np.linalg.norm(light))
    if length < 1e-9:
        raise ValueError("the light has no direction")
    cosine = float(light_direction(image, normals, skin) @ (np.asarray(light, np.float64) / length))
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def _core(skin: Array) -> NDArray[np.bool_]:
    """The pixels of skin to read the light from, without the face's border where enough are left."""
    from skimage.morphology import convex_hull_image, isotropic_erosion

    chosen = np.asarray(skin > 0.5)
    if np.count_nonzero(chosen) < 12:
        raise ValueError("fewer than 12 pixels of bare skin: too few to tell the light from")
    core = chosen & np.asarray(isotropic_erosion(convex_hull_image(chosen), RIM * skin.shape[0]))
    return core if np.count_nonzero(core) >= 48 else chosen


def _fit(surface: Array, shade: Array, weights: Array) -> tuple[Array, Array]:
    """Weighted least squares of shade ~ a + b . n: b (3,), and the size of each residual."""
    samples = np.column_stack([np.ones(len(shade)), surface])
    root = np.sqrt(weights)
    solution = np.linalg.lstsq(samples * root[:, None], shade * root, rcond=None)[0]
    return solution[1:], np.abs(shade - samples @ solution)


def _slow(values: Array, mask: Array) -> Array:
    from skimage.filters import gaussian

    sigma = SLOW * mask.shape[0]
    weight = np.asarray(gaussian(mask.astype(np.float64), sigma=sigma, mode="constant"))
    blurred = np.asarray(gaussian(values * mask, sigma=sigma, mode="constant"))
    return np.asarray(blurred / np.maximum(weight, 1e-6))
