"""Matting with tiny random weights: passes, sparse against dense, and the real class of transformers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="matting needs the `draw` extra")
pytest.importorskip("transformers", reason="matting needs the `draw` extra")

import numpy as np
import torch
from tiny_matting import network, save, save_vitmatte

from seamline.errors import RunError, WeightsError
from seamline.runners.base import Call
from seamline.runners.matting import RUNNER
from seamline.runners.matting.estimation import MattingRequest, trimap_of
from seamline.runners.matting.network import SURE
from seamline.runners.matting.parameters import MattingParameters
from seamline.runners.matting.passes import doublings, matte
from seamline.runners.matting.sparse_convolution import active_pixels, dense_convolution, sparse_convolution

RNG = np.random.default_rng(4)


def picture(height: int = 32, width: int = 48) -> Any:
    return (
        RNG.integers(0, 256, (height // 8 + 1, width // 8 + 1, 3), dtype=np.uint8)
        .repeat(8, 0)
        .repeat(8, 1)[:height, :width]
    )


def square(height: int = 32, width: int = 48) -> Any:
    mask = np.zeros((height, width), np.uint8)
    mask[8:24, 16:32] = 255
    return mask


SMALL = np.zeros((32, 48), np.uint8)
SMALL[8:11, 8:13] = 255
VALUES = {
    "image": picture(), "mask": square(), "odd": picture(35, 51), "odd mask": square(35, 51), "small mask": SMALL,
    "no mask": SMALL * 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def own() -> Any:
    """A network that is sure of some pixels, as a trained one is."""
    found = network(0.6)
    with torch.no_grad():
        found.semantic.head.weight.mul_(10)
        for parameter in found.refiner.parameters():
            parameter.mul_(0.4)
    return found


@pytest.mark.parametrize("size", [(32, 48), (64, 96), (35, 51)])
def test_sparse_passes_are_the_dense_ones_and_recompute_a_part(own: Any, size: tuple[int, int]) -> None:
    image, mask = picture(*size), square(*size)
    sparse, dense = (matte(own, image, mask, dense=which) for which in (False, True))
    assert len(sparse) == own.config.semantic_passes + doublings(*size, own.config.coarse_side)
    for one, other in zip(sparse, dense, strict=True):
        assert np.abs(one.alpha - other.alpha).max() < 1e-5
        assert np.array_equal(one.recomputed, other.recomputed) and one.share == other.share
    assert sparse[-1].alpha.shape == size
    assert 0 < sparse[-1].share < 1, "the case has both kinds of pixels"


def test_what_is_sure_is_not_touched_again(own: Any) -> None:
    passes = matte(own, picture(), square())
    before, after = passes[-2], passes[-1]
    larger = torch.nn.functional.interpolate(torch.from_numpy(before.alpha)[None, None], (32, 48), mode="bilinear")
    kept = ~after.recomputed
    sure = (larger[0, 0].numpy() <= SURE) | (larger[0, 0].numpy() >= 1 - SURE)
    assert sure[kept].all() and kept.any()
    assert set(np.unique(after.alpha[kept])) <= {0.0, 1.0}
    assert np.all((after.alpha >= 0) & (after.alpha <= 1))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_sparse_convolution_is_the_dense_one_at_its_pixels(channels: int) -> None:
    generator = torch.Generator().manual_seed(2)
    mask = torch.rand(2, 7, 9, generator=generator) > 0.6
    mask[0, 0, 0] = mask[1, -1, -1] = True  # at corners neighbours are missing
    active = active_pixels(mask)
    weight, bias = torch.randn(4, channels, 3, 3, generator=generator), torch.randn(4, generator=generator)
    values = torch.randn(2, channels, 7, 9, generator=generator)
    first = sparse_convolution(values, weight, bias, active)
    wanted = dense_convolution(values, weight, bias, active)
    torch.testing.assert_close(active.spread(first), wanted, atol=1e-5, rtol=0)
    weight, bias = torch.randn(2, 4, 3, 3, generator=generator), torch.randn(2, generator=generator)
    torch.testing.assert_close(
        active.spread(sparse_convolution(first, weight, bias, active)),
        dense_convolution(wanted, weight, bias, active),
        atol=1e-5,
        rtol=0,
    )
    assert active.share == pytest.approx(mask.float().mean().item())


def test_nothing_active_is_no_error() -> None:
    active = active_pixels(torch.zeros(1, 4, 4, dtype=torch.bool))
    rows = sparse_convolution(torch.ones(1, 2, 4, 4), torch.ones(3, 2, 3, 3), torch.ones(3), active)
    assert rows.shape == (0, 3) and not active.spread(rows).any()


def test_passes_are_kept_with_what_they_recomputed(tmp_path: Path) -> None:
    save(tmp_path)
    loaded = RUNNER.load(tmp_path, "cpu", "float32")
    request = RUNNER.request(MattingParameters(semantic_passes=3), {"image": "image", "mask": "mask"})
    [output] = RUNNER.run(loaded, VALUES, [request])
    passes = [extra for extra in output.extras if extra.role == "pass"]
    assert [extra.facts["kind"] for extra in passes] == ["semantic"] * 3 + ["detail"] * 2
    recomputed = [extra for extra in output.extras if extra.role == "recomputed"]
    assert [extra.facts["pass"] for extra in recomputed] == [4, 5]
    for extra in recomputed:
        assert np.mean(extra.value) / 255 == pytest.approx(extra.facts["share"], abs=1e-4)
    assert output.values["alpha"].shape == (32, 48)
    assert RUNNER.facts(request) == {"semantic_passes": 3}


def test_vitmatte_runs_through_the_same_runner(tmp_path: Path) -> None:
    """The class of transformers with tiny weights: loaded, fed a trimap, and cropped to the picture again."""
    save_vitmatte(tmp_path)
    loaded = RUNNER.load(tmp_path, "cpu", "float32")
    found = [
        RUNNER.run(loaded, VALUES, [MattingRequest(image, mask, trimap_band=band)])[0].values["alpha"]
        for image, mask, band in (("image", "mask", 2), ("image", "mask", 6), ("odd", "odd mask", 2))
    ]
    assert [alpha.shape for alpha in found] == [(32, 48), (32, 48), (35, 51)]
    assert all(alpha.dtype == np.float32 and alpha.min() >= 0 and alpha.max() <= 1 for alpha in found)
    assert not np.array_equal(found[0], found[1]), "the trimap decides"


def test_a_trimap_is_unsure_on_both_sides_of_the_edge_alone() -> None:
    mask = square()
    trimap = trimap_of(mask, 3)
    assert set(np.unique(trimap)) == {0, 128, 255}
    assert trimap[16, 24] == 255 and trimap[11, 19] == 255 and trimap[10, 24] == 128
    assert trimap[5, 24] == 128 and trimap[4, 24] == 0
    assert np.all(trimap_of(np.full((8, 8), 255, np.uint8), 3) == 255), "the picture's border is no edge"
    assert np.array_equal(trimap_of((mask / 255).astype(np.float32), 3), trimap)


@pytest.mark.parametrize(
    ("kind", "request_", "said"),
    [
        (save, MattingRequest("image", "mask", trimap_band=3), "`trimap_band` is 3"),
        (save_vitmatte, MattingRequest("image", "mask", semantic_passes=3), "`semantic_passes` is 3"),
        (save, MattingRequest("image", "odd mask"), "the mask is 51 by 35 pixels"),
        (save, MattingRequest("image", "small mask"), "the mask covers 15 of 1,536 pixels"),
        (save, MattingRequest("image", "no mask"), "the mask covers 0 of 1,536 pixels"),
    ],
)
def test_what_a_class_would_ignore_is_refused(kind: Any, request_: MattingRequest, said: str, tmp_path: Path) -> None:
    kind(tmp_path)
    with pytest.raises(RunError, match=said):
        RUNNER.run(RUNNER.load(tmp_path, "cpu", "float32"), VALUES, [request_])


def test_another_class_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"architectures": ["Blending"]}')
    with pytest.raises(WeightsError, match="of a `Blending`"):
        RUNNER.load(tmp_path, "cpu", "float32")


def test_the_program_of_own_weights_makes_the_same_matte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    save(tmp_path / "weights")
    monkeypatch.chdir(tmp_path)
    Image.fromarray(VALUES["image"]).save("image.png")
    Image.fromarray(VALUES["mask"]).save("mask.png")
    parameters = MattingParameters(semantic_passes=1)
    call = Call("weights", "", {"image": "image.png", "mask": "mask.png"}, "alpha.png")
    exec(compile(RUNNER.as_python(parameters, call), "program.py", "exec"), {})
    loaded = RUNNER.load(tmp_path / "weights", "cpu", "float32")
    [output] = RUNNER.run(loaded, VALUES, [RUNNER.request(parameters, {"image": "image", "mask": "mask"})])
    wanted = np.round(np.asarray(output.values["alpha"]) * 255)
    assert np.abs(np.asarray(Image.open("alpha.png")) - wanted).max() <= 1
