"""The lamp's turn, the change of photos and the two upbringings, driven as readers drive them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser.conftest import DESK, PHONE
from browser.test_exhibits import exhibit, shown
from exhibits.fake_run import LAMPS, MOMENTS
from playwright.sync_api import Locator, Page, expect

Open = Callable[..., Page]
CHOOSERS = ("turn-the-lamp", "photo-swap")
ALL = (*CHOOSERS, "two-upbringings")
FILES = {
    "turn-the-lamp": [f"lamp-at-{azimuth:g}-edited" for azimuth in LAMPS],
    "photo-swap": [f"photo-swapped-after-{after}" for after in MOMENTS],
}
WORDS = {
    "turn-the-lamp": ["Lamp 75° to the left", "Lamp beside the camera", "Lamp 75° to the right"],
    "photo-swap": ["The second photo at every step", "Changed after 10 of 20 steps", "The first photo at every step"],
}
FIRST = {"turn-the-lamp": 0, "photo-swap": 1}
"""The option that is shown before anything is touched."""

each_chooser = pytest.mark.parametrize("name", CHOOSERS)


def slider(page: Page, name: str) -> Locator:
    return exhibit(page, name).get_by_role("slider")


def marker(page: Page, name: str) -> float:
    """Where the chart's marker stands, from left to right."""
    box = exhibit(page, name).locator('.sl-plot [data-sl-slot="mark"] line').bounding_box()
    assert box
    return box["x"]


def check(page: Page, name: str, at: int) -> None:
    """Every part of the stage shows the option at a place."""
    expect(shown(page, name, "edited")).to_have_attribute("src", re.compile(re.escape(FILES[name][at])))
    expect(shown(page, name, "said")).to_contain_text(WORDS[name][at])
    expect(slider(page, name)).to_have_value(str(at))
    expect(slider(page, name)).to_have_attribute("aria-valuetext", re.compile(WORDS[name][at]))
    expect(exhibit(page, name).locator("[aria-current]")).to_have_count(1)
    expect(exhibit(page, name).locator("[data-sl-option]").nth(at)).to_have_attribute("aria-current", "step")


@each_chooser
def test_stage_strip_and_slider_agree_before_anything_is_touched(name: str, open_page: Open, harness: str) -> None:
    check(open_page(harness), name, FIRST[name])


@each_chooser
def test_by_arrow_keys_the_marker_moves_along(name: str, open_page: Open, harness: str) -> None:
    page = open_page(harness)
    slider(page, name).focus()
    page.keyboard.press("Home")
    places = []
    for at in range(3):
        check(page, name, at)
        places.append(marker(page, name))
        page.keyboard.press("ArrowRight")
    assert places[0] < places[1] < places[2]
    assert places[1] - places[0] == pytest.approx(places[2] - places[1], abs=2), "as the settings lie"
    page.keyboard.press("ArrowLeft")
    check(page, name, 1)
    assert marker(page, name) == pytest.approx(places[1], abs=0.5)


@each_chooser
@pytest.mark.parametrize("way", ["pointer", "touch"])
def test_by_pointer_and_touch_on_the_strip(name: str, way: str, open_page: Open, harness: str) -> None:
    touch = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    page = open_page(harness, **(touch if way == "touch" else {"viewport": DESK}))
    option = exhibit(page, name).locator("[data-sl-option]").nth(2)
    option.scroll_into_view_if_needed()
    before = marker(page, name)
    option.tap() if way == "touch" else option.click()
    check(page, name, 2)
    assert marker(page, name) > before + 4


@each_chooser
def test_by_pointer_on_the_slider(name: str, open_page: Open, harness: str) -> None:
    page = open_page(harness)
    box = slider(page, name).bounding_box()
    assert box
    slider(page, name).click(position={"x": box["width"] - 4, "y": box["height"] / 2})
    check(page, name, 2)


def test_the_lamp_changes_photo_and_faces_along(open_page: Open, harness: str) -> None:
    page = open_page(harness)
    slider(page, "turn-the-lamp").focus()
    page.keyboard.press("End")
    expect(shown(page, "turn-the-lamp", "before")).to_have_attribute("src", re.compile("lamp-at-75-input"))
    faces = shown(page, "turn-the-lamp", "faces")
    for way in ("paste", "truth", "edited"):
        expect(faces.locator(f".sl-lit--{way}")).to_be_visible()
    assert faces.locator("image, img").evaluate_all(
        "all => all.every((one) => (one.getAttribute('href') ?? one.getAttribute('src')).includes('lamp-at-75'))"
    )


