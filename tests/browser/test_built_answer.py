"""The answer as a reader meets it: every exhibit on one built page, worked by pointer, finger and keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from browser.conftest import DESK, PHONE, give_up
from playwright.sync_api import Browser, Locator, Page, expect

from seamline.plugins import EXHIBITS
from tools.web_audit.page_audit import MOST_BYTES, MOST_SCRIPT_BYTES, weigh
from tools.web_audit.static_server import served as served_compressed

Open = Callable[..., Page]
KINDS = [name.replace("_", "-") for name in EXHIBITS.all]
CHOSEN_BY = {
    "denoising": "[data-sl-option]",
    "guidance-grid": "td .sl-option",
    "attention": ".sl-word",
    "seeds": ".sl-option:has(input)",
    "turn-the-lamp": "[data-sl-option]",
    "photo-swap": "[data-sl-option]",
    "mask-to-matte": "[data-sl-option]",
}
"""What a reader points at, where pictures or words can be picked."""

SLID = {"before-after", "from-everywhere"}
"""What has a slider, and nothing to pick."""

TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
DARK_BELOW = 64


PAGES = ("questions/seamless-face-swap/", "samples/swap-left/")
"""The written answer, and the sample that shows what else the curious may want."""


@pytest.fixture(scope="module", params=PAGES)
def answer(built_site: Path, request: pytest.FixtureRequest) -> str:
    """Path of a page below the site's root; of the two, each exhibit is on one at least."""
    shown = {kind for page in PAGES for kind in kinds_in(built_site / page / "index.html")}
    if shown != {*KINDS}:
        give_up(f"{', '.join({*KINDS} - shown)}: on neither page; run `seamline samples` and `seamline render` first")
    return str(request.param)


def kinds_in(page: Path) -> list[str]:
    written = page.read_text("utf-8")
    return [kind for kind in KINDS if f'data-sl="{kind}"' in written]


def kinds_on(page: Page) -> list[str]:
    """Kinds of the exhibits on an open page."""
    return [kind for kind in KINDS if page.locator(f'[data-sl="{kind}"]').count()]


def exhibit(page: Page, kind: str) -> Locator:
    found = page.locator(f'[data-sl="{kind}"]').first
    found.scroll_into_view_if_needed()
    return found


def stage(page: Page, kind: str) -> str:
    """What the exhibit shows large: pictures and words."""
    shown = exhibit(page, kind).locator(".sl-stage:visible")
    return str(shown.evaluate("e => [...e.querySelectorAll('img')].map(i => i.src).join(' ') + e.textContent"))


@pytest.mark.parametrize("way", ["pointer", "finger"])
def test_what_can_be_picked_is_shown_large(open_page: Open, site: str, answer: str, way: str) -> None:
    page = open_page(site + answer, **(TOUCH if way == "finger" else {}))
    for kind in [kind for kind in kinds_on(page) if kind in CHOSEN_BY]:
        options = CHOSEN_BY[kind]
        before = stage(page, kind)
        pick = exhibit(page, kind).locator(f"{options}:visible")
        for place in (0, pick.count() - 1):
            (pick.nth(place).tap if way == "finger" else pick.nth(place).click)()
            if stage(page, kind) != before:
                break
        assert stage(page, kind) != before, kind


@pytest.mark.parametrize("way", ["pointer", "finger"])
def test_the_divider_goes_where_it_is_put(open_page: Open, site: str, way: str) -> None:
    page = open_page(site + "samples/swap-left/", **(TOUCH if way == "finger" else {}))
    frame = exhibit(page, "before-after").locator(".sl-compare")
    box = frame.locator("img").first.bounding_box()
    assert box
    across, down = box["x"] + 0.75 * box["width"], box["y"] + box["height"] / 2
    if way == "finger":
        page.touchscreen.tap(across, down)
    else:
        page.mouse.click(across, down)
    assert float(frame.evaluate("e => e.style.getPropertyValue('--at')")) == pytest.approx(0.75, abs=0.05)


