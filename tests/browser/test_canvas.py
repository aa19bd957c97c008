"""A workflow's canvas on built pages: boxes open by pointer, key and without scripts; cards follow the exhibits."""

from __future__ import annotations

import re
from collections.abc import Callable

from browser.conftest import DESK, PHONE
from playwright.sync_api import Locator, Page, expect

Open = Callable[..., Page]
ANSWER, SWAP, CHAIN = "questions/seamless-face-swap/", "samples/swap-left/", "samples/grey-hair-then-smile/"
BOX = ".sl-cv-step--model > summary"


def canvas(page: Page) -> Locator:
    found = page.locator(".sl-figure--workflow").first
    found.scroll_into_view_if_needed()
    return found


def drag(page: Page, exhibit: str, key: str) -> None:
    slider = page.locator(f'[data-sl="{exhibit}"] input[type=range]').first
    slider.scroll_into_view_if_needed()
    slider.press(key)


def test_a_box_opens_by_key_and_holds_what_happens_inside(open_page: Open, site: str) -> None:
    page = open_page(site + CHAIN)
    shown = canvas(page)
    boxes = shown.locator(".sl-cv-step")
    assert boxes.count() == 3 and shown.locator(".sl-cv-step--model").count() == 2
    assert shown.locator(".sl-cv-card img").count() == 4, "the photo, two edits and the mask"
    drawing = shown.locator(".sl-cv-inside svg.sl-d--wide").first
    expect(drawing).to_be_hidden()
    shown.locator(BOX).first.focus()
    page.keyboard.press("Enter")
    expect(drawing).to_be_visible()
    expect(shown.locator(".sl-cv-inside").first).to_contain_text("num_inference_steps")
    below = boxes.nth(1).bounding_box()
    inside = drawing.bounding_box()
    assert below and inside and below["y"] > inside["y"] + inside["height"], "it opens in place"
    for _ in range(9):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.sl-cv-step--operation > summary')"):
            break
    page.keyboard.press("Space")
    expect(boxes.nth(2).locator(".sl-cv-inside")).to_contain_text("threshold")


def test_wires_meet_the_cards_and_boxes_that_they_join(open_page: Open, site: str) -> None:
    """A wire lies in the middle of its card, and a lane reaches from its card to the box that takes from it."""
    for viewport in (DESK, PHONE):
        page = open_page(site + CHAIN, viewport=viewport)
        canvas(page)
        ends = page.evaluate(
            """() => {
              const box = (one) => one.getBoundingClientRect();
              const root = document.querySelector('.sl-canvas');
              const rows = [...root.children];
              const at = rows.findIndex((row) => row.querySelector('.sl-cv-turn'));
              const cells = [...rows[at - 1].querySelectorAll('.sl-cv-cell')].map(box);
              const wires = [...rows[at].querySelectorAll(':scope > i:not(.sl-cv-turn)')].map(box);
              const middle = (one) => (one.left + one.right) / 2;
              const tap = root.querySelector('.sl-cv-tap');
              const turn = box(root.querySelector('.sl-cv-turn'));
              const lanes = rows.map((row) => row.querySelector('.sl-cv-lane')).filter(Boolean).map(box);
              return {
                apart: wires.map((one, i) => Math.abs(middle(one) - middle(cells[i]))),
                tap: box(tap).right - box(tap.parentElement.querySelector('.sl-cv-step')).left,
                gap: box(tap).top - Math.max(...lanes.map((one) => one.bottom)),
                lane: box(tap).left - turn.left,
                wide: document.documentElement.scrollWidth - innerWidth,
              };
            }"""
        )
        assert max(ends["apart"]) < 1 and abs(ends["tap"]) < 1 and abs(ends["lane"]) < 1, ends
        assert ends["gap"] <= 1 and ends["wide"] <= 0, ends


def test_cards_and_boxes_follow_the_sliders_of_the_page(open_page: Open, site: str) -> None:
    page = open_page(site + SWAP)
    now = page.locator("[data-sl-now]").first
    assert not now.text_content()
    drag(page, "denoising", "Home")
    expect(now).to_have_text(re.compile(r"^Step 1 of \d+ · From noise to picture$"))
    canvas(page).locator(BOX).first.click()
    marked = page.locator(".sl-canvas svg.sl-d--wide .is-now")
    expect(marked).to_have_count(1)
    expect(marked).to_contain_text("Run the U-Net")
    page = open_page(site + ANSWER)
    cards = canvas(page).locator(".sl-canvas").first.locator("img[data-sl-follows]")
    assert cards.count() == 2
    before = [cards.nth(at).get_attribute("src") for at in range(2)]
    drag(page, "photo-swap", "Home")
    assert [cards.nth(at).get_attribute("src") for at in range(2)] == before, "that is another sample"
    expect(page.locator("[data-sl-now]").first).to_contain_text("The second photo at every step")
    drag(page, "turn-the-lamp", "End")
    stage = page.locator('[data-sl="turn-the-lamp"] .sl-stage')
    for at, slot in enumerate(("before", "edited")):
        wanted = stage.locator(f'img[data-sl-slot="{slot}"]').get_attribute("src")
        assert cards.nth(at).get_attribute("src") == wanted and wanted != before[at]


def test_without_scripts_and_on_paper_it_is_whole(open_page: Open, site: str) -> None:
    page = open_page(site + ANSWER, java_script_enabled=False, viewport=PHONE)
    shown = canvas(page)
    dashed = shown.locator(".sl-cv-step.sl-cv-dash")
    assert dashed.count() == 1, "what a related paper describes, in whose role nothing ran"
    dashed.first.locator("summary").click()
    expect(dashed.first).to_contain_text("no code or weights of the paper were run")
    assert dashed.first.evaluate("e => getComputedStyle(e).borderTopStyle") == "dashed"
    ran = shown.locator(".sl-cv-step--model").first
    assert ran.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
    page.emulate_media(media="print")
    wire = shown.locator(".sl-cv-down").first
    assert wire.evaluate("e => getComputedStyle(e, '::before').borderLeftWidth") != "0px", "paper has no backgrounds"
