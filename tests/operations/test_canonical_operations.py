"""Reprojecting an edited canonical image, and the stamp that knows no depth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="canonical images are seen with torch")

import torch

from seamline.errors import RunError
from seamline.plugins import OPERATIONS
from seamline.runners.canonical_image import RUNNER
from seamline.runners.canonical_image.field_sheet import packed, unpacked
from seamline.runners.canonical_image.learning import Learned, Settings, layout_of
from seamline.scenes.cameras import camera_row

CAMERAS = 3
LAYOUT = layout_of(48, 32, Settings())
HEIGHT, WIDTH = LAYOUT.size
INSIDE = (slice(LAYOUT.margin_y, LAYOUT.margin_y + 32), slice(LAYOUT.margin_x, LAYOUT.margin_x + 48))


def scene() -> Learned:
    """A grey wall, and before it an opaque plane of disparity 4 with a hole everywhere but at a square."""
    alpha = torch.zeros(2, HEIGHT, WIDTH)
    alpha[1, 10:34, 12:44] = 1
    canonical = torch.full((3, HEIGHT, WIDTH), 102 / 255)
    return Learned(LAYOUT, alpha, torch.zeros(2, 2, HEIGHT, WIDTH), canonical, torch.tensor([0.0, 4.0]))


def bytes_of(picture: torch.Tensor) -> Any:
    return picture.mul(255).round().byte().permute(1, 2, 0).contiguous().numpy()


def projected(edited: Any, cameras: int = CAMERAS, **changed: Any) -> Any:
    values = {"canonical": bytes_of(scene().canonical), "edited": edited, "field": packed(scene())} | changed
    operation = OPERATIONS.all["reproject"]
    return operation.apply(operation.parameters(cameras=cameras, width=48, height=32), values)


PLAIN = np.full((32, 48, 3), 102, np.uint8)


def test_a_field_comes_back_from_its_sheet() -> None:
    learned = scene()
    learned.offsets[1, 0] = -3.125
    learned.disparities[1] = 4.5
    alpha, offsets, disparities = unpacked(packed(learned), LAYOUT.size)
    assert torch.equal(alpha, learned.alpha)
    assert torch.equal(offsets, learned.offsets)
    assert disparities.tolist() == [0, 4.5]
    learned.offsets[0, 1] = 40.4
    assert unpacked(packed(learned), LAYOUT.size)[1][:, :, 0, 0].tolist() == [[0, 40.5], [-3, 0]]
    with pytest.raises(RunError, match="holds no planes"):
        unpacked(packed(learned), (HEIGHT + 1, WIDTH))


def test_an_edit_moves_with_the_plane_it_is_painted_on() -> None:
    edited = PLAIN.copy()
    # On the square of the near plane.
    edited[14:18, 14:20] = (255, 0, 0)
    views = projected(edited)["views"].reshape(CAMERAS, 32, 48, 3)
    red = [np.argwhere(view[..., 1] < 40).mean(0) for view in views]
    steps = [camera.x * 4 for camera in camera_row(CAMERAS)]
    assert [round(float(at[1] - red[1][1])) for at in red] == [round(-step) for step in steps]
    with pytest.raises(RunError, match="a view is 48 by 32"):
        projected(edited[:-1])


def test_nothing_edited_shows_the_scene_as_it_was() -> None:
    assert (projected(PLAIN)["views"] == 102).all()


def test_the_map_says_where_a_pixel_takes_its_colour() -> None:
    uv = projected(PLAIN)["uv"].reshape(CAMERAS, 2, 8, 12)
    x, y = 24 - LAYOUT.margin_x, 22 - LAYOUT.margin_y
    row, column = y // 4, x // 4
    middle = uv[1, :, row, column]
    assert middle.tolist() == [4 * column + 2 + LAYOUT.margin_x, 4 * row + 2 + LAYOUT.margin_y]
    # From the right, a point of the near plane is seen further to the left: its colour is further right.
    assert uv[2, 0, row, column] == middle[0] + 6
    # The wall does not move.
    assert uv[2, 0, 0, 0] == uv[1, 0, 0, 0]


def test_one_camera_is_the_middle_one() -> None:
    assert np.array_equal(projected(PLAIN, cameras=1)["uv"], projected(PLAIN)["uv"][16:32])


def test_a_canonical_image_of_another_scene_is_refused() -> None:
    with pytest.raises(RunError, match="no whole multiple"):
        projected(PLAIN, canonical=np.zeros((HEIGHT + 1, WIDTH, 3), np.uint8))


def test_a_stamp_stays_where_it_was_put() -> None:
    stamp = OPERATIONS.all["stamp"]
    after = PLAIN.copy()
    after[8:20, 10:22] = (255, 0, 0)
    views = np.concatenate([PLAIN, PLAIN // 2, PLAIN])
    values = {"views": views, "before": PLAIN, "after": after}
    stamped = stamp.apply(stamp.parameters(cameras=3), values)["views"].reshape(3, 32, 48, 3)
    assert (stamped[:, 14, 16] == (255, 0, 0)).all()
    assert (stamped[1, 31, 47] == 51).all()
    with pytest.raises(RunError, match="2 pictures like `before`"):
        stamp.apply(stamp.parameters(cameras=2), values)


def test_views_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    settings = Settings(planes=2, steps=1)
    request = RUNNER.request(RUNNER.parameters(cameras=3, training_steps=1), {"views": "v"})
    with pytest.raises(RunError, match="cannot be divided into 3 views"):
        RUNNER.run(settings, {"v": np.zeros((32, 48, 3), np.uint8)}, [request])


def test_the_program_that_repeats_it_learns_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made of the package's own sources: run it."""
    from PIL import Image
    from tiny_canonical_image import save

    from seamline.runners.base import Call

    save(tmp_path / "weights")
    views = np.random.default_rng(0).integers(0, 256, (3 * 32, 48, 3), dtype=np.uint8)
    Image.fromarray(views).save(tmp_path / "views.png")
    parameters = RUNNER.parameters(cameras=3, training_steps=4)
    code = RUNNER.as_python(parameters, Call("weights", "", {"views": "views.png"}, "again.png"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "again.py").write_text(code, "utf-8")
    import subprocess
    import sys

    subprocess.run([sys.executable, "again.py"], check=True, capture_output=True, timeout=120)
    loaded = RUNNER.load(tmp_path / "weights", "cpu", "float32")
    [output] = RUNNER.run(loaded, {"v": views}, [RUNNER.request(parameters, {"views": "v"})])
    again = np.asarray(Image.open(tmp_path / "again.png"))
    assert np.abs(again.astype(int) - np.asarray(output.values["image"]).astype(int)).max() <= 1
