"""Catalog text on a page says what it says and nothing else: no HTML, no Markdown, no template, no link."""

from __future__ import annotations

import html

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from lxml import html as parsing

from seamline.catalog.escaping import code, plain

EXTENSIONS = [
    "abbr",
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "md_in_html",
    "meta",
    "tables",
    "toc",
    "pymdownx.arithmatex",
    "pymdownx.betterem",
    "pymdownx.caret",
    "pymdownx.critic",
    "pymdownx.details",
    "pymdownx.emoji",
    "pymdownx.highlight",
    "pymdownx.inlinehilite",
    "pymdownx.keys",
    "pymdownx.magiclink",
    "pymdownx.mark",
    "pymdownx.snippets",
    "pymdownx.superfences",
    "pymdownx.tabbed",
    "pymdownx.tasklist",
    "pymdownx.tilde",
]

NASTY = [
    "<script>alert(1)</script>",
    "<!-- -->",
    "&amp; &#60;",
    "# heading",
    '=== "tab"',
    "!!! note",
    "??? note",
    "- item",
    "* item",
    "1. item",
    "12) item",
    "> quote",
    "    code",
    "``` py",
    "~~~",
    "---",
    "***",
    "| a | b |",
    "*[HTML]: x",
    "[link](javascript:alert(1))",
    "![image](x.png)",
    "[ref]: https://example.org",
    "[^1]",
    "<https://example.org>",
    "https://example.org/",
    "www.example.org",
    "me@example.org",
    "{{ secret }}",
    "{% raw %}",
    "{# no #}",
    "{: .class }",
    "$x$",
    ":smile:",
    "++ctrl++",
    "==mark==",
    "^sup^",
    "~sub~",
    '--8<-- "pyproject.toml"',
    "::: seamline",
    "a\n\n# b",
    "`code`",
    "term\n: definition",
    "[x] done",
    "\\*",
    "{++ins++}",
    "key: value",
    "Title\n=====",
    "a  \nb",
    "---\na: b\n---",
    "</p><p>",
    '" onload="x',
    "#!python",
    ":::python",
    "%% x",
    ";; y",
    "/// note",
    "+ plus",
    "[TOC]",
    "[[wiki]]",
]

pieces = st.one_of(st.sampled_from(NASTY), st.text(max_size=8), st.sampled_from(["\n", "\n\n", "    ", "\t", "a", " "]))
texts = st.lists(pieces, max_size=6).map("".join)


CONVERTER = markdown.Markdown(extensions=EXTENSIONS)


def rendered(text: str) -> str:
    return CONVERTER.reset().convert(text)


def assert_only_text(text: str) -> None:
    shown = html.unescape(plain(text))
    page = parsing.fragment_fromstring(rendered(f"{plain(text)}"), create_parent="main")
    elements = [element.tag for element in page.iter()]
    assert elements in (["main", "p"], ["main"]), elements
    assert page.text_content() == shown
    assert page.xpath("//@*") == []


@pytest.mark.parametrize("text", NASTY)
def test_nothing_of_it_is_markdown(text: str) -> None:
    assert_only_text(text)


@given(texts)
def test_nothing_of_anything_is_markdown(text: str) -> None:
    assert_only_text(text)


@given(texts)
def test_in_headings_links_and_cells_it_stays_inside(text: str) -> None:
    shown = html.unescape(plain(text))
    if not shown:
        return
    heading = parsing.fragment_fromstring(rendered(f"## {plain(text)}"), create_parent="main")
    assert [element.tag for element in heading.iter()] == ["main", "h2"]
    assert heading.text_content() == shown
    link = parsing.fragment_fromstring(rendered(f"See [{plain(text)}](page.md)."), create_parent="main")
    assert [element.tag for element in link.iter()] == ["main", "p", "a"]
    cells = parsing.fragment_fromstring(rendered(f"| a | b |\n|---|---|\n| {plain(text)} | c |"), create_parent="main")
    assert [cell.text_content() for cell in cells.iter("td")] == [shown, "c"]
    attribute = parsing.fragment_fromstring(f'<img alt="{plain(text)}">')
    assert dict(attribute.attrib) == {"alt": shown}


@given(texts)
def test_no_template_code_is_left(text: str) -> None:
    environment = Environment(autoescape=False)
    assert environment.from_string(plain(text)).render() == plain(text)
    assert environment.from_string(code(text)).render() == code(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Cf", "Cn", "Co", "Zl", "Zp"])))
def test_it_says_what_it_said(text: str) -> None:
    assert html.unescape(plain(text)) == " ".join(text.split())
