"""The model card says what training and evaluation recorded, and nothing else."""

from __future__ import annotations

from seamline.measures.evaluation_record import EvaluationRecord, Figure
from tools.training.card import card, summary_lines
from tools.training.config import TrainingPlan

RECORD = {
    "unet_steps": 12,
    "pictures_seen": 3456,
    "minutes": 7.0,
    "machines": [
        {"machine": "an abacus", "steps": 8, "minutes": 6.5},
        {"machine": "a larger one", "steps": 4, "minutes": 0.5},
    ],
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
    text = card(TrainingPlan(), RECORD, None)
    assert "3,456 pictures** in 12 steps: 8 in 6.5 minutes on an abacus, then 4 in 0.5 minutes on a larger one." in text
    assert "98.3%" in text
    assert "| 3,200 | 0.500 | 0.750 | 0.125 | 1.000 |" in text
    assert "not been evaluated" in text


def test_figures_of_these_weights_are_shown_with_their_interval() -> None:
    text = card(TrainingPlan(), RECORD, _record("cafe"))
    assert "0.91 (0.87 to 0.94)" in text and "300 held-out edits" in text


def test_each_column_of_figures_has_its_head() -> None:
    head, *rows = (
        card(TrainingPlan(), RECORD, _record("cafe")).partition("\n| figure ")[2].partition("\n\n")[0].split("\n")
    )
    assert len(rows) > 5 and {line.count("|") for line in rows} == {head.count("|") + 1}


def test_figures_of_other_weights_are_left_out() -> None:
    text = card(TrainingPlan(), RECORD, _record("f00d"))
    assert "0.91" not in text and "not been evaluated" in text


def test_the_card_owns_up_to_a_plan_that_changed_on_the_way() -> None:
    plans = [
        {"from_step": 0, "plan": {"batch": 16, "rate": 0.001}},
        {"from_step": 502, "plan": {"batch": 24}},
        {"from_step": 1800, "plan": {"batch": 32, "muon_share": 2.0}},
    ]
    text = card(TrainingPlan(), RECORD | {"plans": plans}, None)
    assert "- from step 502: `batch` 16 -> 24" in text
    assert "- from step 1,800: `batch` 24 -> 32, `muon_share` (unset) -> 2.0" in text


def test_the_card_says_nothing_of_plans_where_one_held_throughout() -> None:
    assert "from step" not in card(TrainingPlan(), RECORD | {"plans": [{"from_step": 0, "plan": {"batch": 16}}]}, None)


def test_the_summary_gives_each_figure_its_interval_and_number() -> None:
    figure = Figure(kind="share", n=300, value=0.91, low=0.87, high=0.94)
    other = Figure(kind="share", n=20, value=0.5, low=0.25, high=0.75)
    record = EvaluationRecord(
        rows=(),
        facts={"edits": 300},
        figures={"identity": {"edit": figure, "no_edit": other}},
        correlations={"luminance_slope": {"edit": other}},
    )
    lines = [" ".join(line.split()) for line in summary_lines(record)]
    assert lines == [
        "identity edit 0.910 [0.870, 0.940] n=300 no_edit 0.500 [0.250, 0.750] n=20",
        "luminance_slope (correlation) edit 0.500 [0.250, 0.750] n=20",
        "edits 300",
    ]
