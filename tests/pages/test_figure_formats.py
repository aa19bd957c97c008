"""A figure of a record is printed in the unit of the measure it is of."""

from __future__ import annotations

import pytest

from seamline.pages.prose.recorded_figures import formatted


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
