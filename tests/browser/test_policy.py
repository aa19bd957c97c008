"""A browser's verdict on the pages' Content-Security-Policy: nothing of ours is refused, and what is not ours is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from browser.serving import served
from playwright.sync_api import Browser, Page

from seamline.site.csp import with_policy

Open = Callable[..., Page]

PAGE = b"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>x</title>
<link rel="icon" href="data:,"></head><body>
<svg><style>#sheet { opacity: .5 }
</style></svg>
<p id="sheet">ours</p>
<p id="attribute" style="opacity: .5; font-family: &quot;A&quot;">ours</p>
<p id="foreign-sheet">not ours</p>
</body></html>"""
FOREIGN = (
    b"""<style>#foreign-sheet { opacity: .5 }</style><p id="foreign-attribute" style="opacity: .25">not ours</p>"""
)


def test_a_browser_follows_the_styles_that_were_built_in_and_no_others(browser: Browser, tmp_path: Path) -> None:
    page = with_policy(PAGE).replace(b"</body>", FOREIGN + b"</body>")
    (tmp_path / "index.html").write_bytes(page)
    with served(tmp_path) as address:
        context = browser.new_context()
        shown = context.new_page()
        refused: list[str] = []
        shown.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
        shown.goto(address)
        ids = ("sheet", "attribute", "foreign-sheet", "foreign-attribute")
        opacity = {name: shown.locator(f"#{name}").evaluate("e => getComputedStyle(e).opacity") for name in ids}
        context.close()
    assert opacity == {"sheet": "0.5", "attribute": "0.5", "foreign-sheet": "1", "foreign-attribute": "1"}
    assert len(refused) == 2 and all("style-src" in one for one in refused)


def test_no_built_page_breaks_its_policy(open_page: Open, site: str, built_site: Path) -> None:
    """`open_page` fails on what a browser reports to the console, violations of the policy among it.

    One page is opened for each policy that there is: they differ by the scripts and styles in a page. The page for
    addresses that do not exist is left to the other tests: its own addresses count from where the site is published.
    """
    by_policy: dict[str, str] = {}
    for path in sorted(built_site.rglob("*.html")):
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', path.read_text("utf-8"))
        if path.name != "404.html":
            by_policy[policy] = path.relative_to(built_site).as_posix()
        assert "'unsafe-inline'" not in policy, path
    assert sum("style-src 'self' 'sha256-" in policy for policy in by_policy) > 0, "a diagram has a style sheet"
    for path in by_policy.values():
        open_page(site + path).wait_for_load_state("networkidle")
