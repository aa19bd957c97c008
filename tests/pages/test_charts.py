"""Charts: the marks lie where the numbers say, and everyone can read them."""

from __future__ import annotations

import csv
import io
import math
import random
import re
import subprocess
import sys
from functools import cache
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from seamline.charts import svg_marks
from seamline.charts.evaluation_charts import CHARTS, chart, csv_file, csv_of, files
from seamline.measures import statistics
from seamline.measures.evaluation_record import WAY_LABELS, EvaluationRecord
from seamline.pages.prose.macros import PageMacros
from seamline.scenes.state import IDENTITY_GRID

NAMES = sorted(CHARTS)


@cache
def evaluation() -> EvaluationRecord:
    rng = random.Random(1)

    def way(psnr: float, share: float, slope: float) -> dict[str, float]:
        binary = {name: float(rng.random() < share) for name in ("identity", "expression")}
        return {
            "psnr_face": rng.gauss(psnr, 2),
            "ssim_face": rng.uniform(share / 2, share),
            "luminance_slope": slope,
        } | binary

    rows: list[dict[str, Any]] = []
    for seed in range(80):
        slope = rng.gauss(0, 0.2)
        rows.append(
            {
                "seed": seed,
                "kind": "swap" if seed % 4 else "attribute",
                "light_azimuth": rng.uniform(-75, 75),
                **{name: rng.choice(IDENTITY_GRID[name]) for name in ("skin", "age", "hair_style")},
                "ways": {
                    "no_edit": way(11, 0.3, slope),
                    "paste": way(15, 0.6, -slope),
                    "no_image": way(13, 0.4, rng.gauss(0, 0.2)),
                    "edit": way(22, 0.9, slope * 0.9),
                    "ceiling": way(30, 0.97, slope),
                },
                "truth": {"luminance_slope": slope},
            }
        )
    points = [
        statistics.consistency_point(
            scale, 3.0, [1.1 - scale / 4, 1.0 - scale / 4], [0.8 + scale / 20, 0.81 + scale / 20]
        )
        for scale in (2.0, 1.0, 1.5)
    ]
    return statistics.evaluation_of(rows, points)


def parsed(name: str, record: EvaluationRecord | None = None) -> Any:
    return html.fragment_fromstring(chart(name, record or evaluation()))


def svg_of(figure: Any) -> Any:
    return etree.fromstring(etree.tostring(figure.find("svg"), with_tail=False))


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_is_a_named_and_described_drawing(name: str) -> None:
    figure = parsed(name)
    drawing = figure.find("svg")
    ids = drawing.get("aria-labelledby").split()
    title, description = (drawing.xpath(f'//*[@id="{one}"]')[0].text for one in ids)
    assert drawing.get("role") == "img"
    assert title == CHARTS[name].title
    assert re.search(r"\d", description)
    assert "nan" not in chart(name, evaluation())


@pytest.mark.parametrize("name", NAMES)
def test_the_drawing_is_well_formed_xml(name: str) -> None:
    text = chart(name, evaluation())
    etree.fromstring(text[text.index("<svg") : text.rindex("</svg>") + 6])


@pytest.mark.parametrize("name", NAMES)
def test_type_is_readable_and_nothing_needs_a_style_sheet_or_script(name: str) -> None:
    text = chart(name, evaluation())
    assert all(float(size) >= 11 for size in re.findall(r'font-size="([\d.]+)"', text))
    assert not re.search(r"<style|\sstyle=|<script|\son\w+=|viewBox=\"0 0 (?!1000 )", text)


@pytest.mark.parametrize("name", NAMES)
def test_every_mark_lies_within_the_drawing(name: str) -> None:
    drawing = svg_of(parsed(name))
    height = float(drawing.get("height"))
    for element in drawing:
        for across in ("x", "x1", "x2", "cx"):
            if (value := element.get(across)) is not None:
                assert value.endswith("%")
                assert 0 <= float(value[:-1]) <= 100
        for down in ("y", "y1", "y2", "cy"):
            if (value := element.get(down)) is not None:
                assert 0 <= float(value) <= height


@pytest.mark.parametrize("name", NAMES)
def test_markdown_leaves_a_chart_alone(name: str) -> None:
    text = chart(name, evaluation())
    assert "\n\n" not in text
    page = markdown.markdown(f"Before.\n\n{text}\n\nAfter.", extensions=["md_in_html", "tables", "attr_list"])
    assert text in page


