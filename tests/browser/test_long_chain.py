"""The page of a sample of many steps is short, and whatever of it is folded opens where a link leads into it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browser.conftest import PHONE
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
LONG = "samples/swap-left-matted/"


def test_it_is_short_on_a_phone_and_a_step_unfolds(open_page: Open, site: str) -> None:
    page = open_page(site + LONG, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollHeight") < 14_000
    steps = page.locator(".sl-step")
    assert steps.count() == 23, "the first and the last stand open"
    second = page.locator('[id="step-2-changed"]')
    expect(second).to_be_hidden()
    steps.first.locator("summary").click()
    expect(second).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("anchor", ["step-9-right_head", "pictures-of-this-run"])
def test_a_link_into_a_fold_opens_it(anchor: str, scripts: bool, open_page: Open, site: str) -> None:
    page = open_page(f"{site}{LONG}#{anchor}", viewport=PHONE, java_script_enabled=scripts)
    expect(page.locator(f'[id="{anchor}"]')).to_be_in_viewport()
    expect(page.locator(".sl-step").first.locator("h3")).to_be_hidden()
