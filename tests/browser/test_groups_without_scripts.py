"""The heat tables of groups without scripts, under a strict policy, by keyboard and on paper."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator

import pytest
from browser.conftest import PHONE
from browser.harness import ICON, ROOT
from browser.serving import served
from playwright.sync_api import Page, expect

from seamline.charts.group_table import group_tables
from seamline.measures.standing import GROUPS

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Groups</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'self'">
<link rel="icon" href="assets/icon.svg"><link rel="stylesheet" href="assets/charts.css"></head>
<body class="md-typeset"><main>
{tables}
</main></body></html>
"""


@pytest.fixture(scope="module")
def groups_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("groups")
    shutil.copytree(ROOT / "docs/assets/groups", folder / "assets/groups")
    shutil.copy(ROOT / "scripts/seamline/site/assets/charts.css", folder / "assets")
    (folder / "assets/icon.svg").write_text(ICON, encoding="utf-8")
    record = json.loads((ROOT / GROUPS).read_bytes())
    (folder / "index.html").write_text(PAGE.format(tables=group_tables(record, "")), encoding="utf-8")
    with served(folder) as address:
        yield address


def test_switch_cells_keyboard_and_paper_without_scripts(open_page: Callable[..., Page], groups_page: str) -> None:
    page = open_page(groups_page, java_script_enabled=False)
    grid, plain = (page.locator(f'[data-set="{name}"]') for name in ("systematic", "demographic"))
    expect(grid).to_be_visible()
    expect(plain).to_be_hidden()
    cell = grid.locator("td details").first
    cell.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(cell.locator("svg").first).to_be_visible()
    box = cell.locator("use").first.bounding_box()
    assert box and box["width"] > 100
    # One cell is open at a time, so that the table stays a table.
    grid.locator("td summary").nth(1).click()
    expect(cell.locator("svg").first).to_be_hidden()
    page.get_by_role("radio", name="Systematic").focus()
    page.keyboard.press("ArrowLeft")
    expect(plain).to_be_visible()
    expect(grid).to_be_hidden()
    page.emulate_media(media="print")
    expect(grid).to_be_visible()
    expect(plain).to_be_visible()
    expect(page.get_by_role("radio").first).to_be_hidden()


def test_a_phone_scrolls_the_table_and_not_the_page(open_page: Callable[..., Page], groups_page: str) -> None:
    page = open_page(groups_page, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator('[data-set="systematic"] [role="region"]').evaluate("one => one.scrollWidth > one.clientWidth")
