"""Every decorated function is a measure; each says what a reader needs to know, and the page lists the registry."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from seamline.errors import MeasureError
from seamline.measures.registry import MEASURES, measure_named
from seamline.measures.registry import measure as declare
from seamline.pages.tables.reference_tables import measure_table

ROOT = Path(__file__).parents[2]
BUILT_IN = sorted((ROOT / "scripts/seamline/measures/builtin").glob("*.py"))


def decorated_functions() -> set[str]:
    return {
        f"{path.stem}.{node.name}"
        for path in BUILT_IN
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and any("measure(" in ast.unparse(one) for one in node.decorator_list)
    }


def test_every_decorated_function_is_a_measure_and_no_other_is() -> None:
    functions = [f"{one.function.__module__.rpartition('.')[2]}.{one.function.__name__}" for one in MEASURES.values()]
    assert set(functions) == decorated_functions() and len(functions) == len(set(functions)) > 15
    assert {one.package for one in MEASURES.values()} == {"seamline"}


@pytest.mark.parametrize("name", list(MEASURES))
def test_every_measure_says_formula_range_unit_direction_and_source(name: str) -> None:
    measure = MEASURES[name]
    assert measure.label and measure.formula and measure.source
    assert not measure.formula.endswith(".") and not measure.source.endswith("."), "cells of a table"
    assert measure.unit in ("dB", "°", "×", "%", "yes or no", "")
    assert measure.better in ("higher", "lower", "nearest", "neither")
    assert measure.unit != "yes or no" or (measure.low, measure.high) == (0, 1)
    assert inspect.getdoc(measure.function)


@pytest.mark.parametrize("name", list(MEASURES))
def test_a_measure_that_needs_no_truth_asks_for_pixels_alone(name: str) -> None:
    pixels = {"image", "before", "whole", "same_surface", "shares"}
    assert MEASURES[name].needs_truth == (not set(MEASURES[name].arguments) <= pixels)


@pytest.mark.parametrize("name", list(MEASURES))
def test_a_reader_learns_what_it_means(name: str) -> None:
    measure = MEASURES[name]
    assert measure.name == name
    assert measure.meaning.endswith(".")
    assert "—" not in measure.meaning
    assert measure.low is None or measure.high is None or measure.low < measure.high


def test_the_page_has_a_section_for_each_measure_and_for_nothing_else() -> None:
    page = (ROOT / "docs/how-it-is-measured.md").read_text(encoding="utf-8")
    sections = re.findall(r"^### .*\{ #(\w+) \}$", page, re.MULTILINE)
    assert sorted(sections) == sorted(MEASURES)


@pytest.mark.parametrize("name", list(MEASURES))
def test_a_section_is_headed_by_the_label(name: str) -> None:
    page = (ROOT / "docs/how-it-is-measured.md").read_text(encoding="utf-8")
    assert f"\n### {MEASURES[name].label} {{ #{name} }}\n" in page


def test_the_tables_of_the_page_are_the_registry() -> None:
    text = unescape(measure_table())
    assert re.findall(r'<code class="sl-unbroken">(\w+)</code>', text) == list(MEASURES)
    for measure in MEASURES.values():
        for words in (measure.label, measure.meaning, measure.formula, measure.source):
            assert words in text


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("psnr_face", 21.437, "21.4 dB"),
        ("ssim_face", 0.8571, "0.86"),
        ("change_outside", 0.034, "3 %"),
        ("light_angle", 12.6, "13°"),
        ("right_person", 1, "yes"),
        ("right_person", 0.97, "97 %"),
        ("luminance_slope", -0.25, "−0.25"),
        ("psnr_face", -0.04, "0.0 dB"),
        ("attribute_skin", 0, "no"),
        ("attention_focus", 2.97, "3.0 ×"),
    ],
)
def test_values_are_shown_with_their_unit(name: str, value: float, shown: str) -> None:
    assert measure_named(name).format(value) == shown


def test_the_page_gives_the_thresholds_that_verifying_uses() -> None:
    from seamline.runs.execute.recompute import MIN_PSNR, MIN_SSIM

    page = (ROOT / "docs/how-it-is-measured.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w*float\d+) \| (\d+) dB \| ([\d.]+) \|$", page, re.MULTILINE)
    assert {dtype: (float(psnr), float(ssim)) for dtype, psnr, ssim in rows} == {
        dtype: (MIN_PSNR[dtype], MIN_SSIM[dtype]) for dtype in MIN_PSNR
    }


def test_an_unknown_measure_is_an_error() -> None:
    with pytest.raises(KeyError):
        measure_named("niceness")


def test_listing_measures_and_reading_records_need_no_numpy() -> None:
    code = (
        "import sys; from seamline.measures import MEASURES, evaluation_record, arguments;"
        "assert [one.needs_truth for one in MEASURES.values()] and MEASURES['psnr_face'].format(3) == '3.0 dB';"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'torch', 'skimage', 'PIL')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_nobody_searches_for_measures_before_they_are_asked_for() -> None:
    code = "import sys, seamline.measures; sys.exit('seamline.measures.builtin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


DECLARATION: dict[str, Any] = {
    "name": "darkening", "label": "Darkening", "unit": "", "low": -1, "high": 1, "better": "neither",
    "meaning": "How much darker it became.", "formula": "mean of (input - edited)", "source": "ours",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"name": "Darkening!"}, "lower-case words"),
        ({"source": " ", "formula": ""}, "formula and source must not be empty"),
        ({"low": 1}, "its range is empty: 1 to 1"),
        ({"of": "attention"}, "it asks for image, before; of an attention there are shares, region"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_an_incomplete_declaration_is_refused_where_it_stands(changed: dict[str, Any], what: str) -> None:
    def darkening(image: Any, before: Any) -> float:
        return float((before - image).mean())

    assert declare(**DECLARATION)(darkening) is darkening
    with pytest.raises(MeasureError, match=what) as caught:
        declare(**DECLARATION | changed)(darkening)
    assert caught.value.where == f"{__file__}:{darkening.__code__.co_firstlineno}"
