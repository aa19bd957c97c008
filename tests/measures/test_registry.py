"""No measure outside the registry, none without a page entry, none without what a reader needs to know."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from seamline.measures.registry import MEASURES, measure_named

ROOT = Path(__file__).parents[2]
MODULES = ("closeness", "change", "seam", "light", "candidates", "focus")
HELPERS = {"change.difference", "seam.edge_contrast", "light.light_direction"}
"""Public functions that a measure is made of, but that are none themselves."""


def public_functions() -> set[str]:
    return {
        f"{name}.{node.name}"
        for name in MODULES
        for node in ast.parse((ROOT / f"scripts/seamline/measures/{name}.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def test_every_measuring_function_is_registered() -> None:
    assert {measure.function for measure in MEASURES.values()} == public_functions() - HELPERS


@pytest.mark.parametrize("function", sorted(public_functions()))
def test_every_measuring_function_says_formula_range_and_source(function: str) -> None:
    module, name = function.split(".")
    text = inspect.getdoc(getattr(importlib.import_module(f"seamline.measures.{module}"), name)) or ""
    if function == "change.difference":
        assert "0 to 1" in text
    elif "`" in text and text.endswith("1 - mask."):
        assert "change_inside" in text
    else:
        assert "Formula:" in text
        assert "Range:" in text or function == "change.most_changed"


@pytest.mark.parametrize("name", list(MEASURES))
def test_a_reader_learns_what_it_means(name: str) -> None:
    measure = MEASURES[name]
    assert measure.name == name
    assert measure.meaning.endswith(".")
    assert "—" not in measure.meaning
    assert measure.low is None or measure.high is None or measure.low < measure.high


@pytest.mark.parametrize("name", list(MEASURES))
def test_every_measure_has_a_place_on_the_page(name: str) -> None:
    page = (ROOT / "docs/how-it-is-measured.md").read_text(encoding="utf-8")
    assert re.search(rf"^#+ .*\{{\s*#{re.escape(name)}\s*\}}$", page, re.MULTILINE), f"no section {{#{name}}}"


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
    from seamline.samples.verify import MIN_PSNR, MIN_SSIM

    page = (ROOT / "docs/how-it-is-measured.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w*float\d+) \| (\d+) dB \| ([\d.]+) \|$", page, re.MULTILINE)
    assert {dtype: (float(psnr), float(ssim)) for dtype, psnr, ssim in rows} == {
        dtype: (MIN_PSNR[dtype], MIN_SSIM[dtype]) for dtype in MIN_PSNR
    }


def test_an_unknown_measure_is_an_error() -> None:
    with pytest.raises(KeyError):
        measure_named("niceness")


def test_registry_and_records_need_no_numpy() -> None:
    code = (
        "import sys, seamline.measures, seamline.measures.registry, seamline.measures.evaluation_record;"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'torch', 'skimage')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