def test_the_keyboard_alone_reaches_every_control(open_page: Open, site: str, answer: str) -> None:
    page = open_page(site + answer)
    here = kinds_on(page)
    wanted = {kind for kind in here if exhibit(page, kind).locator("input").count()}
    assert wanted == {*SLID, *CHOSEN_BY} & {*here}
    page.evaluate("window.scrollTo(0, 0)")
    reached: set[str] = set()
    for _ in range(400):
        page.keyboard.press("Tab")
        where = page.evaluate(
            "document.activeElement.matches('input') && document.activeElement.closest('[data-sl]')?.dataset.sl"
        )
        reached.add(str(where))
        if wanted <= reached:
            return
    raise AssertionError(wanted - reached)


def test_at_360_px_without_scripts_nothing_is_lost_or_dead(open_page: Open, site: str, answer: str) -> None:
    page = open_page(site + answer, viewport=PHONE, java_script_enabled=False)
    for kind in kinds_on(page):
        assert exhibit(page, kind).locator("img:visible").count() >= 2, kind
    expect(page.locator(".sl-exhibit input:visible")).to_have_count(0)
    if "attention" not in kinds_on(page):
        return
    words = exhibit(page, "attention").locator(".sl-word span").all_text_contents()
    maps = exhibit(page, "attention").locator(".sl-still .sl-blend:visible")
    expect(maps).to_have_count(len(words))


def test_in_the_dark_on_a_phone_every_exhibit_is_dark(open_page: Open, site: str, answer: str) -> None:
    page = open_page(site + answer, **TOUCH, color_scheme="dark")
    for kind in kinds_on(page):
        paper = exhibit(page, kind).evaluate("e => getComputedStyle(e).backgroundColor")
        ink = exhibit(page, kind).evaluate("e => getComputedStyle(e).color")
        assert max(map(int, re.findall(r"\d+", paper)[:3])) < DARK_BELOW, kind
        assert min(map(int, re.findall(r"\d+", ink)[:3])) > 255 - DARK_BELOW, kind


def test_nothing_moves_for_those_who_asked_for_stillness(open_page: Open, site: str, answer: str) -> None:
    page = open_page(site + answer, reduced_motion="reduce")
    longest = page.evaluate(
        """() => Math.max(...[...document.querySelectorAll('.md-content *')].map((element) =>
          Math.max(...getComputedStyle(element).transitionDuration.split(',').map(parseFloat))))"""
    )
    assert longest < 0.001


def test_paper_gets_pictures_and_no_controls(open_page: Open, site: str, answer: str) -> None:
    page = open_page(site + answer)
    page.emulate_media(media="print")
    expect(page.locator(".sl-exhibit input:visible")).to_have_count(0)
    for kind in kinds_on(page):
        assert page.locator(f'[data-sl="{kind}"]').first.locator("img:visible").count() >= 2, kind


def test_the_first_paint_waits_for_one_stylesheet_and_no_script(built_site: Path) -> None:
    pages = [page for page in built_site.rglob("index.html") if not page.is_relative_to(built_site / "runs")]
    assert pages
    for page in pages:
        html = page.read_text(encoding="utf-8")
        assert html.count('rel="stylesheet"') == 1, page
        assert not re.search(r"<script src=(?![^>]* (?:defer|async))", html), page


def test_what_is_far_away_waits_for_a_first_move_and_not_on_paper(open_page: Open, site: str, answer: str) -> None:
    page = open_page(site + answer, **TOUCH)
    page.wait_for_load_state("networkidle")
    far = page.locator(".sl-exhibit").last
    expect(far).to_have_css("content-visibility", "auto")
    page.emulate_media(media="print")
    expect(far).to_have_css("content-visibility", "visible")
    page.emulate_media(media="screen")
    page.mouse.wheel(0, 10)
    expect(page.locator(".sl-exhibit:not(.sl-settled)")).to_have_count(0)
    expect(far).to_have_css("content-visibility", "visible")


