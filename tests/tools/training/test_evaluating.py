"""A whole evaluation of an editor whose figures are known beforehand: one that returns its input image."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

np = pytest.importorskip("numpy")
torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from seamline.measures.evaluation_record import RECORD_PATH, EvaluationRecord, read
from seamline.scenes.edits import apply
from tools.training import contact_sheet, evaluation
from tools.training.held_out import HeldOut, held_out

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
MINI = Path("catalog/weights/mini")
COUNT = 3
SCALES = (0.5, 2.0)


class Asked(list[dict[str, Any]]):
    """The options of each call of the stand-in for `edit_pictures`."""

    def unchanged(self, pipe: Any, edits: Sequence[HeldOut], inputs: Mapping[int, Any], **options: Any) -> list[Any]:
        self.append({"edits": len(edits), **options})
        return [inputs[edit.seed] for edit in edits]


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, EvaluationRecord, Asked]]:
    """An evaluation of an editor that changes nothing, with an autoencoder without loss, in threads."""
    root, calls, threads = tmp_path_factory.mktemp("project"), Asked(), torch.get_num_threads()
    folder = root / MINI
    (folder / "unet").mkdir(parents=True)
    for name in ("training.yml", "training.json"):
        shutil.copy(ROOT / MINI / name, folder)
    (folder / "model_index.json").write_bytes(b"{}")
    (folder / "unet/x.safetensors").write_bytes(b"." * 999_998)
    pipe = SimpleNamespace(scheduler=SimpleNamespace(), device="cpu")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "load_pipeline", lambda folder, device: pipe)
        patch.setattr(evaluation, "edit_pictures", calls.unchanged)
        patch.setattr(evaluation, "autoencoder_round_trip", lambda pipe, picture: picture)
        patch.setattr(evaluation, "ProcessPoolExecutor", ThreadPoolExecutor)
        patch.setattr(evaluation, "CURVE_SCALES", ())
        before = sorted(root.rglob("*"))
        evaluation.evaluate(root, count=2, further=0, record=False, say=lambda line: None)
        written = [path for path in root.rglob("*") if path not in before and ".cache" not in path.parts]
        assert written == [], "without recording"
        calls.clear()
        patch.setattr(evaluation, "CURVE_SCALES", SCALES)
        yield root, evaluation.evaluate(root, count=COUNT, further=2, say=lambda line: None), calls
    torch.set_num_threads(threads)


def test_an_editor_that_changes_nothing_scores_as_nothing_done(evaluated: tuple[Path, EvaluationRecord, Asked]) -> None:
    _, record, _ = evaluated
    assert [row.seed for row in record.rows] == [edit.seed for edit in held_out(COUNT)]
    for name in ("identity", "expression", "ssim_face", "ssim_outside"):
        ways = record.figures[name]
        assert ways["edit"].n == ways["no_edit"].n > 0, name
        assert ways["edit"].value == ways["no_image"].value, name
        # The edited image has 8 bits a channel, and the scene that it is compared with has more.
        assert ways["edit"].value == pytest.approx(ways["no_edit"].value, abs=0.01), name
    assert record.figures["psnr_outside"]["edit"].value > 50
    assert record.figures["edit_strength"]["edit"].value == pytest.approx(0, abs=0.01)
    assert record.figures["edit_strength"]["ceiling"].value == pytest.approx(1, abs=0.01)
    assert record.figures["ssim_face"]["ceiling"].value > 0.99 > record.figures["ssim_face"]["edit"].value


def test_what_was_asked_of_the_editor_is_what_is_recorded(evaluated: tuple[Path, EvaluationRecord, Asked]) -> None:
    root, record, asked = evaluated
    assert record.parameters["num_inference_steps"] == evaluation.STEPS
    assert (record.parameters["width"], record.parameters["height"]) == (evaluation.WIDTH, evaluation.HEIGHT)
    assert [call for call in asked if call["edits"] == 1] == 3 * [{"edits": 1}], "three single edits are timed"
    whole = [call for call in asked if call["edits"] == COUNT]
    assert {"edits": COUNT} in whole and {"edits": COUNT, "with_image": False} in whole
    scales = [call["image_guidance_scale"] for call in whole if "image_guidance_scale" in call]
    assert sorted(scales) == list(SCALES)
    assert [point.image_guidance_scale for point in record.consistency] == list(SCALES)
    for point in record.consistency:
        assert point.edit_strength.value == pytest.approx(0, abs=0.01)
        assert point.consistency.value == pytest.approx(1, abs=0.01)
    training = json.loads((root / MINI / "training.json").read_text())
    assert record.facts["edits"] == COUNT and record.facts["bundle_megabytes"] == 1.0
    assert record.facts["pictures_seen"] == training["pictures_seen"]
    assert record.facts["minutes_of_training"] == training["minutes"]
    assert record.weights.keys() == {"unet/x.safetensors"}
    assert record.code.keys() == {"scenes", "evaluation", "measures", "instruct_pix2pix"}


def test_further_expression_edits_are_made_too(evaluated: tuple[Path, EvaluationRecord, Asked]) -> None:
    _, record, _ = evaluated
    assert [row.kind for row in record.further] == ["expression"] * 2
    assert record.expressions["right_person"]["edit"].n == 2 + sum(row.kind == "expression" for row in record.rows)
    strength = record.expressions["edit_strength"]["edit"]
    assert strength.value == pytest.approx(0, abs=0.01), "nothing was changed"
    assert record.earlier == {} and "earlier" not in record.figures["psnr_face"]


def test_record_sheet_and_card_are_written(evaluated: tuple[Path, EvaluationRecord, Asked]) -> None:
    root, record, _ = evaluated
    assert read(root / RECORD_PATH) == record
    assert (root / contact_sheet.SHEET).is_file()
    card = (root / MINI / "README.md").read_text()
    assert "These weights have not been evaluated yet" in card, "figures of weights that training.json does not name"


def test_a_perfect_editor_has_full_strength(monkeypatch: pytest.MonkeyPatch) -> None:
    def perfect(pipe: Any, edits: Sequence[HeldOut], inputs: Any, **options: Any) -> list[Any]:
        return [evaluation.rasterized(apply(edit.edit, edit.scene)) for edit in edits]

    monkeypatch.setattr(evaluation, "edit_pictures", perfect)
    point = evaluation.consistency_at(None, 1.25, held_out(2))
    assert point.image_guidance_scale == 1.25 and point.guidance_scale == evaluation.GUIDANCE_SCALE
    assert point.edit_strength.value == pytest.approx(1, abs=0.01) and point.edit_strength.n == 2
    assert point.consistency.value > 0.97


def test_weights_without_a_training_record_have_no_training_facts(tmp_path: Path) -> None:
    assert evaluation.training_facts(tmp_path) == {}
