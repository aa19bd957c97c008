"""Each measure where its right value is known exactly."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from seamline.measures.arrays import LUMINANCE_WEIGHTS, Undefined, luminance, weighted_mean
from seamline.measures.builtin import candidates, change, closeness, focus, fringe, light, seam

H, W = 64, 96
ALL = np.ones((H, W))


def flat(value: float | tuple[float, float, float] = 0.5) -> Any:
    return np.ones((H, W, 3)) * np.asarray(value)


def left_half() -> Any:
    mask = np.zeros((H, W))
    mask[:, : W // 2] = 1
    return mask


def disc(radius: float = 18.0) -> Any:
    y, x = np.mgrid[:H, :W]
    return (np.hypot(x - W / 2, y - H / 2) < radius).astype(float)


def sphere() -> tuple[Any, Any]:
    """Normals (right, down, towards the viewer) and mask of a ball."""
    y, x = np.mgrid[:H, :W]
    nx, ny = (x - W / 2) / 26, (y - H / 2) / 26
    inside = nx**2 + ny**2 < 0.95
    nz = np.sqrt(np.clip(1 - nx**2 - ny**2, 0, None))
    return np.stack([nx, ny, nz], axis=-1) * inside[..., None], inside.astype(float)


def lit(normals: Any, direction: tuple[float, float, float], ambient: float = 0.2, strength: float = 0.6) -> Any:
    shade = ambient + strength * np.clip(normals @ np.asarray(direction), 0, None)
    return np.repeat(shade[..., None], 3, axis=-1)


# --- closeness ---


def test_psnr_of_a_known_error() -> None:
    assert closeness.psnr(flat(0.6), flat(0.5), ALL) == pytest.approx(20.0)
    assert closeness.psnr(flat(0.51), flat(0.5), ALL) == pytest.approx(40.0)


def test_psnr_of_equal_pictures_is_the_cap() -> None:
    assert closeness.psnr(flat(), flat(), ALL) == closeness.PSNR_CAP


def test_psnr_sees_only_the_mask() -> None:
    image = flat()
    image[:, W // 2 :] += 0.4
    assert closeness.psnr(image, flat(), left_half()) == closeness.PSNR_CAP
    assert closeness.psnr(image, flat(), 1 - left_half()) == pytest.approx(-20 * math.log10(0.4))


def test_ssim_of_equal_pictures_is_one_and_of_constants_the_luminance_term() -> None:
    noise = np.random.default_rng(0).random((H, W, 3))
    assert closeness.ssim(noise, noise, disc()) == pytest.approx(1.0)
    a, b, c1 = 0.25, 0.75, 0.01**2
    assert closeness.ssim(flat(a), flat(b), ALL) == pytest.approx((2 * a * b + c1) / (a * a + b * b + c1))


def test_ssim_of_a_negative_is_negative() -> None:
    noise = np.random.default_rng(1).random((H, W, 3))
    assert closeness.ssim(1 - noise, noise, ALL) < -0.8


def test_ssim_sees_only_the_mask() -> None:
    noise = np.random.default_rng(2).random((H, W, 3))
    image = noise.copy()
    image[:, 60:] = 0
    far_left = np.zeros((H, W))
    far_left[:, :40] = 1
    assert closeness.ssim(image, noise, far_left) == pytest.approx(1.0)


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0, 1.3, -0.2])
def test_edit_strength_is_the_share_of_the_way(strength: float) -> None:
    rng = np.random.default_rng(3)
    before, truth = rng.random((H, W, 3)), rng.random((H, W, 3))
    image = before + strength * (truth - before)
    assert closeness.edit_strength(image, before, truth, disc()) == pytest.approx(strength)


def test_change_of_another_kind_is_no_strength() -> None:
    before, truth, image = flat(0.5), flat(0.5), flat(0.5)
    truth[..., 0] += 0.3
    image[..., 2] += 0.3
    assert closeness.edit_strength(image, before, truth, ALL) == pytest.approx(0.0)
    with pytest.raises(Undefined, match="no change"):
        closeness.edit_strength(image, before, before, ALL)


# --- change ---


def test_change_is_counted_inside_and_outside() -> None:
    image, region = flat(), left_half()
    image[: H // 4, : W // 2] += 0.2
    image[:, W // 2 :] += 0.01
    assert change.change(image, flat(), ALL) == pytest.approx(0.125)
    assert change.change_inside(image, flat(), region) == pytest.approx(0.25)
    assert change.change_outside(image, flat(), 1 - region) == 0.0
    assert change.mean_change_inside(image, flat(), region) == pytest.approx(0.05)
    assert change.mean_change_outside(image, flat(), 1 - region) == pytest.approx(0.01)


def test_the_threshold_is_where_it_says() -> None:
    below, above = flat(), flat()
    below[..., 1] += change.CHANGE_THRESHOLD - 1e-6
    above[..., 1] += change.CHANGE_THRESHOLD + 1e-6
    assert change.change_inside(below, flat(), ALL) == 0.0
    assert change.change_inside(above, flat(), ALL) == 1.0


def test_most_changed_orders_the_people() -> None:
    heads = [np.zeros((H, W)) for _ in range(3)]
    image = flat()
    for at, amount in enumerate((0.1, 0.3, 0.2)):
        heads[at][10:30, 30 * at : 30 * at + 20] = 1
        image[10:30, 30 * at : 30 * at + 20] += amount
    assert change.most_changed(image, flat(), heads) == (1, 2, 0)
    assert change.right_person(image, flat(), heads[1], heads, [1]) == 1.0
    assert change.right_person(image, flat(), heads[0], heads, [0]) == 0.0
    assert change.right_person(flat(), flat(), heads[0], heads, [0]) == 0.0, "nothing changed"


# --- seam ---


def test_an_edge_that_was_not_there_is_seen() -> None:
    image = flat(0.5) + 0.3 * disc()[..., None]
    assert seam.edge_contrast(image, disc()) == pytest.approx(1.0)
    assert seam.seam_visibility(image, flat(0.5), disc()) == pytest.approx(1.0)


def test_an_edge_that_was_always_there_is_no_seam() -> None:
    image, before = flat(0.5) + 0.3 * disc()[..., None], flat(0.4) + 0.2 * disc()[..., None]
    assert seam.seam_visibility(image, before, disc()) == pytest.approx(0.0)


def test_a_seam_between_textures_lies_between() -> None:
    before = np.random.default_rng(5).random((H, W, 3)) * 0.2 + 0.4
    faint, strong = before + 0.1 * disc()[..., None], before + 0.4 * disc()[..., None]
    values = [seam.seam_visibility(image, before, disc()) for image in (before, faint, strong)]
    assert values[0] == 0.0
    assert values == sorted(values)
    assert 0 < values[1] < values[2] < 1


def test_a_gradient_all_over_has_no_edge() -> None:
    ramp = np.repeat(np.tile(np.linspace(0, 1, W), (H, 1))[..., None], 3, axis=-1)
    assert seam.edge_contrast(ramp, disc()) == pytest.approx(0.0, abs=1e-6)


def test_a_seam_scales_with_the_picture() -> None:
    small = flat(0.5) + 0.3 * disc()[..., None]
    large = np.kron(small, np.ones((4, 4, 1)))
    assert seam.edge_contrast(large, np.kron(disc(), np.ones((4, 4)))) == pytest.approx(1.0)


@pytest.mark.parametrize("mask", [ALL, 0 * ALL])
def test_a_mask_without_edge_has_no_seam(mask: Any) -> None:
    with pytest.raises(Undefined, match="no edge"):
        seam.seam_visibility(flat(), flat(), mask)


# --- light ---


def test_light_agreement_ignores_brightness_and_contrast() -> None:
    x = np.tile(np.linspace(0.2, 0.8, W), (H, 1))
    before = np.repeat(x[..., None], 3, axis=-1)
    assert light.light_agreement(0.5 * before + 0.1, before, disc()) == pytest.approx(1.0)
    assert light.light_agreement(1 - before, before, disc()) == pytest.approx(-1.0)


def test_light_agreement_of_crossed_gradients_is_none() -> None:
    y, x = np.mgrid[:H, :W] / 100
    across, down = np.repeat(x[..., None], 3, -1), np.repeat(y[..., None], 3, -1)
    square = np.zeros((H, W))
    square[16:48, 32:64] = 1
    assert light.light_agreement(across, down, square) == pytest.approx(0.0, abs=0.01)


def test_light_agreement_is_blind_to_fine_detail() -> None:
    x = np.tile(np.linspace(0.2, 0.8, W), (H, 1))
    before = np.repeat(x[..., None], 3, axis=-1)
    checks = 0.1 * (-1) ** np.add.outer(np.arange(H), np.arange(W))
    assert light.light_agreement(before + checks[..., None], before, disc()) > 0.99


def test_light_agreement_of_flat_pictures() -> None:
    ramp = np.repeat(np.tile(np.linspace(0, 1, W), (H, 1))[..., None], 3, axis=-1)
    assert light.light_agreement(flat(0.2), flat(0.7), disc()) == 1.0
    assert light.light_agreement(ramp, flat(0.7), disc()) == 0.0


@pytest.mark.parametrize("slope", [-0.4, 0.0, 0.3])
@pytest.mark.parametrize("tone", [(0.3, 0.2, 0.1), (0.9, 0.8, 0.7)])
def test_luminance_slope_is_exact_whatever_the_tone(slope: float, tone: tuple[float, float, float]) -> None:
    skin = disc(18.5)
    columns = np.flatnonzero(skin.any(axis=0))
    x = (np.arange(W) - (columns[0] + columns[-1]) / 2) / ((columns[-1] - columns[0]) / 2)
    image = (1 + slope * x)[None, :, None] * flat(tone)
    assert light.luminance_slope(image, skin) == pytest.approx(slope, abs=1e-6)


def test_a_line_of_skin_has_no_slope() -> None:
    line = np.zeros((H, W))
    line[:, 5] = 1
    with pytest.raises(Undefined, match="one pixel wide"):
        light.luminance_slope(flat(), line)


@pytest.mark.parametrize("azimuth", [-70, -20, 0, 45])
@pytest.mark.parametrize("elevation", [10, 50])
def test_light_direction_is_found_on_a_ball(azimuth: float, elevation: float) -> None:
    a, e = math.radians(azimuth), math.radians(elevation)
    direction = (math.sin(a) * math.cos(e), -math.sin(e), math.cos(a) * math.cos(e))
    normals, skin = sphere()
    assert light.light_angle(lit(normals, direction), normals, skin, np.array(direction)) < 3.0


def test_light_angle_is_the_angle() -> None:
    normals, skin = sphere()
    image = lit(normals, (0.0, 0.0, 1.0))
    assert light.light_angle(image, normals, skin, np.array([2.0, 0.0, 0.0])) == pytest.approx(90, abs=1)
    assert light.light_angle(image, normals, skin, np.array([0.0, 0.0, -1.0])) == pytest.approx(180, abs=1)


def test_light_needs_skin_shading_and_direction() -> None:
    normals, skin = sphere()
    image = lit(normals, (0.0, 0.0, 1.0))
    with pytest.raises(Undefined, match="12 pixels"):
        light.light_direction(image, normals, 0 * skin)
    with pytest.raises(Undefined, match="does not vary"):
        light.light_direction(flat(), normals, skin)
    with pytest.raises(Undefined, match="no direction"):
        light.light_angle(image, normals, skin, np.zeros(3))


def test_the_lights_direction_is_read_alike_at_twice_the_size() -> None:
    """A photo 256 high or more is averaged down first; a detail of one pixel says nothing of its light."""
    direction = (0.5, -0.3, 0.81)
    normals, skin = sphere()
    side = 256 // skin.shape[0]
    large = [np.kron(values, np.ones((side, side, *(1,) * (values.ndim - 2)))) for values in (normals, skin)]
    image = lit(normals, direction)
    doubled = np.kron(image, np.ones((side, side, 1)))
    doubled[::2, ::2] += 0.1
    doubled[1::2, 1::2] -= 0.1
    angles = [
        light.light_angle(picture, *known, np.array(direction))
        for picture, known in ((image, (normals, skin)), (doubled, large))
    ]
    assert angles[1] == pytest.approx(angles[0], abs=3)


# --- fringe ---


def test_a_fringe_is_an_error_around_the_head_and_no_wider_than_the_band() -> None:
    true, around = flat(0.5), flat(0.5)
    reach = 12 * H / 256
    away = np.hypot(*np.mgrid[-(H // 2) : H - H // 2, -(W // 2) : W - W // 2])
    region = (away < 10).astype(float)
    around[(away >= 10) & (away < 10 + reach)] += 0.2
    assert fringe.fringe(true, true, region) == 0
    assert fringe.fringe(around, true, region) == pytest.approx(0.2, abs=0.05)
    beyond = flat(0.5)
    beyond[away > 12 + reach] = 0
    beyond[away < 10] = 0
    assert fringe.fringe(beyond, true, region) == 0
    with pytest.raises(Undefined, match="region is empty"):
        fringe.fringe(true, true, 0 * region)


# --- candidates ---


def test_nearest_candidate_and_its_margin() -> None:
    choices = [flat(0.1), flat(0.5), flat(0.9)]
    exact = candidates.nearest_candidate(flat(0.5), choices, ALL)
    assert (exact.index, exact.margin) == (1, 1.0)
    near = candidates.nearest_candidate(flat(0.2), choices, ALL)
    assert near.index == 0
    assert near.margin == pytest.approx(1 - 0.1**2 / 0.3**2)


def test_nearest_candidate_sees_only_the_mask_and_the_first_of_equals() -> None:
    odd = flat(0.5)
    odd[:, W // 2 :] = 0
    tie = candidates.nearest_candidate(flat(0.5), [odd, flat(0.5), flat(0.4)], left_half())
    assert (tie.index, tie.margin) == (0, 0.0)
    assert candidates.nearest_candidate(flat(0.5), [odd, flat(0.5)], 1 - left_half()).index == 1
    with pytest.raises(ValueError, match="two candidates"):
        candidates.nearest_candidate(flat(), [flat()], ALL)


# --- what they share ---


def test_luminance_weights_sum_to_one() -> None:
    assert sum(LUMINANCE_WEIGHTS) == pytest.approx(1.0)
    assert luminance(flat((1.0, 0.0, 0.0)))[0, 0] == pytest.approx(0.2126)


@pytest.mark.parametrize(
    "measure",
    [
        closeness.psnr,
        closeness.ssim,
        change.change_inside,
        change.mean_change_inside,
        seam.seam_visibility,
        light.light_agreement,
    ],
)
def test_pictures_of_two_sizes_are_refused(measure: Any) -> None:
    with pytest.raises(ValueError, match=r"one size|fit"):
        if measure is seam.seam_visibility or measure is light.light_agreement:
            measure(flat()[:, :-1], flat(), disc())
        else:
            measure(flat()[:, :-1], flat(), ALL)


@pytest.mark.parametrize(
    "measure", [closeness.psnr, closeness.ssim, change.change_inside, change.mean_change_inside, light.light_agreement]
)
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_refused_and_not_taken_for_perfect(measure: Any, value: float) -> None:
    image = flat()
    image[5, 7, 1] = value
    with pytest.raises(ValueError, match=r"NaN or infinite, the first at \(5, 7\)"):
        measure(image, flat(), disc())
    with pytest.raises(ValueError, match=r"NaN or infinite, the first at \(5, 7\)"):
        measure(flat(), image, disc())


def test_a_mean_of_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="NaN or infinite"):
        weighted_mean(np.full((H, W), math.nan), ALL)


@pytest.mark.parametrize("measure", [closeness.psnr, closeness.ssim, change.change_inside, light.light_agreement])
def test_an_empty_mask_is_refused(measure: Any) -> None:
    with pytest.raises(Undefined, match="mask is empty"):
        measure(flat(), flat(0.6), 0 * ALL)


# --- focus ---


def test_a_word_that_looks_everywhere_alike_has_no_preference() -> None:
    assert focus.attention_focus(np.full((8, 12), 0.3), left_half()) == pytest.approx(1.0)


def test_focus_is_the_ratio_of_means_whatever_the_map_s_scale() -> None:
    shares = np.full((8, 12), 0.1)
    shares[:, :6] = 0.7
    assert focus.attention_focus(shares, left_half()) == pytest.approx(7.0)
    assert focus.attention_focus(shares / 5, left_half()) == pytest.approx(7.0)


def test_a_place_half_in_the_region_counts_half_on_either_side() -> None:
    quarter = np.zeros((H, W))
    quarter[:, : W // 4] = 1
    # One row of two places: the left one is half in the region, the right one not at all.
    assert focus.attention_focus(np.array([[0.9, 0.3]]), quarter) == pytest.approx(0.9 / ((0.45 + 0.3) / 1.5))


@pytest.mark.parametrize("region", [np.zeros((H, W)), ALL], ids=["empty", "everything"])
def test_focus_needs_an_inside_and_an_outside(region: Any) -> None:
    with pytest.raises(Undefined, match="empty"):
        focus.attention_focus(np.ones((8, 12)), region)


def test_a_word_that_looked_nowhere_else_cannot_be_compared() -> None:
    shares = np.zeros((8, 12))
    shares[:, :6] = 1
    with pytest.raises(Undefined, match="nowhere outside"):
        focus.attention_focus(shares, left_half())