NO_ANCHORS = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { overflow-anchor: none }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
"""A `<style>` would do it, but the page's own policy refuses one."""


def test_a_jump_arrives_even_where_browsers_keep_no_place(browser: Browser, site: str) -> None:
    # Safari knows no scroll anchoring; Chromium can be told to do without.
    page = browser.new_page(viewport=DESK)
    page.add_init_script("CSS.supports = () => false")
    page.goto(site + PAGES[0])
    page.evaluate(NO_ANCHORS)
    page.wait_for_load_state("networkidle")
    expect(page.locator(".sl-exhibit.sl-settled")).to_have_count(0)
    page.evaluate("location.hash = 'what-the-sources-do-not-say'")
    expect(page.locator(".sl-exhibit:not(.sl-settled)")).to_have_count(0)
    expect(page.locator("#what-the-sources-do-not-say")).to_be_in_viewport()
    page.close()


def test_without_scripts_nothing_waits(browser: Browser, site: str, answer: str) -> None:
    page = browser.new_page(java_script_enabled=False, viewport=PHONE)
    page.goto(site + answer)
    expect(page.locator(".sl-exhibit").last).to_have_css("content-visibility", "visible")
    page.close()


def test_a_table_that_scrolls_can_be_reached_and_has_a_name(open_page: Open, site: str) -> None:
    page = open_page(site + "benchmarks/", viewport=PHONE)
    wide = page.get_by_role("region", name=re.compile("^Table "))
    expect(wide.first).to_be_attached()
    for box in wide.all():
        assert box.get_attribute("tabindex") == "0"
        assert box.evaluate("(box) => box.scrollWidth > box.clientWidth")
    page.set_viewport_size({"width": 1900, "height": 900})
    expect(wide).to_have_count(0)


@pytest.mark.parametrize("width", [360, 768, 1440, 3840])
def test_the_page_is_never_wider_than_its_window(open_page: Open, site: str, answer: str, width: int) -> None:
    page = open_page(site + answer, viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_layout_never_shifts(open_page: Open, site: str, answer: str) -> None:
    page = open_page(site + answer, **TOUCH)
    page.wait_for_load_state("networkidle")
    for _ in range(page.evaluate("Math.ceil(document.body.scrollHeight / 700)")):
        page.evaluate("window.scrollBy(0, 700)")
    page.wait_for_load_state("networkidle")
    shifts = page.evaluate(
        """() => new Promise((resolve) => {
          const found = [];
          new PerformanceObserver((list) => list.getEntries().forEach((entry) => found.push({
            by: entry.value,
            of: entry.sources.map((source) => source.node?.className || source.node?.nodeName),
          }))).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve(found), 300);
        })"""
    )
    assert sum(shift["by"] for shift in shifts) < 0.001, shifts


def test_all_it_takes_to_read_weighs_little(browser: Browser, built_site: Path, answer: str) -> None:
    with served_compressed(built_site) as address:
        assert 50_000 < weigh(browser, address + answer) < MOST_BYTES
    ours = sum(path.stat().st_size for path in built_site.glob("assets/*.js"))
    assert 0 < ours < MOST_SCRIPT_BYTES


def test_its_policy_lets_no_foreign_and_no_written_in_script_run(open_page: Open, site: str, answer: str) -> None:
    page = open_page(site + answer)
    policy = page.locator('meta[http-equiv="Content-Security-Policy"]').get_attribute("content") or ""
    directives = {name: rest for name, _, rest in (part.strip().partition(" ") for part in policy.split(";"))}
    assert directives["default-src"] == "'self'"
    assert all(re.fullmatch(r"'self'|'sha256-[\w+/=]+'", source) for source in directives["script-src"].split())
    handlers = page.evaluate(
        "[...document.querySelectorAll('*')].flatMap((e) => e.getAttributeNames()).filter((n) => n.startsWith('on'))"
    )
    assert handlers == []
