"""The evaluation's figures follow from its rows, and its rows from pictures."""

from __future__ import annotations

import math
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("torch")
pytest.importorskip("diffusers")

from PIL import Image

from seamline.measures import statistics
from seamline.measures.evaluation_record import RECORD_PATH, WAYS, EvaluationRecord, EvaluationRow, read
from seamline.measures.worst_groups import worst_groups
from seamline.runners.instruct_pix2pix.stand_in import MINI_EDITOR
from seamline.scenes.edits import Exchange, SetAttribute, SetExpression, Swap
from seamline.scenes.state import PICTURE_SIZE
from tools.training import contact_sheet, earlier_editor, evaluation
from tools.training.config import load_plan
from tools.training.held_out import HeldOut, asked_of, held_out, held_out_expressions

ROOT = Path(__file__).parents[3]
TOLERANCE = 0.02
"""Relative and absolute: another processor rounds float32 otherwise and moves a few pixels by one in 255."""


@cache
def recorded() -> EvaluationRecord:
    record = read(ROOT / RECORD_PATH)
    assert record is not None
    return record


@cache
def edits() -> dict[int, HeldOut]:
    return {edit.seed: edit for edit in held_out(len(recorded().rows))}


def test_every_recorded_figure_follows_from_the_recorded_rows() -> None:
    record = recorded()
    again = statistics.evaluation_of(
        record.rows,
        record.consistency,
        weights=record.weights,
        parameters=record.parameters,
        facts=record.facts,
        further=record.further,
    )
    shown = "rows", "figures", "swaps", "gains", "correlations", "groups", "kinds", "asked", "expressions", "worst"
    for name in shown:
        assert getattr(again, name) == getattr(record, name), name


def test_the_recorded_rows_are_the_held_out_edits() -> None:
    """What was asked of whom, so that no row can be swapped for an easier one."""
    for row in recorded().rows:
        edit = edits()[row.seed]
        assert (row.kind, row.instruction, row.asked) == (edit.kind, edit.instruction, asked_of(edit.edit))


def test_two_recorded_rows_follow_from_pictures() -> None:
    """The committed weights draw two of the recorded edits again, at the recorded parameters."""
    record = recorded()
    assert record.weights == evaluation.hashes(ROOT / MINI_EDITOR.folder)
    constants = evaluation.STEPS, evaluation.GUIDANCE_SCALE, evaluation.IMAGE_GUIDANCE_SCALE
    names = "num_inference_steps", "guidance_scale", "image_guidance_scale"
    assert constants == tuple(record.parameters[name] for name in names)
    rows = [
        next(row for row in record.rows if row.kind == kind and row.seed % 7 == 0) for kind in ("swap", "attribute")
    ]
    pipe = evaluation.load_pipeline(ROOT / MINI_EDITOR.folder)
    drawn = evaluation.edit_and_measure(pipe, [edits()[row.seed] for row in rows])
    for row, (measured, _) in zip(rows, drawn, strict=True):
        assert {**measured, "ways": {}, "truth": {}} == row.model_dump() | {"ways": {}, "truth": {}}
        assert measured["truth"] == pytest.approx(row.truth, rel=TOLERANCE, abs=TOLERANCE)
        # The earlier editor is measured where its weights are: it is no part of the repository.
        for way, values in row.ways.items():
            if way == "earlier":
                continue
            assert measured["ways"][way] == pytest.approx(values, rel=TOLERANCE, abs=TOLERANCE), (row.seed, way)


def test_what_an_edit_asks_for() -> None:
    assert asked_of(Swap("left", {"age": "old", "hat": "none"})) == {"age": "old", "hat": "none"}
    assert asked_of(SetAttribute("left", "skin", "dark")) == {"skin": "dark"}
    assert asked_of(SetExpression("left", "sad")) == {"expression": "sad"}
    assert asked_of(Exchange("left", "right")) == {}


def toy(
    seed: int, kind: str, asked: dict[str, str], edit: dict[str, float], **ways: dict[str, float]
) -> dict[str, Any]:
    return {
        "seed": seed,
        "kind": kind,
        "skin": "dark",
        "age": "old",
        "hair_style": "bun",
        "light_azimuth": 0.0,
        "asked": asked,
        "ways": {"edit": edit, **ways},
        "truth": dict.fromkeys(edit, 1.0),
    }


