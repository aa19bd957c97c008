"""The plan of a training run."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamline.errors import CatalogError, FilesError
from tools.training.config import TrainingPlan, load_plan

COMMITTED = Path(__file__).parents[3] / "catalog/weights/mini/training.yml"


def test_the_committed_plan_is_valid() -> None:
    plan = load_plan(COMMITTED)
    assert sum(plan.pictures.edits.values()) == pytest.approx(1)
    assert plan.unet.drop_text == plan.unet.drop_image == plan.unet.drop_both == 0.05


def test_an_empty_plan_keeps_every_default(tmp_path: Path) -> None:
    (tmp_path / "plan.yml").write_text("")
    assert load_plan(tmp_path / "plan.yml") == TrainingPlan()


def test_a_misspelt_field_is_named(tmp_path: Path) -> None:
    (tmp_path / "plan.yml").write_text("unet: {chanels: [1]}")
    with pytest.raises(CatalogError, match=r"unet\.chanels"):
        load_plan(tmp_path / "plan.yml")


def test_a_missing_plan_is_named(tmp_path: Path) -> None:
    with pytest.raises(FilesError, match=r"none\.yml"):
        load_plan(tmp_path / "none.yml")


def test_broken_yaml_is_named(tmp_path: Path) -> None:
    (tmp_path / "plan.yml").write_text("unet: [")
    with pytest.raises(CatalogError, match=r"plan\.yml"):
        load_plan(tmp_path / "plan.yml")


def test_a_crop_must_be_whole_latents(tmp_path: Path) -> None:
    (tmp_path / "plan.yml").write_text("autoencoder: {crop: 50}")
    with pytest.raises(CatalogError, match="a crop of 50 is no multiple of 4"):
        load_plan(tmp_path / "plan.yml")


def test_both_halves_of_an_autoencoder_change_size_equally_often(tmp_path: Path) -> None:
    (tmp_path / "plan.yml").write_text("autoencoder: {encoder_channels: [32, 32], crop: 48}")
    with pytest.raises(CatalogError, match="as many levels"):
        load_plan(tmp_path / "plan.yml")
