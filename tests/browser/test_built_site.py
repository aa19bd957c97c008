"""The exhibits where readers meet them: on the pages that were built, below a sub-path, under the pages' own policy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from browser.conftest import PHONE, give_up
from playwright.sync_api import Locator, Page, expect

from seamline.plugins import EXHIBITS

Open = Callable[..., Page]
KINDS = [name.replace("_", "-") for name in EXHIBITS.all]
MOVED_BY = {
    "before-after": "slider",
    "denoising": "slider",
    "guidance-grid": "radio",
    "attention": "radio",
    "seeds": "radio",
}


def pages_with(built_site: Path, kind: str) -> list[str]:
    """Addresses below the site's root of the pages that show an exhibit, answers first."""
    pages = [path for path in sorted(built_site.rglob("*.html")) if f'data-sl="{kind}"' in path.read_text("utf-8")]
    pages.sort(key=lambda path: "questions" not in path.parts)
    return [path.parent.relative_to(built_site).as_posix() + "/" for path in pages]


def open_exhibit(open_page: Open, site: str, built_site: Path, kind: str, **options: object) -> Locator:
    found = pages_with(built_site, kind)
    if not found:
        give_up(f"no built page shows the exhibit {kind}: run `seamline samples` and `seamline render` first")
    page = open_page(site + found[0], **options)
    page.wait_for_load_state("networkidle")
    shown = page.locator(f'[data-sl="{kind}"]').first
    shown.scroll_into_view_if_needed()
    return shown


@pytest.mark.parametrize("kind", KINDS)
def test_it_works_on_a_phone(open_page: Open, site: str, built_site: Path, kind: str) -> None:
    shown = open_exhibit(open_page, site, built_site, kind, viewport=PHONE, has_touch=True, is_mobile=True)
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for picture in shown.locator("img:visible").all()[:6]:
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("e => e.naturalWidth") > 0


@pytest.mark.parametrize("kind", MOVED_BY)
def test_its_control_answers_to_the_keyboard(open_page: Open, site: str, built_site: Path, kind: str) -> None:
    shown = open_exhibit(open_page, site, built_site, kind)
    before = state(shown, kind)
    control = shown.locator("input[type=range]" if MOVED_BY[kind] == "slider" else "input:checked")
    control.focus()
    shown.page.keyboard.press("ArrowRight")
    shown.page.keyboard.press("ArrowLeft")
    assert state(shown, kind) == before
    keys = ("Home", "End") if MOVED_BY[kind] == "slider" else ("ArrowRight", "ArrowDown", "ArrowLeft")
    seen = []
    for key in keys:
        shown.page.keyboard.press(key)
        seen.append(state(shown, kind))
    assert set(seen) != {before}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_whole_without_scripts(open_page: Open, site: str, built_site: Path, kind: str) -> None:
    shown = open_exhibit(open_page, site, built_site, kind, java_script_enabled=False)
    assert shown.locator("img:visible").count() >= 2
    expect(shown.locator("input:visible")).to_have_count(0)


def test_dark_mode_follows_the_system(open_page: Open, site: str, built_site: Path) -> None:
    shown = open_exhibit(open_page, site, built_site, "before-after", color_scheme="dark")
    colour = shown.evaluate("e => getComputedStyle(e).backgroundColor")
    assert max(map(int, colour.removeprefix("rgb(").rstrip(")").split(","))) < 64


def state(shown: Locator, kind: str) -> str:
    """What the exhibit shows large."""
    if kind == "before-after":
        return str(shown.locator(".sl-compare").evaluate("e => e.style.getPropertyValue('--at')"))
    pictures_and_words = "e => [...e.querySelectorAll('img')].map(i => i.src).join(' ') + e.textContent"
    return str(shown.locator(".sl-stage").evaluate(pictures_and_words))
