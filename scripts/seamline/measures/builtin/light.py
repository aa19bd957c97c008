"""Whether the light on an edited face is the light of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seamline.measures.arrays import Undefined, check_pictures, luminance, weighted_mean
from seamline.measures.registry import measure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from seamline.measures.arrays import Array

SLOW = 1 / 16
"""Standard deviation of the low-pass filter, in picture heights: an eighth of a head or so."""

RIM = 1 / 32
"""Width of the border of the face that the light is not read from, in picture heights: hair and hats shade it."""

ROWS = 128
"""Rows of the picture that the light's direction is read from: it shows in no detail, and details mislead its fit."""


@measure(
    name="luminance_slope",
    label="Slope of light",
    unit="",
    low=None,
    high=None,
    better="nearest",
    meaning=(
        "How brightness rises from left to right over the bare skin; it should be what it is on the true picture."
    ),
    formula=(
        "least-squares slope of luminance on x over the bare skin, x from -1 at its left end to 1 at its right, "
        "divided by the mean luminance"
    ),
    source="ours, ordinary least squares",
    of="person",
    of_truth=True,
    correlated=True,
)
def luminance_slope(image: Array, skin: Array) -> float:
    """How brightness rises from left to right over the bare skin of a face; unbounded, mostly -1 to 1.

    It is positive when lit from the right; 0.3 means 30 % brighter at the right end than in the middle. The division
    by mean luminance keeps a tone of skin from counting as light.

    Raises:
        Undefined: the mask is empty or one pixel wide.
        ValueError: sizes differ.
    """
    import numpy as np

    brightness = luminance(image)
    mean = weighted_mean(brightness, skin)
    columns = np.flatnonzero(skin.sum(axis=0) > 1e-3)
    left, right = float(columns[0]), float(columns[-1])
    if right <= left:
        raise Undefined("the skin is one pixel wide: it has no left and right")
    x = np.broadcast_to((np.arange(skin.shape[1]) - (left + right) / 2) / ((right - left) / 2), skin.shape)
    x = x - weighted_mean(x, skin)
    slope = weighted_mean(x * brightness, skin) / weighted_mean(x**2, skin)
    return slope / max(mean, 1e-6)


@measure(
    name="light_angle",
    label="Error of the light's direction",
    unit="°",
    low=0,
    high=180,
    better="lower",
    meaning="Angle between the light estimated from the new face's shading and the scene's own light.",
    formula="arccos(b / |b| · light), b from a robust fit of luminance ~ a + b · normal over the bare skin",
    source=(
        "Lambert, Photometria, 1760; shape known and light sought, as in photometric stereo (Woodham, 1980); "
        "Cauchy weights after Holland and Welsch, 1977"
    ),
    of="person",
    by_group=True,
    of_truth=True,
)
def light_angle(image: Array, normals: Array, skin: Array, light: Array) -> float:
    """Angle between the light as estimated on a face (`light_direction`) and the scene's own, 0 to 180 degrees.

    Args:
        light: (3,), pointing from the face to the light, in the frame of the normals.

    Raises:
        Undefined: as `light_direction`, or a light without direction.
        ValueError: sizes differ.
    """
    import numpy as np

    length = float(np.linalg.norm(light))
    if length < 1e-9:
        raise Undefined("the light has no direction")
    cosine = float(light_direction(image, normals, skin) @ (np.asarray(light, np.float64) / length))
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


@measure(
    name="light_agreement",
    label="Agreement of slow light",
    unit="",
    low=-1,
    high=1,
    better="higher",
    meaning="Whether brightness, blurred until features are gone, rises and falls as it did in the input image.",
    formula=(
        "Pearson's correlation, over the skin that old and new face share, of both luminances after a Gaussian of a "
        "sixteenth of the picture's height; of a photo, over all of it"
    ),
    source="ours",
    of="person",
    of_truth=True,
)
def light_agreement(image: Array, before: Array, same_surface: Array) -> float:
    """Whether slow brightness goes up and down over a surface as it did in the input image, -1 to 1.

    The blur stays within the mask. Where neither picture varies it is 1, where only one does it is 0. It is blind to
    how bright a face is as a whole, not to dark hair in the place of skin.

    Raises:
        Undefined: the mask is empty.
        ValueError: sizes differ, or a picture holds NaN or infinity.
    """
    import numpy as np

    check_pictures(image, before)
    # Outside the mask nothing counts, and a blur takes the most time.
    around = _box(same_surface)
    mask, sigma = same_surface[around], SLOW * same_surface.shape[0]
    first, second = (_slow(luminance(picture[around]), mask, sigma) for picture in (image, before))
    first, second = first - weighted_mean(first, mask), second - weighted_mean(second, mask)
    spread_first, spread_second = weighted_mean(first**2, mask), weighted_mean(second**2, mask)
    if min(spread_first, spread_second) < 1e-9:
        return 1.0 if max(spread_first, spread_second) < 1e-9 else 0.0
    return weighted_mean(first * second, mask) / float(np.sqrt(spread_first * spread_second))


