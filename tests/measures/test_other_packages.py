"""Another package's measure is one decorated function: installed, it is taken, fingerprinted, formatted and listed."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seamline.errors import MeasureError
from seamline.hashing import Hashes
from seamline.measures import MEASURES, measures_file
from seamline.measures.edited_picture import measure_attention, measure_edit
from seamline.measures.registry import ENTRY_POINTS, discovered, measure_named
from seamline.pages.prose.recorded_figures import formatted
from seamline.pages.tables.reference_tables import measure_table

SOURCE = """
from seamline.measures import measure
from seamline.measures.builtin.change import change  # A measure of Seamline's, used here: not declared twice.


@measure(
    name="darkening", label="Darkening", unit="levels", low=-255, high=255, better="lower",
    meaning="How much darker the whole picture became.", formula="255 * mean of (input - edited)", source="a test",
)
def darkening(image, before):
    return 255 * (before - image).mean()
"""
PRESENCE = """
from seamline.measures import measure


@measure(
    name="attention_peak", label="Peak", unit="", low=0, high=None, better="neither", of="attention",
    meaning="The most attention any place pays.", formula="maximum", source="ours",
)
def attention_peak(shares):
    return shares.max()
"""
BEFORE = np.full((16, 24, 3), 0.5)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A function that puts a distribution with an entry point where Python finds it."""

    def installed(source: str, entry: str = "darkening = lumen", version: str = "1.0", package: str = "lumen") -> None:
        (tmp_path / f"{package}.py").write_text(source, "utf-8")
        information = tmp_path / f"seamline_{package}-1.dist-info"
        information.mkdir(exist_ok=True)
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: seamline-{package}\nVersion: {version}\n")
        (information / "entry_points.txt").write_text(f"[seamline.measures]\n{entry}\n")
        sys.modules.pop(package, None)
        monkeypatch.syspath_prepend(tmp_path)
        discovered.cache_clear()

    yield installed
    discovered.cache_clear()
    for name in ("lumen", "peak", "my_package"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("entry", ["darkening = lumen", "darkening = lumen:darkening"])
def test_a_function_of_another_package_is_a_measure_everywhere(install: Any, entry: str) -> None:
    install(SOURCE, entry)
    assert list(MEASURES)[-1] == "darkening" and MEASURES["darkening"].package == "seamline-lumen"
    values = measure_edit(BEFORE - 0.1, BEFORE)
    assert values["darkening"] == pytest.approx(25.5)
    assert measure_named("darkening").format(25.5) == "25.50 levels"
    assert unescape(formatted(25.5, "figures.darkening.edit.value")) == "25.50\N{NO-BREAK SPACE}levels"
    table = unescape(measure_table())
    row = (
        '| Darkening | <code class="sl-unbroken">darkening</code> | levels | −255 to 255 | lower | How much darker the'
    )
    assert row in table
    assert "| Darkening | 255 * mean of (input - edited) | a test; computed by seamline-lumen |" in table


def test_a_measure_of_words_may_be_of_another_package_and_of_a_photo(install: Any) -> None:
    install(PRESENCE, "peak = peak", package="peak")
    assert measure_attention(np.array([[0.25, 0.75]]), None) == {"attention_peak": 0.75}


def test_runs_are_measured_again_when_another_package_s_measures_change(install: Any, tmp_path: Path) -> None:
    alone = measures_file.code(Hashes(tmp_path))
    seen = [alone]
    for source, version in ((SOURCE, "1.0"), (SOURCE.replace("255 *", "256 *"), "1.0"), (SOURCE, "1.1")):
        install(source, version=version)
        seen.append(measures_file.code(Hashes(tmp_path)))
    assert [one.keys() - alone.keys() for one in seen[1:]] == [{"measures of seamline-lumen"}] * 3
    assert len({json.dumps(one, sort_keys=True) for one in seen}) == 4


@pytest.mark.parametrize(
    ("source", "entry", "what"),
    [
        ("import no_such_module", "darkening = lumen", "its measures cannot be loaded: No module named"),
        ("x = 1", "darkening = lumen", r"its entry point 'darkening' \(lumen\) leads to no measure"),
        ("x = 1", "darkening = lumen:x", r"its entry point 'darkening' \(lumen:x\) leads to no measure"),
        (
            SOURCE.replace("image, before", "image, befor"),
            "darkening = lumen",
            "it asks for befor; of an edit",
        ),
    ],
)
def test_a_broken_package_is_named(install: Any, source: str, entry: str, what: str) -> None:
    install(source, entry)
    with pytest.raises(MeasureError, match=what) as caught:
        list(MEASURES)
    assert str(caught.value).startswith("seamline-lumen: ")
    assert "->" in str(caught.value)


def test_two_measures_cannot_have_one_name(install: Any) -> None:
    install(SOURCE.replace('name="darkening"', 'name="change"'))
    with pytest.raises(MeasureError, match="two measures are named 'change': of seamline and of seamline-lumen"):
        list(MEASURES)


@pytest.mark.parametrize(
    ("body", "what"),
    [("float('nan')", "'darkening' gave nan"), ("1 / 0", "'darkening' failed: division by zero")],
)
def test_a_measure_that_fails_is_named_with_its_package(install: Any, body: str, what: str) -> None:
    install(SOURCE.replace("255 * (before - image).mean()", body))
    with pytest.raises(MeasureError, match=what) as caught:
        measure_edit(BEFORE, BEFORE)
    assert caught.value.where == "seamline-lumen"


def test_where_there_is_nothing_to_measure_there_is_no_value(install: Any) -> None:
    install(SOURCE.replace("return 255", "from seamline.measures.arrays import Undefined; raise Undefined('none')"
                           "\n    return 255"))  # fmt: skip
    assert "darkening" in MEASURES and "darkening" not in measure_edit(BEFORE, BEFORE)


def test_the_example_of_the_page_is_a_measure(install: Any) -> None:
    page = (Path(__file__).parents[2] / "docs/how-it-is-measured.md").read_text("utf-8")
    (source,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (group, entry) = re.findall(r'^\[project.entry-points."(.*)"\]\n(.*)$', page, re.MULTILINE)[0]
    assert group == ENTRY_POINTS
    install(source, entry.replace('"', ""), package="my_package")
    region = np.zeros((16, 24))
    region[:8] = 1
    assert MEASURES["darkening"].needs_truth
    assert MEASURES["darkening"].function(BEFORE - region[..., None] * 0.2, BEFORE, region) == pytest.approx(0.2)
