"""The one builder of SVG: what is not markup is text, wherever it is put."""

from __future__ import annotations

import pytest
from lxml import etree
from markupsafe import Markup

from seamline.charts import svg_marks
from seamline.diagrams.svg import element, joined

HOSTILE = "</text><script>alert(1)</script>\" onload='x' &amp; \x1b\u202e end"


def test_text_is_escaped_and_elements_are_kept() -> None:
    inner = element("tspan", "a < b")
    assert inner == "<tspan>a &lt; b</tspan>" and isinstance(inner, Markup)
    assert element("text", "1 & ", inner) == "<text>1 &amp;<tspan>a &lt; b</tspan></text>"
    assert joined(inner, "<b>") == "<tspan>a &lt; b</tspan>&lt;b&gt;"


def test_attributes_are_named_as_in_svg_and_left_out_where_there_is_none() -> None:
    drawn = element("rect", class_="box", stroke_width=1.25, viewBox="0 0 1 1", x=-0.04, fill=None)
    assert drawn == '<rect class="box" stroke-width="1.2" viewBox="0 0 1 1" x="0"/>'


@pytest.mark.parametrize(
    "drawn",
    [
        element("text", HOSTILE, aria_label=HOSTILE),
        svg_marks.text(5, 10, HOSTILE),
        svg_marks.drawing("key", HOSTILE, HOSTILE, 10, [svg_marks.text(0, 0, HOSTILE)]),
    ],
    ids=["element", "mark", "chart"],
)
def test_no_text_becomes_an_element_or_an_attribute(drawn: Markup) -> None:
    root = etree.fromstring(drawn.encode())
    names = {etree.QName(one).localname for one in root.iter()}
    assert names <= {"svg", "title", "desc", "text"}
    assert not [one for one in root.iter() if "onload" in one.attrib]
    assert "<script>alert(1)</script>" in "".join(root.itertext())