def test_figures_of_toy_rows_are_those_a_hand_computes() -> None:
    """Three swaps that name two attributes or one, and two edits of an attribute."""
    rows = [
        toy(1, "swap", {"age": "old", "skin": "dark"}, {"attribute_age": 1, "attribute_skin": 0, "right_person": 1}),
        toy(2, "swap", {"age": "old"}, {"attribute_age": 0, "right_person": 1}, no_image={"attribute_age": 1}),
        toy(3, "swap", {"age": "young"}, {"attribute_age": 1, "right_person": 0}),
        toy(4, "attribute", {"age": "old"}, {"attribute_age": 0, "expression": 1, "right_person": 1}),
        toy(5, "attribute", {"hat": "none"}, {"attribute_hat": 1, "expression": 0, "right_person": 1}),
        toy(6, "expression", {"expression": "sad"}, {"expression": 1, "right_person": 1}),
    ]
    record = statistics.evaluation_of(rows)

    arrived = record.kinds["swap"]["attribute"]["edit"]
    assert (arrived.kind, arrived.n, arrived.value) == ("mean", 3, 0.5)  # a half, none, all
    assert (record.kinds["swap"]["right_person"]["edit"].n, record.kinds["swap"]["right_person"]["edit"].value) == (
        3,
        round(2 / 3, 5),
    )
    one = record.kinds["attribute"]["attribute"]["edit"]
    assert (one.kind, one.n, one.value) == ("share", 2, 0.5)
    assert record.kinds["attribute"]["attribute"]["truth"].value == 1.0
    assert record.kinds["swap"]["attribute_age"]["no_image"].n == 1

    age = record.asked["attribute_age"]
    assert list(age) == ["any", "old", "young"]
    assert (age["any"]["edit"].n, age["any"]["edit"].value) == (4, 0.5)
    assert (age["old"]["edit"].n, age["old"]["edit"].value) == (3, round(1 / 3, 5))
    assert (age["old"]["no_image"].n, age["old"]["no_image"].value) == (1, 1.0)
    assert (age["young"]["edit"].n, age["young"]["edit"].value) == (1, 1.0)
    # The expression of an edit that asks for another attribute is kept or not; it was not asked for.
    assert record.asked["expression"]["any"]["edit"].n == 1
    assert "attribute" not in record.figures


def test_further_expression_edits_count_for_expressions_alone() -> None:
    rows = [
        toy(1, "expression", {"expression": "sad"}, {"expression": 1, "right_person": 1}),
        toy(2, "swap", {}, {"expression": 1, "right_person": 1}),
    ]
    more = [toy(3, "expression", {"expression": "sad"}, {"expression": 0, "right_person": 1})]
    record = statistics.evaluation_of(rows, further=more)
    assert record.figures["expression"]["edit"].n == 2
    found = record.expressions["expression"]["edit"]
    assert (found.n, found.value) == (2, 0.5)
    assert [row.seed for row in record.further] == [3]
    assert EvaluationRecord.model_validate_json(record.to_json()) == record


def test_further_expression_edits_are_of_scenes_of_their_own() -> None:
    further = held_out_expressions(60)
    assert all(isinstance(edit.edit, SetExpression) and edit.kind == "expression" for edit in further)
    assert not {edit.seed for edit in further} & {edit.seed for edit in held_out(1000)}
    assert held_out_expressions(3) == further[:3]


def test_the_worst_group_stands_beside_what_chance_makes_of_it() -> None:
    """Of 200 edits, those with a hat fail; then as many fail, spread evenly."""

    def rows(fails: set[int]) -> list[EvaluationRow]:
        made = [toy(at, "swap", {}, {"identity": float(at not in fails)}) for at in range(200)]
        hats = [{"hat": "hat" if at < 30 else "none", "glasses": "glasses" if at % 2 else "none"} for at in range(200)]
        return [EvaluationRow.model_validate(one | hat) for one, hat in zip(made, hats, strict=True)]

    worst = worst_groups(rows(set(range(10))), "identity")["edit"]
    assert (worst.look, worst.value, worst.n) == ("hat", "hat", 30)
    assert worst.gap == pytest.approx(20 / 30 - 0.95, abs=1e-4) and worst.as_low_by_chance < 0.01
    assert -0.06 < worst.by_chance < 0
    even = worst_groups(rows(set(range(0, 200, 20))), "identity")["edit"]
    assert even.gap > worst.gap / 3 and even.as_low_by_chance > 0.05
    assert worst_groups(rows(set())[:10], "identity") == {}, "no group is large enough"


