"""The autoencoder in `catalog/weights/next`: whole, reproducible, and better at its size than the mini editor's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")

from seamline.editor.config import AutoencoderPlan, load_plan
from seamline.editor.evaluation import load_pipeline
from seamline.editor.export import hashes
from seamline.editor.round_trip import there_and_back
from seamline.measures.closeness import psnr
from seamline.scenes.drawing import draw
from seamline.scenes.sampling import scene_from_seed

WEIGHTS = Path(__file__).parents[2] / "catalog/weights"
NEXT = WEIGHTS / "next"


def test_the_record_is_about_these_weights_and_this_plan() -> None:
    told, plan = json.loads((NEXT / "training.json").read_text("utf-8")), load_plan(NEXT / "training.yml")
    assert told["sha256"] == dict(hashes(NEXT))
    followed = AutoencoderPlan().model_dump(mode="json")
    for row in told["plans"]:
        followed |= row["plan"]
    assert followed == plan.autoencoder.model_dump(mode="json")
    assert told["autoencoder"]["steps"] == plan.autoencoder.steps + plan.autoencoder.decoder_steps


def test_it_keeps_more_of_a_face_than_the_mini_editors_enlarged() -> None:
    drawn = draw([scene_from_seed(720_001)], 384, 256)
    picture = drawn.picture[0].permute(1, 2, 0).double().numpy()
    heads = drawn.face_masks[0].sum(0).double().numpy()
    ours, theirs = (
        there_and_back(diffusers.AutoencoderTiny.from_pretrained(WEIGHTS / name / "vae").eval(), picture, 8)
        for name in ("next", "mini")
    )
    assert psnr(ours, picture, heads) > psnr(theirs, picture, heads) + 2


@pytest.mark.slow
def test_the_stock_pipeline_takes_it_in_place_of_the_mini_editors() -> None:
    from PIL import Image

    pipe = load_pipeline(WEIGHTS / "mini")
    pipe = type(pipe)(
        **{**pipe.components, "vae": diffusers.AutoencoderTiny.from_pretrained(NEXT / "vae")},
        requires_safety_checker=False,
    )
    pipe.set_progress_bar_config(disable=True)
    picture = draw([scene_from_seed(720_001)], 384, 256).picture[0].permute(1, 2, 0).mul(255).byte().numpy()
    edited = pipe(
        "make the left person smile",
        Image.fromarray(picture),
        num_inference_steps=2,
        guidance_scale=1.5,
        image_guidance_scale=1.0,
    )
    assert edited.images[0].size == (384, 256)
