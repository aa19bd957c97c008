"""An evaluation is kept under other code if some of its edits, made again, measure the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

pytest.importorskip("torch")
pytest.importorskip("diffusers")

from seamline.errors import RecordError
from seamline.measures.evaluation_record import RECORD_PATH, EvaluationRecord, read
from seamline.measures.standing import code_of_evaluation
from seamline.seals import sealed
from tools import evaluate as command
from tools.training import carrying_over
from tools.training.carrying_over import AS_BEFORE, carry_over
from tools.training.held_out import HeldOut, held_out

ROOT = Path(__file__).parents[3]
ROWS = 12


class Again:
    """Stands in for editing and measuring: what was measured before, but for one value of one row."""

    def __init__(self, known: EvaluationRecord) -> None:
        self.known = known
        self.asked: list[int] = []
        self.off: tuple[int, float] | None = None
        self.sweep = 0.0

    def edit_and_measure(self, pipe: Any, edits: Sequence[HeldOut]) -> list[tuple[dict[str, Any], Any]]:
        self.asked += [edit.seed for edit in edits]
        rows = {held.seed: row for held, row in zip(held_out(ROWS), self.known.rows, strict=True)}
        found = {edit.seed: rows[edit.seed].model_dump(mode="json") for edit in edits}
        if self.off and self.off[0] in found:
            found[self.off[0]]["ways"]["edit"]["psnr_face"] += self.off[1]
        return [(row, None) for row in found.values()]

    def consistency_at(self, pipe: Any, scale: float, edits: Sequence[HeldOut]) -> Any:
        point = next(one for one in self.known.consistency if one.image_guidance_scale == scale)
        strength = point.edit_strength
        return point.model_copy(
            update={"edit_strength": strength.model_copy(update={"value": strength.value + self.sweep})}
        )


@pytest.fixture
def again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Again:
    """The first rows of the committed evaluation, in a project, as a record of other code."""
    whole = read(ROOT / RECORD_PATH)
    assert whole is not None
    known = whole.model_copy(update={"rows": whole.rows[:ROWS], "code": {"measures": "00"}})
    path = tmp_path / RECORD_PATH
    path.parent.mkdir(parents=True)
    path.write_bytes(sealed(known.to_json()))
    stand_in = Again(known)
    monkeypatch.setattr(carrying_over, "load_pipeline", lambda folder: SimpleNamespace())
    monkeypatch.setattr(carrying_over, "hashes", lambda folder: dict(known.weights))
    monkeypatch.setattr(carrying_over, "edit_and_measure", stand_in.edit_and_measure)
    monkeypatch.setattr(carrying_over, "consistency_at", stand_in.consistency_at)
    return stand_in


def quiet(line: str) -> None:
    """Say nothing."""


def test_it_is_kept_and_sealed_under_the_present_code(again: Again, tmp_path: Path) -> None:
    kept = carry_over(tmp_path, 4, say=quiet)
    assert again.asked == [held_out(ROWS)[at].seed for at in (0, 3, 6, 9)], "spread evenly"
    found = read(tmp_path / RECORD_PATH)
    assert found == kept
    assert found.code == code_of_evaluation(tmp_path) != again.known.code
    assert found.facts["made_again"] == 4
    assert found.rows == again.known.rows and found.weights == again.known.weights
    assert found.consistency == again.known.consistency


def test_no_more_are_made_again_than_there_are(again: Again, tmp_path: Path) -> None:
    assert carry_over(tmp_path, 1000, say=quiet).facts["made_again"] == ROWS
    assert len(again.asked) == ROWS == len(set(again.asked))


def test_machines_may_differ_by_a_little(again: Again, tmp_path: Path) -> None:
    again.off, again.sweep = (held_out(ROWS)[3].seed, AS_BEFORE / 2), AS_BEFORE / 2
    assert carry_over(tmp_path, 4, say=quiet).facts["made_again"] == 4


@pytest.mark.parametrize("by", [2 * AS_BEFORE, -1.0, float("nan")])
def test_one_value_that_differs_refuses_with_its_scene(by: float, again: Again, tmp_path: Path) -> None:
    seed = held_out(ROWS)[6].seed
    again.off = (seed, by)
    before = (tmp_path / RECORD_PATH).read_bytes()
    with pytest.raises(RecordError, match=f"the edit of scene {seed} measures otherwise now: psnr_face") as refused:
        carry_over(tmp_path, 4, say=quiet)
    assert "make evaluate" in (refused.value.hint or "")
    assert (tmp_path / RECORD_PATH).read_bytes() == before


def test_a_value_that_is_missing_now_refuses(again: Again, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(pipe: Any, edits: Sequence[HeldOut]) -> list[tuple[dict[str, Any], Any]]:
        rows = again.edit_and_measure(pipe, edits)
        del rows[0][0]["ways"]["edit"]["psnr_face"]
        return rows

    monkeypatch.setattr(carrying_over, "edit_and_measure", without)
    with pytest.raises(RecordError, match="psnr_face"):
        carry_over(tmp_path, 4, say=quiet)


def test_another_sweep_refuses(again: Again, tmp_path: Path) -> None:
    again.sweep = 2 * AS_BEFORE
    with pytest.raises(RecordError, match="the sweep of image guidance measures otherwise now"):
        carry_over(tmp_path, 4, say=quiet)


def test_other_weights_refuse_before_anything_is_loaded(
    again: Again, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying_over, "hashes", lambda folder: {"unet/x.safetensors": "00"})
    monkeypatch.setattr(carrying_over, "load_pipeline", lambda folder: pytest.fail("it is loaded"))
    with pytest.raises(RecordError, match="no evaluation of these weights to keep"):
        carry_over(tmp_path, 4, say=quiet)
    (tmp_path / RECORD_PATH).unlink()
    with pytest.raises(RecordError, match="no evaluation of these weights to keep"):
        carry_over(tmp_path, 4, say=quiet)


def test_the_command_says_how_many(again: Again, tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\ndocs_dir: generated\n")
    (tmp_path / "catalog/samples").mkdir(parents=True)
    done = CliRunner().invoke(command.evaluate, ["--project", str(tmp_path), "--carry-over", "3"])
    assert done.exit_code == 0, done.output
    assert len(again.asked) == 3
