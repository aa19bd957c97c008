"""Each control of each exhibit, driven as readers drive it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser.conftest import DESK, PHONE
from playwright.sync_api import Locator, Page, expect

from seamline.plugins import EXHIBITS

Open = Callable[..., Page]


def exhibit(page: Page, name: str) -> Locator:
    return page.locator(f'[data-sl="{name}"]').first


def shown(page: Page, name: str, slot: str) -> Locator:
    return exhibit(page, name).locator(f'.sl-stage [data-sl-slot="{slot}"]')


def split(page: Page) -> float:
    return float(exhibit(page, "before-after").locator(".sl-compare").evaluate("e => e.style.getPropertyValue('--at')"))


def test_before_after_by_pointer(open_page: Open, harness: str) -> None:
    page = open_page(harness)
    box = exhibit(page, "before-after").locator("img").first.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.2, middle, steps=4)
    page.mouse.up()
    assert split(page) == pytest.approx(0.2, abs=0.02)
    clip = exhibit(page, "before-after").locator("img").nth(1).evaluate("e => getComputedStyle(e).clipPath")
    assert float(re.search(r"([\d.]+)%", clip)[1]) == pytest.approx(100 * split(page), abs=0.1)  # type: ignore[index]


def test_before_after_by_keyboard_says_where_it_is(open_page: Open, harness: str) -> None:
    page = open_page(harness)
    page.keyboard.press("Tab")
    slider = exhibit(page, "before-after").get_by_role("slider", name="Divider")
    expect(slider).to_be_focused()
    page.keyboard.press("Home")
    assert split(page) == 0
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "1 % input image, 99 % edited image")


def test_before_after_by_touch(open_page: Open, harness: str) -> None:
    page = open_page(harness, viewport=PHONE, has_touch=True, is_mobile=True)
    box = exhibit(page, "before-after").locator("img").first.bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    assert split(page) == pytest.approx(0.8, abs=0.03)


def test_denoising_by_keyboard(open_page: Open, harness: str) -> None:
    page = open_page(harness)
    slider = exhibit(page, "denoising").get_by_role("slider", name="Moment of the denoising")
    slider.focus()
    page.keyboard.press("End")
    expect(shown(page, "denoising", "noisy")).to_have_attribute("src", re.compile("noisy-19"))
    expect(shown(page, "denoising", "predicted-x0")).to_have_attribute("src", re.compile("predicted-x0-19"))
    expect(slider).to_have_attribute("aria-valuetext", "Step 20 of 20")
    expect(shown(page, "denoising", "said")).to_have_text("Step 20 of 20")
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "Step 17 of 20")


def test_denoising_by_pointer_on_the_strip(open_page: Open, harness: str) -> None:
    page = open_page(harness)
    options = exhibit(page, "denoising").locator("[data-sl-option]")
    options.nth(1).click()
    expect(shown(page, "denoising", "predicted-x0")).to_have_attribute("src", re.compile("predicted-x0-03"))
    expect(options.nth(1)).to_have_attribute("aria-current", "step")
    expect(exhibit(page, "denoising").get_by_role("slider")).to_have_value("1")
    assert exhibit(page, "denoising").locator("[aria-current]").count() == 1


def test_the_grid_by_arrow_keys_in_two_directions(open_page: Open, harness: str) -> None:
    page = open_page(harness)
    grid = exhibit(page, "guidance-grid")
    own = grid.get_by_role("radio", name="text guidance 3, image guidance 1.5")
    expect(own).to_be_checked()
    own.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    there = grid.get_by_role("radio", name="text guidance 6, image guidance 1.2")
    expect(there).to_be_checked()
    expect(there).to_be_focused()
    expect(shown(page, "guidance-grid", "edited")).to_have_attribute("src", re.compile("guidance-grid-t6-i1.2"))
    expect(shown(page, "guidance-grid", "said")).to_contain_text("sT 6, sI 1.2")
    for _ in range(9):
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowRight")
    corner = grid.get_by_role("radio", name="text guidance 12, image guidance 1:")
    expect(corner).to_be_checked()
    expect(shown(page, "guidance-grid", "said")).to_contain_text("Fails: 80 % of the pixels outside change.")
    expect(shown(page, "guidance-grid", "numbers")).to_contain_text("80 %")


def test_the_grid_by_pointer_and_touch(open_page: Open, harness: str) -> None:
    for options in ({}, {"viewport": PHONE, "has_touch": True, "is_mobile": True}):
        page = open_page(harness, **options)
        cell = exhibit(page, "guidance-grid").locator("td .sl-option").nth(19)
        cell.tap() if options else cell.click()
        expect(shown(page, "guidance-grid", "edited")).to_have_attribute("src", re.compile("guidance-grid-t12-i2"))
        expect(exhibit(page, "guidance-grid").locator("input:checked")).to_have_value("12/2")


def test_one_tab_stop_leads_into_the_grid_and_out_again(open_page: Open, harness: str) -> None:
    page = open_page(harness)
    exhibit(page, "guidance-grid").locator("input:checked").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    expect(exhibit(page, "guidance-grid").get_by_role("row")).to_have_count(5 + 21)


@pytest.mark.parametrize("way", ["pointer", "keyboard", "touch"])
def test_attention_word_by_word(open_page: Open, harness: str, way: str) -> None:
    page = open_page(harness, **({"has_touch": True} if way == "touch" else {}))
    hair = exhibit(page, "attention").get_by_role("radio", name="hair")
    if way == "keyboard":
        exhibit(page, "attention").locator("input:checked").focus()
        page.keyboard.press("ArrowRight")
    else:
        (hair.tap if way == "touch" else hair.click)()
    expect(hair).to_be_checked()
    expect(shown(page, "attention", "map")).to_have_attribute("src", re.compile("attention-11"))
    expect(exhibit(page, "attention").get_by_role("img", name="bright where the word hair was read")).to_be_visible()
    expect(shown(page, "attention", "said")).to_have_text(re.compile(r"^Where hair was read11\.5\s×\sas much "))


@pytest.mark.parametrize("way", ["pointer", "keyboard", "touch"])
def test_seeds(open_page: Open, harness: str, way: str) -> None:
    page = open_page(harness, **({"has_touch": True} if way == "touch" else {}))
    second = exhibit(page, "seeds").get_by_role("radio", name="Seed 1")
    if way == "keyboard":
        exhibit(page, "seeds").locator("input:checked").focus()
        page.keyboard.press("ArrowRight")
    else:
        (second.tap if way == "touch" else second.click)()
    expect(second).to_be_checked()
    expect(shown(page, "seeds", "edited")).to_have_attribute("src", re.compile("seed-1"))
    expect(shown(page, "seeds", "said")).to_contain_text("Seed 1")


def test_the_stage_and_its_options_agree_before_anything_is_touched(open_page: Open, harness: str) -> None:
    page = open_page(harness)
    for name in ("guidance-grid", "seeds"):
        of_option = exhibit(page, name).locator(".sl-option:has(:checked) img").first.get_attribute("src")
        assert shown(page, name, "edited").get_attribute("src") == of_option
    current = exhibit(page, "denoising").locator("[aria-current] img").first.get_attribute("src")
    assert shown(page, "denoising", "noisy").get_attribute("src") == current


@pytest.mark.parametrize("viewport", [PHONE, {"width": 900, "height": 900}], ids=["phone", "desk"])
def test_without_scripts_everything_is_there_and_nothing_is_dead(
    open_page: Open, harness: str, viewport: dict[str, int]
) -> None:
    page = open_page(harness, java_script_enabled=False, viewport=viewport)
    expect(page.locator("input:visible")).to_have_count(0)
    for name in EXHIBITS.all:
        kind = name.replace("_", "-")
        pictures = exhibit(page, kind).locator("img:visible")
        assert pictures.count() >= (20 if kind == "guidance-grid" else 2)
    expect(exhibit(page, "before-after").locator("img").nth(1)).to_have_css("clip-path", "none")
    expect(exhibit(page, "attention").get_by_role("img", name="was read")).to_have_count(12)
    expect(exhibit(page, "denoising").get_by_text("Step 9 of 20")).to_be_visible()


def test_paper_gets_what_readers_without_scripts_get(open_page: Open, harness: str) -> None:
    page = open_page(harness)
    page.emulate_media(media="print")
    expect(page.locator("input:visible")).to_have_count(0)
    expect(exhibit(page, "attention").get_by_text("Where face was read")).to_be_visible()


@pytest.mark.parametrize("width", [320, 360, 768, 1440, 3840])
def test_nothing_sticks_out(open_page: Open, harness: str, width: int) -> None:
    page = open_page(harness, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    out = page.evaluate(
        """() => [...document.querySelectorAll('.sl-exhibit *')].filter((element) => {
          const box = element.getBoundingClientRect();
          const frame = element.closest('.sl-exhibit').getBoundingClientRect();
          return box.width && (box.right > frame.right + 1 || box.left < frame.left - 1)
            && !element.closest('.sl-scroll, .sl-strip, .sl-sweep, svg, .sl-name');
        }).map((element) => element.outerHTML.slice(0, 80))"""
    )
    assert not out


def test_baselines_are_two_by_two_on_a_phone_and_a_row_on_a_desk(open_page: Open, harness: str) -> None:
    for viewport, rows in ((PHONE, 2), ({"width": 1440, "height": 900}, 1)):
        page = open_page(harness, viewport=viewport)
        boxes = [way.bounding_box() for way in exhibit(page, "baseline-comparison").locator(".sl-condition").all()]
        assert len({round(box["y"]) for box in boxes if box}) == rows


def test_touch_targets_are_large_enough_on_a_phone(open_page: Open, harness: str) -> None:
    page = open_page(harness, viewport=PHONE, is_mobile=True, has_touch=True)
    small = page.evaluate(
        """() => [...document.querySelectorAll('.sl-exhibit input, .sl-exhibit summary')]
          .filter((control) => control.checkVisibility())
          .map((control) => control.getBoundingClientRect())
          .filter((box) => box.width < 24 || box.height < 24).length"""
    )
    assert small == 0


@pytest.mark.parametrize(("path", "viewport"), [("", PHONE), ("", DESK), ("dark.html", PHONE)])
def test_portrait_of_the_whole_page(open_page: Open, harness: str, path: str, viewport: dict[str, int]) -> None:
    """Every lazy picture comes when it is scrolled to; the screenshot of the whole page is kept for people."""
    page = open_page(harness + path, viewport=viewport)
    for picture in page.locator("img:visible").all():
        picture.scroll_into_view_if_needed()
    page.wait_for_function("[...document.images].filter((i) => i.checkVisibility()).every((i) => i.naturalWidth > 0)")


def test_dark_mode_is_dark(open_page: Open, harness: str) -> None:
    page = open_page(harness + "dark.html")
    paper = exhibit(page, "guidance-grid").evaluate("e => getComputedStyle(e).backgroundColor")
    assert max(map(int, re.findall(r"\d+", paper)[:3])) < 64


def test_nothing_moves_for_those_who_asked_for_stillness(open_page: Open, harness: str) -> None:
    page = open_page(harness, reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll('.sl-exhibit *')].map((element) => getComputedStyle(element))
          .filter((style) => style.transitionDuration !== '0s' || style.animationName !== 'none').length"""
    )
    assert moving == 0


def test_the_script_moves_nothing_on_the_page(open_page: Open, harness: str) -> None:
    page = open_page(harness, viewport=PHONE)
    page.wait_for_load_state("networkidle")
    shift = page.evaluate(
        """() => new Promise((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => list.getEntries().forEach((entry) => { sum += entry.value; }))
            .observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve(sum), 300);
        })"""
    )
    assert shift == 0
