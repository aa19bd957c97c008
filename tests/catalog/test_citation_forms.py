"""Pandoc's forms are read, and what only looks like a citation is told with its line."""

from __future__ import annotations

import re

import markdown as python_markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from seamline.catalog import load
from seamline.catalog.citations.checks import faults_in, problems_in_docs
from seamline.catalog.citations.grammar import find, unread
from seamline.catalog.citations.markdown_code import code_spans
from seamline.errors import CatalogError

from .conftest import FILES, Project


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[see @a, §3.2; also @b-code]", [("see", "a", "§3.2", False), ("also", "b-code", "", False)]),
        ("[-@a]", [("", "a", "", False)]),
        ("so @a [p. 1] says", [("", "a", "p. 1", True)]),
        ("@a\n[p. 1; see @b, p. 3]", [("", "a", "p. 1", True), ("see", "b", "p. 3", False)]),
        ("-@a [p. 1]", [("", "a", "p. 1", False)]),
        ("[@a, Table 1 [left]]", [("", "a", "Table 1 [left]", False)]),
        ("[@a, pp. 1-2, 5]", [("", "a", "pp. 1-2, 5", False)]),
        ("[@{a}, x] [@b{p. 3}]", [("", "a", "x", False), ("", "b", "p. 3", False)]),
        ("[见@a，§3；@b]", [("见", "a", "§3", False), ("", "b", "", False)]),
        ("[see [@a]]", [("", "a", "", False)]),
        ("[@a: §3] [@b：第3节]", [("", "a", "§3", False), ("", "b", "第3节", False)]),
        ("[@a, `edit_cli.py`]", [("", "a", "`edit_cli.py`", False)]),
        ("- x\n\n    y [@a]\n\n        z [@b]", [("", "a", "", False)]),
    ],
)
def test_forms(text: str, found: list[tuple[str, str, str, bool]]) -> None:
    assert [(one.prefix, one.key, one.locator, one.in_text) for one in find(text)] == found
    assert not unread(text)


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("x\n(@a)", "a", "outside square brackets"),
        ("x\nso @nobody2099 says", "nobody2099", "outside square brackets"),
        ("x\n[@a, §3", "a", "not closed"),
        ("x\n[see @a and @b]", "b", "second key"),
        ("x\n[＠a]", "a", "full-width"),
        ("x\n如图＠a", "a", "full-width"),
        ("x\n[@a, Table [@b]]", "b", "inside another"),
        ("x\n\n[@a]: foo", "a", "defines a link"),
        ("x\n```\n[@a]", "", "never closed"),
    ],
)
def test_what_looks_like_one_is_told(text: str, key: str, said: str) -> None:
    (one,) = (one for one in unread(text) if one.likely)
    assert one.key == key and said in one.what and one.line in (2, 3)


@pytest.mark.parametrize(
    "text",
    [
        "me@a.org",
        "[me@a.org](mailto:me@a.org)",
        "https://x.org/@a and medium.com/@b",
        "`@a` and ``[see @a]``",
        "Code:\n\n    @a\n    [@b]\n\nend",
        "Code:\n\n\t[see @a]",
        "```py\n@cache\n```",
        "<!-- [@a] @b -->",
        r"\@a \[@a] \[-@a]",
        '[x](y.md "@t")',
        "{{ f('@a') }}",
        "@@ -1,3 +1,3 @@",
        "2 @ 3",
    ],
)
def test_what_is_none_is_left_alone(text: str) -> None:
    assert not find(text)
    assert not list(faults_in(text, {"known2020"}, ()))


def test_a_known_key_inside_a_word_or_link_is_told() -> None:
    assert [fault.line for fault in faults_in("so@ada [@ada](x.md)", {"ada"}, ())] == [1, 1]


def test_check_names_file_and_line(project: Project) -> None:
    question = FILES["catalog/questions/how.md"] + "\n(@ada1843) and [see @nobody2099, p. 4]\n"
    with pytest.raises(CatalogError) as caught:
        load(project(**{"catalog/questions/how.md": question}))
    assert [(one.line, one.what[:15]) for one in caught.value.problems] == [
        (11, "`@ada1843` stan"),
        (11, "`@nobody2099` i"),
    ]


def test_pages_in_docs_are_checked_too(project: Project) -> None:
    page = "---\ntitle: X\n---\n\n# X\n\nSo @ada1843 says <a title='@x'>it</a> [@nobody].\n"
    found = list(problems_in_docs(load(project(**{"docs/guides/x.md": page}))))
    assert {(one.file, one.line) for one in found} == {("docs/guides/x.md", 7)} and len(found) == 2


LINES = [
    "text @", "- item @", "1. num @", "    text @", "        deep @", "    - nested @", "  two @", '!!! note "n"',
    "# head @", "> quote @", "```\ncode @\n```", "three `c @` x", "\ttab @",
]  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=7))
def test_code_is_what_the_site_builder_takes_for_code(lines: list[str]) -> None:
    text = "\n\n".join(line.replace("@", f"@{number}") for number, line in enumerate(lines))
    extensions = ["admonition", "attr_list", "def_list", "footnotes", "tables", "pymdownx.superfences"]
    page = html.fromstring(f"<div>{python_markdown.markdown(text, extensions=extensions)}</div>")
    theirs = {key for code in page.iter("code", "pre") for key in re.findall(r"@(\d+)", code.text_content())}
    spans = code_spans(text)
    ours = {m[1] for m in re.finditer(r"@(\d+)", text) if any(one.start <= m.start() < one.end for one in spans)}
    assert ours == theirs


def test_no_text_takes_long() -> None:
    """Each would be slow if brackets were compared with one another; the suite's own time is the measure."""
    for text in (
        "[@a]" * 5000,
        "@a " * 5000,
        "[" * 20000 + "@a" + "]" * 20000,
        "{{" * 20000 + "@",
        "<!--" * 20000 + "@a",
    ):
        assert len(find(text)) <= 5000
