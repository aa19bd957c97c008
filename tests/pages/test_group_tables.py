"""The heat tables of groups: every figure with its n and nothing done beside it, cells that open edits of the set."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from seamline.charts.group_table import group_tables, pair_figure
from seamline.charts.group_words import GRID, OUTCOMES, PLAIN, apart_words, harder_words, said
from seamline.errors import CatalogError
from seamline.measures.standing import GROUPS
from seamline.pages.prose.group_macros import group_macros

ROOT = Path(__file__).parents[2]


@cache
def record() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / GROUPS).read_bytes())
    return found


@cache
def tables() -> html.HtmlElement:
    return html.fromstring(group_tables(record(), "../"))


def test_markdown_leaves_it_alone_and_a_strict_policy_allows_it() -> None:
    text = group_tables(record(), "../")
    assert not re.search(r"\n\s*\n|\n ", text)
    assert "style=" not in text
    assert "<script" not in text and not re.search(r"\son\w+=", text)
    assert "Not measured yet" in group_tables(None, "../")


def test_each_group_is_a_row_with_n_intervals_and_nothing_done() -> None:
    for name in (PLAIN, GRID):
        (found,) = tables().xpath(f'.//div[@data-set="{name}"]')
        rows = found.xpath('.//tbody/tr[th[@scope="row"]]')
        groups = [figures for by in record()["sets"][name]["groups"].values() for figures in by.values()]
        assert len(rows) == 1 + len(groups)
        for row, figures in zip(rows[1:], groups, strict=True):
            n, *cells = row.xpath("./td")
            assert n.text == str(figures["psnr_face"]["edit"]["n"])
            assert len(cells) == len(OUTCOMES) == len(row.xpath(".//details"))
            for cell, outcome in zip(cells, OUTCOMES, strict=True):
                words = " ".join(cell.text_content().split())
                way = figures[outcome]
                scale, digits = (100, 0) if way["edit"]["kind"] == "share" else (1, 1)
                for value in (way["edit"]["value"], way["edit"]["low"], way["edit"]["high"], way["no_edit"]["value"]):
                    assert f"{scale * value:.{digits}f}" in words


def test_cells_open_edits_that_lie_on_the_sheet_and_say_what_went_wrong() -> None:
    symbols = set(tables().xpath(".//symbol/@id"))
    uses = tables().xpath(".//use/@href")
    assert uses and {use.removeprefix("#") for use in uses} <= symbols
    assert len(symbols) == sum(len(record()["shown"][name]["places"]) for name in (PLAIN, GRID))
    for name in (PLAIN, GRID):
        shown = record()["shown"][name]
        for box in tables().xpath(f'.//div[@data-set="{name}"]//symbol/@viewBox'):
            left, top, width, height = map(int, box.split())
            assert left + width <= shown["width"] and top + height <= shown["height"]
        cells = shown["cells"]
        for by_value in cells.values():
            for by_outcome in by_value.values():
                for outcome, places in by_outcome.items():
                    right = [record()["rows"][name][place]["right"].get(outcome) for place in places]
                    assert places and right == sorted(right, key=bool), "what went wrong comes first"
    assert any("wrong: " in item.text_content() for item in tables().xpath(".//li"))


def test_it_ends_in_sentences_with_the_figures() -> None:
    words = tables().xpath('.//p[@class="sl-groups__end"]')[0].text_content()
    assert words == harder_words(record())
    for name in (GRID, PLAIN):
        assert f"{100 * record()['sets'][name]['all']['attributes']['edit']['value']:.0f}\N{NO-BREAK SPACE}%" in words
    if not record()["sets"][GRID]["apart"]:
        assert apart_words(record(), GRID).startswith("No group stands apart")
        return
    one = record()["sets"][GRID]["apart"][0]
    assert f"{one['wrong']} of {one['n']} edits, elsewhere in {one['rest_wrong']} of {one['rest_n']}" in apart_words(
        record(), GRID
    )
    assert f"Holm's correction over {one['tests']} tests" in apart_words(record(), GRID)


def test_without_a_group_apart_the_words_say_so() -> None:
    sets = {**record()["sets"], GRID: {**record()["sets"][GRID], "apart": []}}
    assert apart_words({**record(), "sets": sets}, GRID).startswith("No group stands apart")


def test_macros_format_shares_and_refuse_an_unknown_set() -> None:
    printed: list[str] = []

    def of_record(name: str) -> Any:
        printed.append(name)
        return record()

    macros = group_macros("questions/x.md", of_record)
    share = record()["sets"][GRID]["all"]["light"]["edit"]["low"]
    assert macros["groups"]("sets.systematic.all.light.edit.low") == f"{100 * share:.0f}\N{NO-BREAK SPACE}%"
    assert macros["groups"]("facts.edits") == str(record()["facts"]["edits"])
    assert set(printed) == {"groups"}
    with pytest.raises(CatalogError, match="no set"):
        said(record(), "systematik")
    assert said(None) == ""


def test_the_pair_is_one_person_wrong_in_the_grid_and_right_in_the_other() -> None:
    place = record()["shown"]["pair"]["place"]
    grid, plain = (record()["rows"][name][place] for name in (GRID, PLAIN))
    assert grid["seed"] == plain["seed"]
    assert (grid["right"]["attributes"], plain["right"]["attributes"]) == (False, True)
    figure = html.fromstring(pair_figure(record(), "../../"))
    assert [one.text for one in figure.xpath(".//q")] == [plain["instruction"], grid["instruction"]]
    assert pair_figure(None, "") == ""
