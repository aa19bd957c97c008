"""The weights of `catalog/weights/mini`: record and plan are theirs, and they keep a face."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
diffusers = pytest.importorskip("diffusers")

from seamline.measures.builtin.closeness import psnr
from seamline.scenes.rasterizer import rasterize
from seamline.scenes.sampling import scene_from_seed
from tools.training.config import AutoencoderPlan, load_plan
from tools.training.pipeline_export import hashes
from tools.training.round_trip import encode_and_decode

MINI = Path(__file__).parents[3] / "catalog/weights/mini"


def followed(rows: list[dict[str, Any]], plan: dict[str, Any]) -> dict[str, Any]:
    for row in rows:
        plan |= row["plan"]
    return plan


def test_the_record_is_about_these_weights_and_this_plan() -> None:
    record, plan = json.loads((MINI / "training.json").read_text("utf-8")), load_plan(MINI / "training.yml")
    assert record["sha256"] == dict(hashes(MINI))
    autoencoder = followed(record["autoencoder_plans"], AutoencoderPlan().model_dump(mode="json"))
    # It grew from the teacher of an earlier revision, and would begin with itself.
    as_now = plan.autoencoder.model_dump(mode="json")
    assert {name for name in as_now if as_now[name] != autoencoder[name]} == {"teacher", "begin_with"}
    assert record["autoencoder"]["steps"] == plan.autoencoder.steps + plan.autoencoder.decoder_steps
    unet = followed(record["plans"], {})
    # The clock ended it, after as many steps as the plan now names in hundreds.
    assert round(record["machines"][-1]["steps"], -2) == plan.unet.steps
    as_now = plan.unet.model_dump(mode="json")
    assert {name for name in as_now if as_now[name] != unet[name]} == {"steps"}


def test_what_is_counted_is_the_sum_over_machines() -> None:
    record = json.loads((MINI / "training.json").read_text("utf-8"))
    assert record["unet_steps"] == sum(row["steps"] for row in record["machines"])
    assert record["minutes"] == pytest.approx(sum(row["minutes"] for row in record["machines"]), abs=0.1)


def test_the_autoencoder_keeps_a_face() -> None:
    """A picture of half the size, enlarged, loses 3 dB of it and more."""
    drawing = rasterize([scene_from_seed(720_001)], 384, 256)
    picture = drawing.picture[0].permute(1, 2, 0).double().numpy()
    heads = drawing.face_masks[0].sum(0).double().numpy()
    ours = encode_and_decode(diffusers.AutoencoderTiny.from_pretrained(MINI / "vae").eval(), picture, 8)
    half = torch.nn.functional.avg_pool2d(drawing.picture, 2)
    enlarged = torch.nn.functional.interpolate(half, scale_factor=2.0, mode="bicubic")[0].permute(1, 2, 0).double()
    assert psnr(ours, picture, heads) > psnr(enlarged.numpy(), picture, heads) + 1
