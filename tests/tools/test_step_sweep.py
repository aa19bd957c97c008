"""The sweep over numbers of denoising steps: its figures by hand, its chart, and the committed record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy")
torch = pytest.importorskip("torch", reason="drawing needs the `draw` extra")

from seamline.charts import step_chart
from seamline.measures import standing
from seamline.runners.base import Picture
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.scenes.edits import apply
from seamline.seals import read_sealed
from tools.record_text import plain
from tools.step_sweep import __main__ as command
from tools.step_sweep.sweeping import MEASURES, OWN, SCHEDULERS, STEPS, differences_of, figures_of, rows_of
from tools.training.evaluation import rasterized
from tools.training.held_out import held_out

ROOT = Path(__file__).parents[2]
RECORD = ROOT / standing.STEPS_RECORD


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Rasterizing is thousands of small operations: threads would wait for each other at each of them."""
    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(cores)


def test_a_row_holds_each_setting_and_nothing_done() -> None:
    """An editor that needs two steps: with one it returns its input, with more the true picture."""
    edits = held_out(2)
    true = {str(edit.seed): rasterized(apply(edit.edit, edit.scene)) for edit in edits}
    asked: list[EditRequest] = []

    def generate(given: Mapping[str, Picture], requests: Sequence[EditRequest]) -> list[Picture]:
        asked.extend(requests)
        return [(given if one.num_inference_steps == 1 else true)[one.image] for one in requests]

    rows = list(rows_of(generate, edits))
    assert [row["seed"] for row in rows] == [edit.seed for edit in edits]
    assert {(one.scheduler, one.num_inference_steps) for one in asked} == {(s, n) for s in SCHEDULERS for n in STEPS}
    assert {one.seed for one in asked} == {edit.seed for edit in edits}, "one noise an edit"
    for row in rows:
        # The input image is stored in whole levels, so it differs a little from the scene.
        assert row["settings"][OWN]["1"]["psnr_face"] == pytest.approx(row["no_edit"]["psnr_face"], abs=0.01)
        assert row["settings"][OWN]["4"]["psnr_face"] > row["no_edit"]["psnr_face"] + 10
        assert row["settings"][OWN]["4"]["identity" if row["kind"] != "expression" else "expression"] == 1
    found = figures_of(rows)
    assert list(found) == ["no_edit", *SCHEDULERS] and list(found[OWN]) == [str(steps) for steps in STEPS]
    assert found[OWN]["1"]["ssim_face"].value == pytest.approx(found["no_edit"]["0"]["ssim_face"].value, abs=0.001)


def _row(**by_steps: float) -> dict[str, Any]:
    values = {str(steps): {"psnr_face": by_steps.get(f"at{steps}", 20.0), "identity": 1.0} for steps in STEPS}
    return {"seed": 1, "kind": "swap", "no_edit": {"psnr_face": 9.0}, "settings": dict.fromkeys(SCHEDULERS, values)}


def test_differences_are_taken_edit_by_edit() -> None:
    """Two scenes 10 dB apart, both half a decibel better with four steps: the difference has no spread."""
    rows = [_row(at4=20.5, at1=12.0), _row(at4=30.5, at20=30.0, at1=26.0)]
    found = differences_of(rows)
    assert set(found) == {str(steps) for steps in STEPS[:-1]}
    four = found["4"]["psnr_face"]
    assert (four.n, four.value, four.low, four.high) == (2, 0.5, 0.5, 0.5)
    assert found["1"]["psnr_face"].value == -6.0
    assert found["4"]["identity"].value == 0
    assert "ssim_face" not in found["4"], "what was not measured has no figure"


def test_the_chart_says_what_nothing_done_scores_and_lists_each_setting() -> None:
    rows = [_row(at4=20.5, at1=12.0)] * 4
    figures = {name: {steps: plain(some) for steps, some in by.items()} for name, by in figures_of(rows).items()}
    drawn = str(step_chart.chart({"facts": {"edits": 4}, "figures": figures}))
    assert "Nothing done scores 9.0 dB" in drawn.replace("\N{NO-BREAK SPACE}", " ")
    assert drawn.count("<tr>") == 1 + 1 + len(SCHEDULERS) * len(STEPS)
    assert "DPMSolver dashes" in drawn and "\n\n" not in drawn
    assert "Not measured yet" in str(step_chart.chart(None))


@pytest.fixture(scope="module")
def committed() -> dict[str, Any]:
    body = read_sealed(RECORD, "python -m tools.step_sweep")
    assert body, f"{standing.STEPS_RECORD} is not there: pages print it; write it with `python -m tools.step_sweep`"
    found: dict[str, Any] = json.loads(body)
    return found


def test_the_committed_figures_are_those_of_its_rows(committed: dict[str, Any]) -> None:
    figures = {
        name: {steps: plain(some) for steps, some in by.items()} for name, by in figures_of(committed["rows"]).items()
    }
    assert json.loads(json.dumps(figures)) == committed["figures"]
    made = {steps: plain(some) for steps, some in differences_of(committed["rows"]).items()}
    assert json.loads(json.dumps(made)) == committed["differences"]
    assert {measure for row in committed["rows"] for measure in row["no_edit"]} <= set(MEASURES)


def test_the_committed_record_is_of_these_weights_and_code(committed: dict[str, Any]) -> None:
    assert standing.why_outdated(ROOT, committed) == ""
    assert standing.why_unchecked(ROOT, committed) == ""
    seeds = [row["seed"] for row in committed["rows"]]
    assert len(seeds) == len(set(seeds)) == committed["facts"]["edits"] >= 24


def test_the_command_writes_a_sealed_record(tmp_path: Path, committed: dict[str, Any]) -> None:
    from seamline.seals import sealed

    path = tmp_path / "steps.json"
    path.write_bytes(sealed(command._text(committed)))
    body = read_sealed(path, "again")
    assert body is not None and json.loads(body) == committed
