"""What an autoencoder keeps, compared with a smaller one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from seamline.errors import WeightsError
from seamline.measures.builtin.fringe import fringe
from seamline.measures.ground_truth import scene_truth
from tools.training.autoencoder import build_autoencoder
from tools.training.autoencoders.growing import grow
from tools.training.config import AutoencoderPlan
from tools.training.held_out import held_out
from tools.training.round_trip import averages, encode_and_decode, round_trip

MINI = Path(__file__).parents[3] / "catalog/weights/mini/vae"


def test_a_fringe_is_seen_around_the_edited_head_alone() -> None:
    edit = held_out(1)[0]
    truth = scene_truth(edit.scene, edit.edit, 96, 64)
    assert fringe(truth.picture, truth.picture, truth.region) == 0
    inside = np.clip(truth.picture + 0.2 * (truth.region > 0.5)[..., None], 0, 1)
    assert fringe(inside, truth.picture, truth.region) == 0
    around = np.where((truth.region > 0.5)[..., None], truth.picture, 0.9 * truth.picture)
    assert fringe(around, truth.picture, truth.region) > 0.02


def test_averages_leave_out_what_a_picture_lacks() -> None:
    rows = [{"a": 1.0, "c": float("nan")}, {"a": 0.0, "b": 3.0, "c": 2.0}]
    assert averages(rows) == {"a": 0.5, "n_a": 2, "b": 3.0, "n_b": 1, "c": 2.0, "n_c": 1}


def test_both_ways_come_back_at_the_larger_size() -> None:
    torch.manual_seed(2)
    teacher = build_autoencoder(AutoencoderPlan())
    plan = AutoencoderPlan(
        encoder_channels=(32,) * 4, encoder_blocks=(0, 0, 2, 3), decoder_channels=(32,) * 4, decoder_blocks=(3, 3, 1, 0)
    )
    larger = build_autoencoder(plan)
    grow(larger, teacher)
    picture = np.full((64, 96, 3), 0.5)
    ours, theirs = (encode_and_decode(autoencoder, picture, 8) for autoencoder in (larger, teacher))
    assert ours.shape == theirs.shape == picture.shape
    assert np.abs(ours - theirs).mean() < 0.05, "it was grown from the other"


@pytest.mark.slow
def test_every_figure_has_its_baseline(tmp_path: Path) -> None:
    larger = build_autoencoder(
        AutoencoderPlan(encoder_channels=(8,) * 4, encoder_blocks=(0, 0, 1, 1), decoder_channels=(8,) * 4,
                        decoder_blocks=(1, 1, 0, 0))
    )  # fmt: skip
    larger.save_pretrained(tmp_path)
    figures = round_trip(tmp_path, MINI, count=2, say=lambda line: None)
    assert set(figures) == {"larger", "enlarged"}
    assert figures["larger"]["n_fringe"] == figures["enlarged"]["n_fringe"] == 2
    assert figures["enlarged"]["psnr_face"] > figures["larger"]["psnr_face"], "an untrained one won"


def test_a_folder_without_an_autoencoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no autoencoder here"):
        round_trip(tmp_path, MINI)
