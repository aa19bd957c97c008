"""The true matte of a scene's person: of that scene alone, before a swap and after it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="scenes need the `draw` extra")

from seamline.errors import RunError
from seamline.plugins import OPERATIONS
from seamline.scenes.rasterizer import rasterize
from seamline.scenes.sampling import scene_from_seed

ORACLE = OPERATIONS.all["oracle"]


def alpha(image: Any, **parameters: Any) -> Any:
    return ORACLE.apply(ORACLE.parameters.model_validate(parameters), {"image": image})["alpha"]


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


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": 33}, "not the scene of that seed"),
        ({"people": 2, "person": "middle"}, "nobody stands at 'middle'"),
        ({"to": {"hair_style": "mohican"}}, "mohican"),
    ],
)
def test_what_does_not_fit_the_scene_is_refused(image: Any, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(RunError, match=said):
        alpha(image, **{"seed": 32, "people": 3, "person": "left", **changes})
