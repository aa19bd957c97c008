"""The model card says what training and evaluation recorded, and nothing else."""

from __future__ import annotations

from seamline.editor.card import card
from seamline.editor.config import TrainingPlan
from seamline.measures.evaluation_record import EvaluationRecord, Figure

COURSE = {
    "unet_steps": 12,
    "pictures_seen": 3456,
    "minutes": 7.0,
    "machine": "an abacus",
    "parameters": {"vae": 1000, "text_encoder": 2000, "unet": 3000},
    "autoencoder": {"faces_db": 31.25},
    "text_encoder": {"parsed": 0.983},
    "curve": [{"pictures": 3200, "minutes": 5.0, "right": 0.5, "wrong": 0.75, "outside": 0.125, "untouched": 1.0}],
    "sha256": {"unet/model.safetensors": "cafe"},
}


def _record(digest: str) -> EvaluationRecord:
    figure = Figure(kind="share", n=300, value=0.91, low=0.87, high=0.94)
    return EvaluationRecord(
        rows=(),
        weights={"unet/model.safetensors": digest},
        facts={"edits": 300},
        figures={"identity": {"edit": figure}},
    )


def test_the_card_tells_how_long_these_weights_were_trained() -> None:
    told = card(TrainingPlan(), COURSE, None)
    assert "3,456 pictures" in told and "an abacus" in told and "98.3%" in told
    assert "| 3,200 | 0.500 | 0.750 | 0.125 | 1.000 |" in told
    assert "not been evaluated" in told


def test_figures_of_these_weights_are_shown_with_their_interval() -> None:
    told = card(TrainingPlan(), COURSE, _record("cafe"))
    assert "0.91 (0.87 to 0.94)" in told and "300 held-out edits" in told


def test_each_column_of_figures_has_its_head() -> None:
    head, *rows = (
        card(TrainingPlan(), COURSE, _record("cafe")).partition("\n| figure ")[2].partition("\n\n")[0].split("\n")
    )
    assert len(rows) > 5 and {line.count("|") for line in rows} == {head.count("|") + 1}


def test_figures_of_other_weights_are_left_out() -> None:
    told = card(TrainingPlan(), COURSE, _record("f00d"))
    assert "0.91" not in told and "not been evaluated" in told


def test_the_card_owns_up_to_a_plan_that_changed_on_the_way() -> None:
    plans = [
        {"from_step": 0, "plan": {"batch": 16, "rate": 0.001}},
        {"from_step": 502, "plan": {"batch": 24}},
        {"from_step": 1800, "plan": {"batch": 32, "muon_share": 2.0}},
    ]
    told = card(TrainingPlan(), COURSE | {"plans": plans}, None)
    assert "- from step 502: `batch` 16 -> 24" in told
    assert "- from step 1,800: `batch` 24 -> 32, `muon_share` (unset) -> 2.0" in told


def test_the_card_says_nothing_of_plans_where_one_held_throughout() -> None:
    assert "from step" not in card(TrainingPlan(), COURSE | {"plans": [{"from_step": 0, "plan": {"batch": 16}}]}, None)
