"""Views from a row of cameras, driven as readers drive them: a slider, a swing, and where a pixel lives."""

from __future__ import annotations

from collections.abc import Callable

from browser.conftest import DESK, PHONE
from browser.test_exhibits import exhibit
from playwright.sync_api import Locator, Page, expect

Open = Callable[..., Page]
NAME = "from-everywhere"
CALM = {"viewport": DESK, "reduced_motion": "reduce"}


def slider(page: Page) -> Locator:
    return exhibit(page, NAME).get_by_role("slider")


def place(page: Page) -> str:
    """Which part of a sheet is seen."""
    sheet = exhibit(page, NAME).locator(".sl-way--truth .sl-view.sl-live")
    return str(sheet.evaluate("one => getComputedStyle(one).objectPosition"))


def test_the_slider_moves_every_way_at_once(open_page: Open, harness: str) -> None:
    page = open_page(harness, **CALM)
    slider(page).focus()
    places = []
    for key, at in (("Home", 0), ("End", 12)):
        page.keyboard.press(key)
        expect(slider(page)).to_have_attribute("aria-valuetext", f"camera {at + 1} of 13")
        pile = exhibit(page, NAME).locator(".sl-view-pile > img")
        expect(exhibit(page, NAME).locator(".sl-view-pile > .sl-on")).to_have_count(1)
        expect(pile.nth(at)).to_have_class("sl-on")
        places.append(place(page))
    assert places[0] != places[1]


def test_nothing_swings_under_reduced_motion_and_a_button_swings(open_page: Open, harness: str) -> None:
    page = open_page(harness, **CALM)
    part = exhibit(page, NAME)
    part.locator(".sl-view-ways").scroll_into_view_if_needed()
    button = part.get_by_role("button", name="Swing")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(slider(page)).to_have_value("6")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(slider(page)).not_to_have_value("6")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    slider(page).focus()
    page.keyboard.press("Home")
    expect(slider(page)).to_have_value("0")


def test_it_swings_when_a_reader_comes_to_it_and_stops_at_a_touch_of_the_slider(open_page: Open, harness: str) -> None:
    page = open_page(harness, viewport=DESK)
    part = exhibit(page, NAME)
    part.locator(".sl-view-ways").scroll_into_view_if_needed()
    button = part.get_by_role("button", name="Swing")
    expect(button).to_have_attribute("aria-pressed", "true")
    slider(page).focus()
    page.keyboard.press("End")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(slider(page)).to_have_value("12")


def test_pointing_at_a_view_shows_where_its_pixel_lives(open_page: Open, harness: str) -> None:
    page = open_page(harness, **CALM)
    ring = exhibit(page, NAME).locator(".sl-spot")
    expect(ring).to_be_hidden()
    exhibit(page, NAME).locator(".sl-way--canonical .sl-view.sl-live").hover()
    expect(ring).to_be_visible()
    # Every pixel of the painted map says column 60 and row 60; the margins are 32 and 16.
    u, v = (float(ring.evaluate(f"one => getComputedStyle(one).getPropertyValue('{name}')")) for name in ("--u", "--v"))
    assert abs(u - (60 - 32) / 192) < 0.02
    assert abs(v - (60 - 16) / 128) < 0.02


def test_without_scripts_views_stand_side_by_side(open_page: Open, harness: str) -> None:
    page = open_page(harness, viewport=PHONE, java_script_enabled=False)
    part = exhibit(page, NAME)
    expect(part.locator(".sl-view-controls")).to_be_hidden()
    expect(part.locator(".sl-view-pile")).to_be_hidden()
    stills = part.locator(".sl-way--truth .sl-still > img")
    assert [one.is_visible() for one in stills.all()] == [True] * 3
    seen = {str(one.evaluate("one => getComputedStyle(one).objectPosition")) for one in stills.all()}
    assert len(seen) == 3, "each shows another view"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_paper_views_stand_side_by_side(open_page: Open, harness: str) -> None:
    page = open_page(harness, **CALM)
    page.emulate_media(media="print")
    part = exhibit(page, NAME)
    expect(part.locator(".sl-view-controls")).to_be_hidden()
    expect(part.locator(".sl-view-pile")).to_be_hidden()
    expect(part.locator(".sl-way--truth .sl-view.sl-live")).to_be_hidden()
    for still in part.locator(".sl-way--canonical .sl-still > img").all():
        expect(still).to_be_visible()
