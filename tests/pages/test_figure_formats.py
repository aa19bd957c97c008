"""A figure of a record is printed in the unit of the measure it is of."""

from __future__ import annotations

import pytest

from seamline.errors import CatalogError
from seamline.pages.prose.record_tables import record_table
from seamline.pages.prose.recorded_figures import UNMEASURED, formatted


@pytest.mark.parametrize(
    ("path", "value", "printed"),
    [
        ("kinds.attribute.psnr_face.edit.value", 21.34, "21.3 dB"),
        ("kinds.attribute.attribute.edit.value", 0.8182, "82 %"),
        ("kinds.expression.ssim_face.edit.low", 0.8182, "0.82"),
        ("kinds.expression.expression.edit.value", 0.913, "91 %"),
        ("kinds.swap.edit_strength.no_image.value", 0.82, "82 %"),
        ("asked.attribute_age.old.edit.value", 0.33333, "33 %"),
        ("asked.expression.sad.edit.n", 12, "12"),
        ("swaps.light_angle.edit.value", 14.2, "14°"),
        ("correlations.luminance_slope.paste.value", -0.741, "−0.74"),
    ],
)
def test_the_last_measure_in_a_path_gives_the_unit(path: str, value: float, printed: str) -> None:
    assert str(formatted(value, path)).replace("\N{NO-BREAK SPACE}", " ") == printed


TABLED = {
    "ways": {
        "edit": {
            "light_angle": {"value": 9.06, "low": 8.0, "high": 10.2},
            "wall": {"value": 7.261, "low": 6.9, "high": 7.7},
        },
        "joined": {"wall": {"value": -0.04, "low": -1.0, "high": 0.96}},
    }
}


def test_a_table_of_a_record_has_a_row_for_each_choice_and_says_what_is_not_measured() -> None:
    table = record_table({"matting": TABLED}.get)(
        "matting",
        "ways",
        [{"edit": "The edit", "joined": "**Mattes | joined**"}],
        {"Light": "light_angle 1", "Wall": "wall 1 interval"},
        "Way",
    )
    head, rule, edit, joined = str(table).strip().split("\n")
    assert head == "| Way | Light | Wall |" and rule.count("---") == 3
    assert edit.startswith("| The edit | 9") and edit.endswith("| 7.3 (6.9 to 7.7) |")
    assert "<strong>Mattes &#124; joined</strong>" in joined and UNMEASURED in joined
    assert joined.endswith("| 0.0 (−1.0 to 1.0) |")


def test_rows_of_several_levels_are_all_their_choices_in_order() -> None:
    levels = [{"a": "A", "b": "B"}, {"one": "1", "two": "2"}]
    record = {name: {part: {"sad": {"value": 1.5}} for part in ("one", "two")} for name in ("a", "b")}
    table = record_table({"matting": {"kinds": record}}.get)("matting", "kinds", levels, {"SAD": "sad 0"}, "Kind | Way")
    assert [line.split(" | ")[:2] for line in str(table).strip().split("\n")[2:]] == [
        ["| A", "1"], ["| A", "2"], ["| B", "1"], ["| B", "2"],
    ]  # fmt: skip
    for spelled in ("sad", "sad interval", "sad 0 wide", "sad 1 interval 2"):
        with pytest.raises(CatalogError, match="the column 'SAD' is spelled"):
            record_table({"matting": {}}.get)("matting", "kinds", levels, {"SAD": spelled}, "Kind | Way")
