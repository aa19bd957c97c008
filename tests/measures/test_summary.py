"""Figures: known means, textbook intervals, groups that add up."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from seamline.errors import RecordError
from seamline.measures import statistics
from seamline.measures.evaluation_record import EvaluationRecord, read
from seamline.scenes.light_sides import light_group
from seamline.seals import sealed


def row(seed: int, **changes: object) -> dict[str, object]:
    slope = math.sin(seed)
    base: dict[str, object] = {
        "seed": seed,
        "kind": "swap",
        "skin": ("dark", "pale")[seed % 2],
        "age": "old",
        "hair_style": "bun",
        "light_azimuth": -60.0 + 30 * (seed % 5),
        "ways": {
            "edit": {"psnr_face": 20.0 + seed, "right_person": 1.0, "luminance_slope": slope},
            "paste": {"psnr_face": 15.0, "right_person": float(seed % 2), "luminance_slope": -slope},
        },
        "truth": {"luminance_slope": slope},
    }
    return base | changes


def test_mean_and_quartiles_are_exact() -> None:
    figure = statistics.mean([1.0, 2.0, 3.0, 4.0, 5.0])
    assert (figure.n, figure.value, figure.q1, figure.median, figure.q3) == (5, 3.0, 2.0, 3.0, 4.0)
    assert 1.0 < figure.low < 3.0 < figure.high < 5.0


def test_bootstrap_interval_agrees_with_the_normal_one_on_many_values() -> None:
    values = [((i * 7919) % 1000) / 1000 for i in range(1000)]
    figure = statistics.mean(values)
    half = 1.96 * math.sqrt(1 / 12 / 1000)
    assert figure.high - figure.low == pytest.approx(2 * half, rel=0.08)


def test_same_values_give_the_same_interval() -> None:
    values = [0.1, 0.7, 0.4, 0.9]
    assert statistics.mean(values) == statistics.mean(list(values))


def test_a_mean_of_equal_values_has_no_width() -> None:
    assert statistics.mean([2.5] * 9).low == statistics.mean([2.5] * 9).high == 2.5


def test_wilson_interval_is_the_textbook_one() -> None:
    figure = statistics.share([1.0] * 81 + [0.0] * 182)  # Newcombe 1998, table I: 81 of 263
    assert (round(figure.low, 4), round(figure.high, 4)) == (0.2553, 0.3662)


def test_wilson_interval_at_all_of_n_is_not_a_point() -> None:
    figure = statistics.share([1.0] * 20)
    assert figure.value == figure.high == 1.0
    assert figure.low == pytest.approx(20 / (20 + 1.96**2), abs=1e-4)


def test_correlation_and_its_interval_are_the_textbook_ones() -> None:
    x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    y = [2.0, 1.0, 4.0, 3.0, 7.0, 5.0, 6.0]
    figure = statistics.correlation(x, y)
    assert figure.value == pytest.approx(23 / 28, abs=1e-5)
    z = math.atanh(23 / 28)
    assert figure.low == pytest.approx(math.tanh(z - 1.959964 / 2), abs=1e-4)
    assert statistics.correlation(x, [-v for v in x]).value == pytest.approx(-1.0)
    assert statistics.correlation(x, [3.0] * 7).value == 0.0


@pytest.mark.parametrize("make", [statistics.mean, statistics.share])
def test_nothing_cannot_be_summarised(make: object) -> None:
    with pytest.raises(ValueError, match="no values"):
        make([])  # type: ignore[operator]


def test_evaluation_figures_groups_and_correlations() -> None:
    record = statistics.evaluation_of([row(seed) for seed in range(10)], facts={"seconds_per_edit": 1.5})
    assert record.figures["psnr_face"]["edit"].value == 24.5
    assert record.figures["right_person"]["paste"].kind == "share"
    assert record.figures["right_person"]["paste"].value == 0.5
    assert "no_image" not in record.figures["psnr_face"]
    assert record.groups["skin"]["dark"]["psnr_face"]["edit"].value == 24.0
    assert sum(group["psnr_face"]["edit"].n for group in record.groups["light"].values()) == 10
    assert record.groups["hair_colour"] == {}
    assert record.correlations["luminance_slope"]["edit"].value == 1.0
    assert record.correlations["luminance_slope"]["paste"].value == -1.0


def test_ways_are_compared_on_the_same_edits() -> None:
    easy = row(4, kind="attribute", ways={"edit": {"psnr_face": 50.0}})
    record = statistics.evaluation_of([*(row(seed) for seed in range(4)), easy])
    assert record.figures["psnr_face"]["edit"].n == 5
    assert record.swaps["psnr_face"]["edit"].value == 21.5
    assert record.gains["psnr_face"].value == 6.5
    assert record.gains["psnr_face"].n == record.correlations["luminance_slope"]["edit"].n == 4
    assert [one.seed for one in record.swap_rows] == [0, 1, 2, 3]


def test_the_true_picture_is_summarised_where_it_has_something_to_say() -> None:
    rows = [row(seed, truth={"light_angle": 4.0 + seed, "psnr_face": 60.0}) for seed in range(3)]
    for one in rows:
        one["ways"] = {"edit": {"light_angle": 9.0, "psnr_face": 20.0}}
    found = statistics.evaluation_of(rows).figures
    assert found["light_angle"]["truth"].value == 5.0
    assert "truth" not in found["psnr_face"]


def test_a_measure_missing_from_some_rows_is_counted_over_the_others() -> None:
    rows = [row(0), row(1, ways={"edit": {"ssim_face": 0.5}})]
    record = statistics.evaluation_of(rows)
    assert (record.figures["ssim_face"]["edit"].n, record.figures["psnr_face"]["edit"].n) == (1, 1)


def test_a_group_with_only_ones_is_still_a_share_and_one_measure_is_one_kind_everywhere() -> None:
    rows = [row(seed) for seed in range(4)]
    assert statistics.evaluation_of(rows).groups["skin"]["pale"]["right_person"]["paste"].kind == "share"


@pytest.mark.parametrize(
    ("azimuth", "group"), [(-60, "left"), (-25, "front"), (0, "front"), (25, "front"), (26, "right")]
)
def test_light_groups(azimuth: float, group: str) -> None:
    assert light_group(azimuth) == group


def test_record_survives_a_round_trip(tmp_path: Path) -> None:
    point = statistics.consistency_point(1.5, 3.0, [0.5, 0.7], [0.9, 0.95])
    record = statistics.evaluation_of([row(seed) for seed in range(5)], [point])
    path = tmp_path / "evaluation.json"
    path.write_bytes(sealed(record.to_json()))
    assert read(path) == record
    assert isinstance(record, EvaluationRecord)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert sum('"seed":' in line for line in lines) == len(record.rows), "a change of one edit is a change of one line"


def test_no_record_is_not_an_error(tmp_path: Path) -> None:
    assert read(tmp_path / "evaluation.json") is None


@pytest.mark.parametrize("text", ["", "{", '{"rows": [{"seed": 1}]}', '{"rows": [], "surprise": 1}', "[]"])
def test_a_torn_record_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "evaluation.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordError, match="torn or altered"):
        read(path)
    if text.startswith('{"'):
        path.write_bytes(sealed("{\n" + text[1:]))
        with pytest.raises(RecordError, match="not an evaluation record"):
            read(path)


def test_infinite_values_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        statistics.evaluation_of([row(0, ways={"edit": {"psnr_face": math.inf}})])