def test_an_earlier_editors_edits_are_enlarged(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def unchanged(pipe: Any, edits: Any, inputs: Any, *, guidance_scale: float) -> list[Any]:
        assert guidance_scale == 1.5, "as it shipped"
        asked.extend(inputs.values())
        return [inputs[edit.seed] for edit in edits]

    monkeypatch.setattr(earlier_editor, "edit_pictures", unchanged)
    [edit] = held_out(1)
    [enlarged] = earlier_editor.EarlierEditor(None, evaluation.WIDTH // 2, evaluation.HEIGHT // 2).edit([edit])
    assert asked[0].shape == (evaluation.HEIGHT // 2, evaluation.WIDTH // 2, 3)
    true = evaluation.rasterized(edit.scene)
    assert enlarged.shape == true.shape and enlarged.dtype == np.uint8
    assert 0 < np.abs(enlarged.astype(int) - true).mean() < 4


def test_the_editor_was_trained_at_the_size_that_scenes_are_drawn_at() -> None:
    world = load_plan(ROOT / MINI_EDITOR.folder / "training.yml").pictures
    assert (world.width, world.height) == PICTURE_SIZE


def test_every_kind_holds_its_edits_and_every_value_its_askers() -> None:
    record = recorded()
    for kind, measures in record.kinds.items():
        rows = [row for row in record.rows if row.kind == kind]
        for way, figure in measures["right_person"].items():
            assert figure.n == (len(rows) if way == "truth" else sum(way in row.ways for row in rows)), (kind, way)
        assert list(measures["right_person"]) == [way for way in WAYS if way in measures["right_person"]]
    assert record.kinds.keys() == {"swap", "exchange", "attribute", "expression"}
    for name, values in record.asked.items():
        for way, figure in values["any"].items():
            some = [by_way[way].n for value, by_way in values.items() if value != "any" and way in by_way]
            assert figure.n == sum(some), (name, way)


def test_intervals_are_those_of_their_formulas() -> None:
    """Wilson 1927, Fisher 1921 and the percentile bootstrap, written out; the program asks scipy."""
    z = 1.959963984540054
    for hits, n in ((0, 9), (3, 9), (9, 9), (81, 263)):
        p, figure = hits / n, statistics.share([1.0] * hits + [0.0] * (n - hits))
        centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        expected = [(centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)]
        assert [figure.low, figure.high] == pytest.approx(expected, abs=1e-5)
    x, y = [1.0, 2.0, 4.0, 5.0, 9.0, 11.0], [2.0, 1.0, 5.0, 3.0, 8.0, 7.0]
    figure = statistics.correlation(x, y)
    r, half = float(np.corrcoef(x, y)[0, 1]), z / math.sqrt(3)
    assert [figure.value, figure.low, figure.high] == pytest.approx(
        [r, math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)], abs=1e-5
    )
    sample = np.random.default_rng(0).normal(5, 2, 400)
    figure = statistics.mean(list(sample))
    half = z * sample.std(ddof=1) / 20
    assert [figure.low, figure.high] == pytest.approx([sample.mean() - half, sample.mean() + half], abs=0.03)
    assert (statistics.mean([3.5]).low, statistics.mean([3.5]).high) == (3.5, 3.5)
    assert (statistics.correlation(x, [1.0] * 6).low, statistics.correlation(x, [1.0] * 6).high) == (-1.0, 1.0)


def test_the_sweep_reaches_below_and_above_one() -> None:
    assert tuple(sorted(evaluation.CURVE_SCALES)) == evaluation.CURVE_SCALES
    assert evaluation.CURVE_SCALES[0] == 0 and evaluation.CURVE_SCALES[-1] > 2
    assert evaluation.IMAGE_GUIDANCE_SCALE in evaluation.CURVE_SCALES


def picture(value: int) -> Any:
    return np.full((4, 6, 3), value, dtype=np.uint8)


def test_a_contact_sheet_fills_its_columns_downward() -> None:
    values = [[10 * row + place for place in range(3)] for row in range(1, 6)]
    image = np.asarray(contact_sheet.contact_sheet([[picture(value) for value in row] for row in values]))
    across = 3 * 6 + 2 * 4
    assert image.shape == (3 * 4 + 2 * 4, 2 * across + 24, 3)
    for index, row in enumerate(values):
        column, line = divmod(index, 3)
        for place, value in enumerate(row):
            left, top = column * (across + 24) + place * 10, line * 8
            assert (image[top : top + 4, left : left + 6] == value).all(), (index, place)
    assert (image[4:8] == contact_sheet._PAPER).all(), "paper between rows"
    assert (image[16:, across + 24 :] == contact_sheet._PAPER).all(), "the sixth place stays empty"


def test_the_sheet_is_marked_with_what_was_asked(tmp_path: Path) -> None:
    shown = held_out(2)
    path = contact_sheet.write_sheet(tmp_path, shown, [[picture(value)] * 3 for value in (40, 90)])
    data = path.read_bytes()
    assert path == tmp_path / contact_sheet.SHEET
    assert Image.open(BytesIO(data)).format == "WEBP"
    for edit in shown:
        assert edit.instruction.encode() in data
    assert b"compositeWithTrainedAlgorithmicMedia" in data
    before = path.stat().st_mtime_ns
    contact_sheet.write_sheet(tmp_path, shown, [[picture(value)] * 3 for value in (40, 90)])
    assert path.stat().st_mtime_ns == before, "the same sheet is not written again"


def test_the_committed_sheet_shows_the_first_recorded_edits() -> None:
    data = (ROOT / contact_sheet.SHEET).read_bytes()
    for row in recorded().rows[: contact_sheet.SHEET_EDITS]:
        assert row.instruction.encode() in data
