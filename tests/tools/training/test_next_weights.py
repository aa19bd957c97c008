"""The autoencoder in `catalog/weights/next`: whole, reproducible, and better at its size than the mini editor's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")

from seamline.measures.builtin.closeness import psnr
from seamline.scenes.rasterizer import rasterize
from seamline.scenes.sampling import scene_from_seed
from tools.training.config import AutoencoderPlan, load_plan
from tools.training.evaluation import load_pipeline
from tools.training.pipeline_export import hashes
from tools.training.round_trip import encode_and_decode

WEIGHTS = Path(__file__).parents[3] / "catalog/weights"
NEXT = WEIGHTS / "next"


def test_the_record_is_about_these_weights_and_this_plan() -> None:
    record, plan = json.loads((NEXT / "training.json").read_text("utf-8")), load_plan(NEXT / "training.yml")
    assert record["sha256"] == dict(hashes(NEXT))
    followed = AutoencoderPlan().model_dump(mode="json")
    for row in record["plans"]:
        followed |= row["plan"]
    assert followed == plan.autoencoder.model_dump(mode="json")
    assert record["autoencoder"]["steps"] == plan.autoencoder.steps + plan.autoencoder.decoder_steps


def test_it_keeps_more_of_a_face_than_the_mini_editors_enlarged() -> None:
    drawing = rasterize([scene_from_seed(720_001)], 384, 256)
    picture = drawing.picture[0].permute(1, 2, 0).double().numpy()
    heads = drawing.face_masks[0].sum(0).double().numpy()
    ours, theirs = (
        encode_and_decode(diffusers.AutoencoderTiny.from_pretrained(WEIGHTS / name / "vae").eval(), picture, 8)
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
    picture = rasterize([scene_from_seed(720_001)], 384, 256).picture[0].permute(1, 2, 0).mul(255).byte().numpy()
    edited = pipe(
        "make the left person smile",
        Image.fromarray(picture),
        num_inference_steps=2,
        guidance_scale=1.5,
        image_guidance_scale=1.0,
    )
    assert edited.images[0].size == (384, 256)
