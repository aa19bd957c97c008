"""Citations are found where a reader would see one, and nowhere else."""

from __future__ import annotations

import pytest

from seamline.catalog.citations.grammar import find


def keys(markdown: str) -> list[str]:
    return [citation.key for citation in find(markdown)]


def test_keys_locators_lines_and_spans() -> None:
    text = "First.\n\nIt does [@brooks2023, §3.2.1; @brooks2023-code,\nREADME] so [@liu2025]."
    found = find(text)
    assert [(one.key, one.locator, one.line) for one in found] == [
        ("brooks2023", "§3.2.1", 3),
        ("brooks2023-code", "README", 3),
        ("liu2025", "", 4),
    ]
    assert found[0].start == found[1].start
    assert text[found[0].start : found[0].end] == "[@brooks2023, §3.2.1; @brooks2023-code,\nREADME]"
    assert text[found[2].start : found[2].end] == "[@liu2025]"


@pytest.mark.parametrize(
    "text",
    [
        "`[@a]`",
        "``x ` [@a]``",
        "```\n[@a]\n```",
        "~~~ md\n[@a]\n~~~~",
        "    ```py\n    [@a]\n    ```",
        "```\n[@a] unclosed",
        "<!-- [@a] -->",
        r"\[@a]",
        "[@a](https://example.org)",
        "me@a.org",
        "[a]",
        "@a",
    ],
)
def test_what_is_none(text: str) -> None:
    assert keys(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a ` b [@a] ` c", []),
        ("a ` b\n\n[@a] ` c", ["a"]),
        ("```\nx\n```\n[@a]", ["a"]),
        ("[@a §3]", ["a"]),
        ("[@]", [""]),
        ("[@a;]", ["a", ""]),
        ("[@a; b]", ["a", ""]),
        ("[@A_b:c]", ["A_b:c"]),
        ("[@a, p. 3, *x*]", ["a"]),
        ("[@a\n\n]", []),
        ("| [@a] | [@b] |", ["a", "b"]),
        ("[@a][@b]", ["a", "b"]),
    ],
)
def test_edges(text: str, found: list[str]) -> None:
    assert keys(text) == found
