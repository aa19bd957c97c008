"""The live editor's place on a page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from seamline.pages import SiteData, load_site_data
from seamline.pages.prose.live_editor import live_editor

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site() -> SiteData:
    return load_site_data(ROOT)


@pytest.mark.parametrize(("page", "base"), [("try-it/index.md", "../live/"), ("questions/a/index.md", "../../live/")])
def test_it_finds_its_files_from_any_page(site: SiteData, page: str, base: str) -> None:
    shown = html.fragment_fromstring(live_editor(site, page, opened=False), create_parent="div")
    (section,), (script,) = shown.xpath("//section"), shown.xpath("//script")
    assert section.get("data-sl-live") == base
    assert script.get("src") == f"{base}start.js" and script.get("type") == "module"
    assert "data-sl-open" not in section.attrib


def test_it_says_which_model_runs_and_that_it_edits(site: SiteData) -> None:
    shown = live_editor(site, "try-it/index.md", opened=True)
    assert "Seamline mini editor" in shown and "not timbrooks/instruct-pix2pix" in shown and "AI-edited" in shown
    assert " data-sl-open" in shown


def test_an_answer_loads_no_more_than_one_small_script_before_a_press(site: SiteData) -> None:
    shown = live_editor(site, "questions/a/index.md", opened=False)
    assert "<img" not in shown and shown.count("<script") == 1
    assert len(shown.encode()) < 1500
    assert (ROOT / "scripts/seamline/live/browser/start.js").stat().st_size < 2000


def test_without_an_export_the_page_says_what_to_do(site: SiteData) -> None:
    shown = live_editor(replace(site, live=None), "try-it/index.md", opened=True)
    assert "seamline live" in shown and "<script" not in shown
