"""The canonical image's geometry, the objective's parts, and what is learned of a small scene."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("torch", reason="canonical images are learned with torch")

import torch
import torch.nn.functional as F

from seamline.runners.canonical_image.learning import Learned, Settings, layout_of, learn
from seamline.runners.canonical_image.planes import plane_coordinates, render, weights_of
from seamline.runners.canonical_image.writing_back import changed, middle_of, written_back
from seamline.scenes.camera_views import views_of
from seamline.scenes.cameras import Camera, camera_row
from seamline.scenes.sampling import scene_from_seed

SMALL = Settings(steps=120, planes=8, spacing=2.0)
LAYOUT = layout_of(96, 64, SMALL)
MIDDLE = Camera(0.0, 0.0)
VIEWS = views_of(scene_from_seed(11, people=2), camera_row(5), 96, 64).pictures


def psnr(one: torch.Tensor, other: torch.Tensor) -> float:
    return -10 * math.log10(float((one - other).square().mean()))


@pytest.fixture(scope="module")
def learned() -> Learned:
    return learn(VIEWS, camera_row(5), SMALL)


def test_the_middle_camera_is_the_pseudo_canonical_camera() -> None:
    """Before anything is learned, each plane's points are looked up where the middle camera sees them."""
    at = plane_coordinates(LAYOUT, torch.tensor([0.0, 3.0]), MIDDLE)
    assert torch.equal(at[0], at[1])
    assert at[0, 0, 0].tolist() == [LAYOUT.margin_x, LAYOUT.margin_y]
    moved = plane_coordinates(LAYOUT, torch.tensor([0.0, 3.0]), Camera(1.0, 1.0))
    assert torch.equal(moved[0], at[0]), "the cameras converge on the wall"
    assert (moved[1] - at[1])[0, 0].tolist() == [3.0, -3.0]


def test_weights_are_those_of_volume_rendering() -> None:
    alpha = torch.tensor([1.0, 0.25, 0.5]).view(3, 1, 1)
    assert weights_of(alpha).flatten().tolist() == pytest.approx([0.375, 0.125, 0.5])
    assert float(weights_of(torch.cat([torch.ones(1, 2, 2), torch.rand(4, 2, 2)])).sum(0).max()) == pytest.approx(1.0)


def test_a_plane_moves_with_its_disparity_as_the_scenes_people_do() -> None:
    """A picture of one opaque plane at a person's disparity is the view of that person, moved."""
    height, width = LAYOUT.size
    canonical = torch.zeros(3, height, width)
    canonical[:, 30:40, 50:60] = 1
    alpha, offsets = torch.ones(2, height, width), torch.zeros(2, 2, height, width)
    disparities = torch.tensor([0.0, 4.0])
    still, moved = (
        render(alpha, offsets, canonical, disparities, LAYOUT, camera).picture for camera in (MIDDLE, Camera(1.0, 0.0))
    )
    assert torch.equal(moved[..., :-4], still[..., 4:])


def test_views_are_learned_and_the_canonical_image_looks_like_the_scene(learned: Learned) -> None:
    grey = psnr(torch.full_like(VIEWS, 0.5), VIEWS)
    seen = torch.stack([learned.seen_from(camera).picture for camera in camera_row(5)])
    assert psnr(seen, VIEWS) > 26 > grey + 8
    assert psnr(middle_of(learned.canonical, learned.layout), VIEWS[2]) > 24
    assert learned.disparities[0] == 0
    assert (learned.disparities.diff() > 0).all()


def test_a_random_start_hides_nearly_the_same_views_behind_an_unnatural_picture(learned: Learned) -> None:
    wild = learn(VIEWS, camera_row(5), Settings(steps=120, planes=8, spacing=2.0, start="random", offset_weight=0.0))
    natural, strange = (psnr(middle_of(one.canonical, one.layout), VIEWS[2]) for one in (learned, wild))
    assert natural > strange + 6
    assert psnr(wild.seen_from(MIDDLE).picture, VIEWS[2]) > strange + 4


def test_learning_is_repeatable(learned: Learned) -> None:
    assert torch.equal(learn(VIEWS, camera_row(5), SMALL).canonical, learned.canonical)


def test_larger_views_are_learned_from_coarse_to_fine() -> None:
    """Most steps see views of half the size; the field that they leave is enlarged, and not begun anew."""
    views = views_of(scene_from_seed(11, people=2), camera_row(3), 288, 192).pictures
    settings = Settings(steps=40, planes=4, spacing=4.0)
    found = learn(views, camera_row(3), settings)
    assert found.layout == layout_of(288, 192, settings) and found.layout.cell == 12
    assert found.canonical.shape[1:] == found.alpha.shape[1:] == found.layout.size
    coarse = round(40 * settings.coarse_share)
    assert len(found.errors) == 40
    assert max(found.errors[coarse : coarse + 3]) < 0.3 * found.errors[0]
    seen = torch.stack([found.seen_from(camera).picture for camera in camera_row(3)])
    assert psnr(seen, views) > 22


def test_an_edit_is_written_back_where_it_changed_and_seen_from_everywhere(learned: Learned) -> None:
    before = middle_of(learned.canonical, learned.layout)
    edited = before.clone()
    edited[:, 40:52, 20:34] = torch.tensor([1.0, 0.0, 0.0]).view(3, 1, 1)
    cover = changed(before, edited)
    assert cover[46, 27] == 1
    assert cover[5, 80] == 0
    written = written_back(learned.canonical, edited, learned.layout)
    kept = (written - learned.canonical).abs().amax(0) == 0
    assert float(kept.float().mean()) > 0.7
    assert middle_of(written, learned.layout)[0, 46, 27] > 0.95
    for camera in camera_row(5):
        red = learned.seen_from(camera, written).picture - learned.seen_from(camera).picture
        assert float(red.abs().amax(0).gt(0.3).float().sum()) > 60, camera


def test_nothing_edited_is_nothing_changed(learned: Learned) -> None:
    same = written_back(learned.canonical, middle_of(learned.canonical, learned.layout), learned.layout)
    assert torch.equal(same, learned.canonical)


def test_a_finer_canonical_image_is_edited_at_the_size_of_a_view() -> None:
    fine = learn(VIEWS[1:4], camera_row(5)[1:4], Settings(steps=4, planes=3, spacing=4.0, detail=2))
    assert fine.canonical.shape[-1] == 2 * fine.alpha.shape[-1]
    middle = middle_of(fine.canonical, fine.layout)
    assert middle.shape == VIEWS[0].shape
    written = written_back(fine.canonical, 1 - middle, fine.layout)
    close = F.avg_pool2d(written[None], 2)[0] - F.avg_pool2d(fine.canonical[None], 2)[0]
    assert close.abs().max() > 0.1