def light_direction(image: Array, normals: Array, skin: Array) -> Array:
    """Direction the light comes from, as a unit vector in the frame of the normals.

    It fits luminance ~ a + b . n over the skin, where n (H, W, 3) is the known surface normal; the direction is
    b / |b|. The fit is robust (weights 1 / (1 + (r / 1.5 median r)^2), r the residual), so that wrinkles, blush and
    make-up count little; skin turned well away from the light is left out, since Lambert's law is cut off there, and
    so is a border of 1/32 of the picture's height, which hair and hats shade.
    Pictures of 256 rows or more are averaged down to 128 or so first. Source: see `light_angle`.

    Raises:
        Undefined: fewer than 12 pixels of skin, or brightness that has no direction.
        ValueError: sizes differ.
    """
    import numpy as np

    brightness = luminance(image)
    if brightness.shape != skin.shape or normals.shape != image.shape:
        raise ValueError(f"picture {image.shape}, normals {normals.shape} and skin {skin.shape} do not fit together")
    times = brightness.shape[0] // ROWS
    if times > 1:
        brightness, normals, skin = (_averaged(values, times) for values in (brightness, normals, skin))
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
        raise Undefined("brightness does not vary with the surface: it has no direction")
    return np.asarray(slopes / length)


def _averaged(values: Array, times: int) -> Array:
    """Means of squares of `times` by `times` pixels; what is left over at the right and below is left out."""
    import numpy as np

    height, width = (side // times for side in values.shape[:2])
    cut = values[: height * times, : width * times]
    return np.asarray(cut.reshape(height, times, width, times, *values.shape[2:]).mean(axis=(1, 3)))


def _core(skin: Array) -> NDArray[np.bool_]:
    """The pixels of skin to read the light from, without the face's border where enough are left."""
    import numpy as np
    from skimage.morphology import convex_hull_image, isotropic_erosion

    chosen = np.asarray(skin > 0.5)
    if np.count_nonzero(chosen) < 12:
        raise Undefined("fewer than 12 pixels of bare skin: too few to tell the light from")
    core = chosen & np.asarray(isotropic_erosion(convex_hull_image(chosen), RIM * skin.shape[0]))
    return core if np.count_nonzero(core) >= 48 else chosen


def _fit(surface: Array, shade: Array, weights: Array) -> tuple[Array, Array]:
    """Weighted least squares of shade ~ a + b . n: b (3,), and the size of each residual."""
    import numpy as np

    samples = np.column_stack([np.ones(len(shade)), surface])
    root = np.sqrt(weights)
    solution = np.linalg.lstsq(samples * root[:, None], shade * root, rcond=None)[0]
    return solution[1:], np.abs(shade - samples @ solution)


def _box(mask: Array) -> tuple[slice, slice]:
    """Rows and columns of the smallest box around what of a mask is not 0; everything where all is."""
    import numpy as np

    sides = [np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0)]
    rows, columns = (slice(int(side[0]), int(side[-1]) + 1) if len(side) else slice(None) for side in sides)
    return rows, columns


def _slow(values: Array, mask: Array, sigma: float) -> Array:
    import numpy as np
    from skimage.filters import gaussian

    weight = np.asarray(gaussian(mask.astype(np.float64), sigma=sigma, mode="constant"))
    blurred = np.asarray(gaussian(values * mask, sigma=sigma, mode="constant"))
    return np.asarray(blurred / np.maximum(weight, 1e-6))