@pytest.mark.parametrize("name", NAMES)
def test_the_table_and_the_csv_hold_the_same_numbers(name: str) -> None:
    rows = list(csv.reader(io.StringIO(csv_of(name, evaluation()))))
    table = parsed(name).find(".//table")
    cells = [[cell.text_content() for cell in row.findall("./*")] for row in table.findall(".//tr")]
    assert len(rows) > 3
    assert len({len(row) for row in rows}) == 1
    assert cells[0] == rows[0]
    for shown, exact in zip(cells[1:], rows[1:], strict=True):
        for one, other in zip(shown, exact, strict=True):
            try:
                assert float(one.replace("−", "-")) == pytest.approx(float(other), abs=6e-4)
            except ValueError:
                assert one == other


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_of_the_file_is_a_chart_of_the_record_and_always_the_same(name: str) -> None:
    as_data = evaluation().model_dump(mode="json", exclude_none=True)
    assert chart(name, as_data) == chart(name, evaluation()) == chart(name, EvaluationRecord.model_validate(as_data))


def test_two_charts_share_no_id() -> None:
    ids = [one for name in NAMES for one in re.findall(r'\sid="([^"]+)"', chart(name, evaluation()))]
    assert len(ids) == len(set(ids)) == 2 * len(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("record", [None, EvaluationRecord(rows=())])
def test_without_numbers_a_chart_says_so(name: str, record: EvaluationRecord | None) -> None:
    text = chart(name, record)
    assert "Not measured yet" in text
    assert "<svg" not in text


def test_an_unknown_chart_is_an_error() -> None:
    with pytest.raises(KeyError):
        chart("pie", evaluation())


def test_dots_lie_where_the_figures_say() -> None:
    drawing = svg_of(parsed("expression"))
    figures = evaluation().swaps["expression"]
    dots = [float(dot.get("cx")[:-1]) for dot in drawing.iter("{*}circle")]
    assert dots == [pytest.approx(3 + 94 * figures[way].value, abs=0.01) for way in WAY_LABELS if way in figures]


def test_bars_are_the_confidence_intervals() -> None:
    drawing = svg_of(parsed("expression"))
    bars = [bar for bar in drawing.iter("{*}line") if bar.get("stroke-width") == "3"]
    figures = [evaluation().swaps["expression"][way] for way in WAY_LABELS if way in evaluation().swaps["expression"]]
    for bar, figure in zip(bars, figures, strict=True):
        assert float(bar.get("x1")[:-1]) == pytest.approx(3 + 94 * figure.low, abs=0.01)
        assert float(bar.get("x2")[:-1]) == pytest.approx(3 + 94 * figure.high, abs=0.01)


def test_a_histogram_holds_every_edit() -> None:
    drawing = svg_of(parsed("psnr_face"))
    outlines = [path.get("d") for path in drawing.iter("{*}path")]
    rows = [[28 - float(height) for height in re.findall(r"V([\d.]+)H", outline)] for outline in outlines]
    assert len(rows) == 5
    edits = evaluation().swaps["psnr_face"]["edit"].n
    for heights in rows:
        assert max(heights) == pytest.approx(27, abs=0.1)
        tallest = round(27 * edits / sum(heights))
        counts = [tallest * height / 27 for height in heights]
        assert counts == pytest.approx([round(count) for count in counts], abs=0.1)
        assert sum(map(round, counts)) == edits


def test_the_scatter_shows_every_edit_once() -> None:
    clouds = [path.get("d") for path in svg_of(parsed("light_slope")).iter("{*}path") if "h.1" in path.get("d")]
    assert [cloud.count("M") for cloud in clouds] == [60, 60, 60]


def test_the_curve_rises_in_the_order_of_the_scales_whatever_the_order_recorded() -> None:
    drawing = svg_of(parsed("strength_consistency"))
    across = [float(dot.get("cx")[:-1]) for dot in drawing.iter("{*}circle")]
    assert len(across) == 3
    assert across == sorted(across, reverse=True)


def test_nothing_is_told_by_colour_alone() -> None:
    for name in ("psnr_face", "expression"):
        words = "".join(svg_of(parsed(name)).itertext())
        assert all(label in words for way, label in WAY_LABELS.items() if way in evaluation().swaps[name])
        fills = [dot.get("fill") for dot in svg_of(parsed(name)).iter("{*}circle")]
        assert fills.count(svg_marks.ACCENT) == 1
        assert fills.count(svg_marks.PAPER) == len(fills) - 1


def test_groups_come_in_the_order_of_the_grid() -> None:
    rows = list(csv.reader(io.StringIO(csv_of("by_skin", evaluation()))))[1:]
    assert list(dict.fromkeys(row[0] for row in rows)) == list(IDENTITY_GRID["skin"])
    assert list(dict.fromkeys(row[0] for row in csv.reader(io.StringIO(csv_of("by_light", evaluation())))))[1:] == [
        "left", "front", "right",
    ]  # fmt: skip


def test_one_edit_is_enough_for_a_chart() -> None:
    one = statistics.evaluation_of(evaluation().rows[1:2], evaluation().consistency[:1])
    for name in NAMES:
        assert "<svg" in chart(name, one) or name == "light_slope"


@given(st.floats(-1e4, 1e4), st.floats(0, 1e4), st.integers(3, 8))
def test_ticks_span_what_they_should_evenly_and_are_few(low: float, width: float, most: int) -> None:
    high = low + width
    ticks = svg_marks.ticks(low, high, most)
    steps = [b - a for a, b in pairwise(ticks)]
    assert 2 <= len(ticks) <= most
    slack = 1e-6 * (1 + abs(low) + abs(high))
    assert ticks[0] <= low + slack
    assert ticks[-1] >= high - slack
    assert all(math.isclose(step, steps[0], rel_tol=1e-4, abs_tol=1e-9) for step in steps)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("swaps.psnr_face.edit.n", "60"),
        ("swaps.psnr_face.edit.value", r"2\d\.\d\xa0dB"),
        ("swaps.expression.edit.value", r"\d\d\xa0%"),
        ("correlations.luminance_slope.edit.value", r"1\.00"),
        ("groups.skin.dark.psnr_face.edit.low", r"\d\d\.\d\xa0dB"),
        ("consistency.0.edit_strength.value", r"\d\d\xa0%"),
        ("swaps.psnr_face.nobody.value", r"\(not measured yet\)"),
    ],
)
def test_prose_says_figures_with_the_unit_of_their_measure(path: str, shown: str) -> None:
    records = {"evaluation": evaluation().model_dump(mode="json", exclude_none=True)}
    macros = PageMacros(SimpleNamespace(records=records), "how-it-is-measured.md")  # type: ignore[arg-type]
    assert re.fullmatch(shown, macros.all()["evaluation"](path))