@pytest.mark.parametrize("way", ["hover", "focus", "click"])
@each_chooser
def test_words_in_the_text_set_the_figure(name: str, way: str, open_page: Open, harness: str) -> None:
    page = open_page(harness + "words.html")
    words = page.locator(f'a.sl-shows[href^="#sl-{name}"]')
    before = marker(page, name)
    at = 2
    assert FIRST[name] != at
    getattr(words, way)()
    check(page, name, at)
    assert marker(page, name) > before + 4
    if way == "click":
        assert page.url.endswith(words.get_attribute("href") or "?")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("viewport", [{"width": 360, "height": 740}, DESK], ids=["phone", "desk"])
def test_without_scripts_all_options_are_there_and_no_control(
    name: str, viewport: dict[str, int], open_page: Open, harness: str
) -> None:
    page = open_page(harness, java_script_enabled=False, viewport=viewport)
    figure = exhibit(page, name)
    expect(figure.locator("input:visible")).to_have_count(0)
    for at, words in enumerate(WORDS.get(name, ())):
        option = figure.locator("[data-sl-option]").nth(at)
        expect(option.get_by_text(words)).to_be_visible()
        expect(option.locator("img:visible").first).to_have_attribute("src", re.compile(FILES[name][at]))
    if name == "two-upbringings":
        expect(figure.get_by_text("Trained on pairs that agree", exact=True)).to_be_visible()
        expect(figure.get_by_text("Trained on pairs that differ", exact=True)).to_be_visible()
        assert figure.locator("img:visible").count() == 7


def test_without_scripts_words_lead_to_the_figure(open_page: Open, harness: str) -> None:
    page = open_page(harness + "words.html", java_script_enabled=False)
    page.locator("a.sl-shows").last.click()
    top = exhibit(page, "photo-swap").bounding_box()
    assert top and abs(top["y"]) < 200


@pytest.mark.parametrize("name", ALL)
def test_paper_gets_all_options_and_the_credit_unfolded(name: str, open_page: Open, harness: str) -> None:
    page = open_page(harness)
    credit = exhibit(page, name).locator("details.sl-credit > p")
    expect(credit).not_to_be_visible()
    page.emulate_media(media="print")
    expect(credit).to_be_visible()
    expect(exhibit(page, name).locator("input:visible")).to_have_count(0)
    for words in WORDS.get(name, ()):
        expect(exhibit(page, name).locator(".sl-strip").get_by_text(words)).to_be_visible()


@pytest.mark.parametrize("name", ALL)
def test_on_a_phone_nothing_scrolls_sideways(name: str, open_page: Open, harness: str) -> None:
    page = open_page(harness, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    box = exhibit(page, name).bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360


CONTRAST = """(selector) => {
  const linear = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const over = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((one) => linear(one / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  return [...document.querySelectorAll(`${selector} *`)].filter((one) =>
    one.checkVisibility() && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
  ).map((one) => {
    const papers = [];
    for (let at = one; at; at = at.parentElement) papers.unshift(getComputedStyle(at).backgroundColor);
    const style = getComputedStyle(one);
    const ink = one.closest('svg') ? style.fill : style.color;
    const [first, second] = [over([...papers, ink]), over(papers)];
    return [(Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05), one.textContent.trim().slice(0, 40)];
  }).filter(([ratio]) => ratio < 4.5);
}"""
"""Texts whose contrast with what lies behind them is below 4.5 (WCAG 2.2, 1.4.3), with it."""


@pytest.mark.parametrize("path", ["", "dark.html"], ids=["light", "dark"])
@pytest.mark.parametrize("name", ALL)
def test_words_stand_out_in_both_schemes(name: str, path: str, open_page: Open, harness: str) -> None:
    page = open_page(harness + path, bypass_csp=True)
    assert page.evaluate(CONTRAST, f'[data-sl="{name}"]') == []
