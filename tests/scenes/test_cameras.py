"""A scene from a row of cameras: parallax, occlusion, and shadows that stay on the wall."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="scenes are drawn with torch")

import torch

from seamline.scenes.camera_views import views_of
from seamline.scenes.cameras import CAMERAS, FARTHEST, NEAREST, REACH, Camera, camera_row, disparities, moved
from seamline.scenes.rasterizer import rasterize
from seamline.scenes.sampling import scene_from_seed

SCENE = scene_from_seed(5, people=3)
MIDDLE = Camera(0.0, 0.0)


def columns(mask: torch.Tensor) -> float:
    """Centre of a mask (H,W), in columns."""
    at = torch.arange(mask.shape[-1], dtype=torch.float32)
    return float((mask.sum(0) * at).sum() / mask.sum())


def test_a_row_is_symmetric_and_its_middle_draws_the_scene_itself() -> None:
    row = camera_row()
    assert len(row) == CAMERAS
    assert row[CAMERAS // 2] == MIDDLE
    assert [camera.x for camera in row] == pytest.approx([-camera.x for camera in reversed(row)])
    assert row[0].x == -REACH
    assert camera_row(1) == (MIDDLE,)
    with pytest.raises(ValueError, match="needs a camera"):
        camera_row(0)


def test_those_painted_later_stand_nearer() -> None:
    assert disparities(3) == pytest.approx((FARTHEST, (FARTHEST + NEAREST) / 2, NEAREST))
    assert disparities(2) == (FARTHEST, NEAREST)
    assert moved(SCENE, MIDDLE) == SCENE


def test_the_middle_camera_sees_what_the_rasterizer_draws() -> None:
    drawn = rasterize([SCENE], 96, 64)
    seen = views_of(SCENE, [Camera(1.0, 0.3), MIDDLE], 96, 64)
    assert torch.equal(seen.pictures[1], drawn.picture[0])
    assert torch.equal(seen.face_masks[1], drawn.face_masks[0])


def test_people_move_by_their_disparity_and_hide_each_other() -> None:
    steps = [Camera(x, 0.0) for x in (-1.0, 0.0, 1.0)]
    masks = views_of(SCENE, steps, 192, 128).face_masks
    for person, disparity in enumerate(disparities(3)[1:], 1):
        places = [columns(masks[view, person]) for view in range(3)]
        # A neighbour in front may hide a little of a head, which moves its centre.
        assert places[0] - places[2] == pytest.approx(2 * 128 * disparity, abs=1.5), person
    sizes = masks[:, :2].sum((2, 3))
    assert float((sizes.amax(0) - sizes.amin(0)).max()) > 5, "nobody is ever hidden further"


def test_shadows_stay_on_the_wall() -> None:
    """Far from every head the wall is the same from everywhere: only `rasterize` of moved people moves shadows."""
    row = [Camera(-1.0, 0.0), Camera(1.0, 0.0)]
    seen = views_of(SCENE, row, 192, 128).pictures
    redrawn = rasterize([moved(SCENE, camera) for camera in row], 192, 128)
    wall = redrawn.person_masks.sum(1).amax(0) == 0
    assert int(wall.sum()) > 2000
    assert float((seen[0] - seen[1]).abs().amax(0)[wall].max()) == 0
    assert float((redrawn.picture[0] - redrawn.picture[1]).abs().amax(0)[wall].max()) > 0.02