def test_drawing_charts_needs_no_numpy() -> None:
    code = (
        "import sys; from seamline.charts.evaluation_charts import chart; chart('psnr_face', None);"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'torch', 'matplotlib')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_chart_says_how_many_edits_each_row_stands_for() -> None:
    record = evaluation()
    figures = record.swaps["psnr_face"]
    most = figures["edit"].n
    assert f"Edits a row: {most:,}." in parsed("psnr_face").text_content()
    fewer = figures | {"no_image": figures["no_image"].model_copy(update={"n": most - 1})}
    one_less = record.model_copy(update={"swaps": {**record.swaps, "psnr_face": fewer}})
    assert f"Edits a row: {most:,}; photo withheld, {most - 1}." in chart("psnr_face", one_less)


def test_numbers_are_there_to_download_where_there_are_any() -> None:
    written = files(evaluation())
    assert set(written) == {csv_file(name) for name in NAMES}
    assert written["assets/charts/by-skin.csv"] == csv_of("by_skin", evaluation())
    assert files(None) == {} == files(EvaluationRecord(rows=()))
    (link,) = html.fragment_fromstring(chart("by_skin", evaluation(), csv_url="../x.csv")).iter("a")
    assert (link.get("href"), link.get("download")) == ("../x.csv", "")
    assert "<a" not in chart("by_skin", evaluation())


def test_labels_of_a_curve_lie_on_no_other_label_and_on_no_other_point() -> None:
    from seamline.charts.scatter_charts import _NARROWEST, _box, _meet, _numbered

    crowded = [(50.0, 100.0), (51.0, 103.0), (52.0, 101.0), (80.0, 40.0), (99.0, 5.0)]
    marks = [
        re.search(r'x="([\d.]+)%" y="([\d.-]+)"(.*?)>([\d.]+)<', mark)
        for mark in _numbered(["1", "1.2", "1.25", "2", "2.5"], crowded)
    ]
    boxes = [_box(mark[4], float(mark[1]), float(mark[2]), leftwards="end" in mark[3]) for mark in marks if mark]
    assert len(boxes) == len(marks) >= 4
    assert not [(one, other) for at, one in enumerate(boxes) for other in boxes[:at] if _meet(one, other)]
    assert all(box[0] >= 0 and box[2] <= 100 * _NARROWEST for box in boxes)
