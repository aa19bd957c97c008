"""What operations know of a drawn scene: a person's true matte, and the photo that a pasted face is cut from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="scenes need the `draw` extra")

from seamline.errors import RunError
from seamline.plugins import OPERATIONS
from seamline.scenes.edits import Swap, apply
from seamline.scenes.paste import naive_paste
from seamline.scenes.rasterizer import rasterize
from seamline.scenes.sampling import scene_from_seed

ORACLE = OPERATIONS.all["oracle"]


def alpha(image: Any, **parameters: Any) -> Any:
    return ORACLE.apply(ORACLE.parameters.model_validate(parameters), {"image": image})["alpha"]


def photo_of(image: Any, **parameters: Any) -> Any:
    elsewhere = OPERATIONS.all["elsewhere"]
    return elsewhere.apply(elsewhere.parameters.model_validate(parameters), {"image": image})["image"]


@pytest.fixture(scope="module")
def image() -> Any:
    picture = rasterize([scene_from_seed(32, 3)]).picture[0].permute(1, 2, 0).numpy()
    return np.rint(picture * 255).astype(np.uint8)


def test_it_is_of_the_person_named_before_and_after_a_swap(image: Any) -> None:
    left, right = (alpha(image, seed=32, people=3, person=person) for person in ("left", "right"))
    assert left.shape == image.shape[:2] and left.dtype == np.float32
    width = image.shape[1]
    middles = [(one * np.arange(width)).sum() / one.sum() for one in (left, right)]
    assert middles[0] < width / 2 < middles[1]
    after = alpha(image, seed=32, people=3, person="left", to={"hair_style": "curly", "hat": "none"})
    assert np.abs(after - left).sum() > 100


def test_the_other_photo_is_the_one_that_cut_and_paste_takes_its_face_from(image: Any) -> None:
    to = {"hair_style": "curly", "glasses": "glasses"}
    photo = photo_of(image, seed=32, people=3, person="left", to=to)
    assert photo.shape == image.shape and photo.dtype == np.uint8
    scene, swap = scene_from_seed(32, 3), Swap("left", to)
    height, width = image.shape[:2]
    pasted = naive_paste(scene, swap, width, height).permute(1, 2, 0).numpy() * 255
    cut = np.abs(pasted - image).max(-1) > 2
    face = rasterize([apply(swap, scene)], width, height).face_masks[0, scene.index("left")].numpy() > 0.999
    assert cut[face].mean() > 0.5 and np.abs(pasted - photo)[face].max() < 1
    assert np.abs(photo.astype(float) - image).mean() > 3, "another light falls on all of it"
    other = photo_of(image, seed=32, people=3, person="left", to=to, photo=7)
    assert not np.array_equal(other, photo)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": 33}, "not the scene of that seed"),
        ({"people": 2, "person": "middle"}, "nobody stands at 'middle'"),
        ({"to": {"hair_style": "mohican"}}, "mohican"),
    ],
)
def test_what_does_not_fit_the_scene_is_refused(image: Any, changes: dict[str, Any], said: str) -> None:
    for operation in (alpha, photo_of):
        with pytest.raises(RunError, match=said):
            operation(image, **{"seed": 32, "people": 3, "person": "left", **changes})
