"""Image guidance below 1: the paper's equation where the stock pipeline stops guiding."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="drawing needs the `draw` extra")
diffusers = pytest.importorskip("diffusers", reason="drawing needs the `draw` extra")

from projects import scene_sample, with_samples
from tiny import INSTRUCTION, tiny_pipeline, under

from seamline.errors import RunError
from seamline.runners.instruct_pix2pix.edit_request import EditRequest, ignored_by_stock
from seamline.runners.instruct_pix2pix.generation import generate
from seamline.runners.instruct_pix2pix.parameters import EditParameters
from tools.bench.engine import edits_of

if TYPE_CHECKING:
    from seamline.runners.base import Picture

REQUESTS = tuple(
    EditRequest("a", INSTRUCTION, s_text, s_image, seed=3, beyond_stock=True)
    for s_text in (1.5, 7.5)
    for s_image in (0.0, 0.25, 0.75, 1.0)
)


@pytest.fixture
def picture() -> Picture:
    return np.random.default_rng(0).integers(0, 256, (16, 24, 3), dtype=np.uint8)


def stock(pipe: Any, picture: Picture, request: EditRequest) -> Picture:
    from PIL import Image

    images = pipe(
        request.instruction,
        Image.fromarray(picture),
        num_inference_steps=4,
        guidance_scale=request.guidance_scale,
        image_guidance_scale=request.image_guidance_scale,
        generator=torch.Generator("cpu").manual_seed(request.seed),
    ).images
    return np.asarray(images[0])


def difference(one: Picture, other: Picture) -> int:
    return int(np.abs(one.astype(int) - other.astype(int)).max())


def test_below_one_it_is_the_stock_pipelines_equation(picture: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tiny_pipeline()
    generated = generate(pipe, {"a": picture}, under(REQUESTS, 4))
    kind = diffusers.StableDiffusionInstructPix2PixPipeline
    monkeypatch.setattr(kind, "do_classifier_free_guidance", property(lambda self: True))
    for request, mine in zip(REQUESTS, generated, strict=True):
        assert difference(mine.picture, stock(pipe, picture, request)) <= 1, request


def test_the_stock_pipeline_itself_stops_guiding_below_one(picture: Picture) -> None:
    """What pages say of it: below 1, even the text guidance scale changes nothing."""
    pipe = tiny_pipeline()
    gentle, hard = (EditRequest("a", INSTRUCTION, s_text, 0.5, seed=3, beyond_stock=True) for s_text in (1.5, 7.5))
    assert difference(stock(pipe, picture, gentle), stock(pipe, picture, hard)) == 0
    ours = generate(pipe, {"a": picture}, under((gentle, hard), 4))
    assert difference(ours[0].picture, ours[1].picture) > 0


@pytest.mark.parametrize(
    ("s_text", "s_image", "ours"), [(0.9, 1.5, True), (1.0, 1.5, False), (3.0, 0.5, False), (3.0, -0.25, True)]
)
def test_what_nobody_could_sample_is_refused(s_text: float, s_image: float, ours: bool) -> None:
    with pytest.raises(RunError, match="drop all guidance"):
        EditRequest("a", INSTRUCTION, s_text, s_image, seed=0, beyond_stock=ours)


def test_a_grid_may_go_below_one_and_a_recipe_for_the_stock_pipeline_may_not(tmp_path: Path) -> None:
    grid = {"guidance_scale": [1.5, 3], "image_guidance_scale": [0, 0.5, 1]}
    catalog = with_samples(tmp_path, {"one": scene_sample(exhibits={"guidance_grid": grid})})
    scales = {request.image_guidance_scale for request in edits_of(catalog, "one")}
    assert scales == {1.0, 1.5}, "stock cannot make the rest"
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        EditParameters(image_guidance_scale=0.5)


@pytest.mark.parametrize(
    ("s_text", "s_image", "ignored"),
    [
        (1.0, 1.0, None),
        (1.5, 1.0, None),
        (0.5, 1.0, "guidance_scale"),
        (1.0, 1.5, "guidance_scale"),
        (1.0, 0.5, "image_guidance_scale"),
        (3.0, 0.5, "image_guidance_scale"),
    ],
)
def test_every_way_of_asking_refuses_what_the_stock_pipeline_ignores(
    s_text: float, s_image: float, ignored: str | None
) -> None:
    assert ignored_by_stock(s_text, s_image) == ignored
    if ignored is None:
        EditParameters(guidance_scale=s_text, image_guidance_scale=s_image)
        return
    with pytest.raises(RunError) as refused:
        EditRequest("a", INSTRUCTION, s_text, s_image, seed=0)
    assert refused.value.where == ignored
    with pytest.raises(ValueError, match="guidance_scale"):
        EditParameters(guidance_scale=s_text, image_guidance_scale=s_image)
