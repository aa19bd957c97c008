"""Depth estimation with the real transformers classes and tiny random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="depth estimation needs the `draw` extra")
pytest.importorskip("transformers", reason="depth estimation needs the `draw` extra")

import numpy as np
from PIL import Image
from tiny_depth_estimation import save

from seamline.errors import EngineError, WeightsError
from seamline.runners.base import Call
from seamline.runners.depth_estimation import RUNNER
from seamline.runners.depth_estimation.estimation import DepthRequest
from seamline.runners.depth_estimation.parameters import DepthParameters


def image(seed: int, height: int = 32, width: int = 48) -> Any:
    """A picture of large blocks of colour, (H,W,3) uint8."""
    blocks = np.random.default_rng(seed).integers(0, 256, (height // 8, width // 8, 3), dtype=np.uint8)
    return blocks.repeat(8, axis=0).repeat(8, axis=1)


VALUES = {"a": image(1), "b": image(2), "c": image(3), "tall": image(4, 48, 32)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights") / "tiny"
    save(folder)
    return folder


@pytest.fixture(scope="module")
def loaded(folder: Path) -> Any:
    return RUNNER.load(folder, "cpu", "float32")


def depths(loaded: Any, *names: str) -> list[Any]:
    return [output.values["depth"] for output in RUNNER.run(loaded, VALUES, [DepthRequest(name) for name in names])]


def test_a_depth_map_has_the_images_size_and_spans_0_to_1(loaded: Any) -> None:
    for name in VALUES:
        [depth] = depths(loaded, name)
        assert depth.shape == VALUES[name].shape[:2]
        assert depth.dtype == np.float32
        assert (depth.min(), depth.max()) == (0, 1)


def test_a_depth_map_does_not_depend_on_its_batch(loaded: Any) -> None:
    for name, together in zip("abc", depths(loaded, *"abc"), strict=True):
        assert np.abs(together - depths(loaded, name)[0]).max() < 1 / 255


def test_the_nearest_is_1(loaded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model predicts inverse depth, which is largest where it is nearest."""
    import torch

    class Predicted:
        predicted_depth = torch.linspace(2.0, 6.0, 32 * 48).reshape(1, 32, 48)

    monkeypatch.setattr(type(loaded.model), "__call__", lambda *args, **kwargs: Predicted())
    [depth] = depths(loaded, "a")
    assert depth[0, 0] == 0
    assert depth[-1, -1] == 1
    assert depth[16, 24] == pytest.approx(0.515, abs=0.02)


@pytest.mark.parametrize(("everywhere", "gives"), [(3.0, 0.0), (float("nan"), None)])
def test_depth_that_is_no_relief(
    loaded: Any, everywhere: float, gives: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    class Predicted:
        predicted_depth = torch.full((1, 32, 48), everywhere)

    monkeypatch.setattr(type(loaded.model), "__call__", lambda *args, **kwargs: Predicted())
    if gives is None:
        with pytest.raises(EngineError, match="not finite"):
            depths(loaded, "a")
    else:
        assert (depths(loaded, "a")[0] == gives).all()


def test_only_images_of_one_size_share_a_batch() -> None:
    batches = {name: RUNNER.batch_of(DepthRequest(name), VALUES) for name in VALUES}
    assert batches["a"] == batches["b"] != batches["tall"]


def test_weights_that_estimate_metres_are_refused(tmp_path: Path) -> None:
    save(tmp_path, "metric")
    with pytest.raises(WeightsError, match="metric depth"):
        RUNNER.load(tmp_path, "cpu", "float32")


def test_the_program_for_plain_transformers_gives_the_same_depth(
    folder: Path, loaded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.fromarray(VALUES["a"]).save(tmp_path / "input.png")
    code = RUNNER.as_python(DepthParameters(), Call(str(folder), "", {"image": "input.png"}, "depth.png"))
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "program.py", "exec"), {})
    saved = np.asarray(Image.open(tmp_path / "depth.png"))
    assert saved.ndim == 2
    assert np.abs(saved / 255 - depths(loaded, "a")[0]).max() <= 1 / 255
