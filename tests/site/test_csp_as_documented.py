"""What the guide to publishing says of the Content-Security-Policy, held against the pages of this site."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from lxml import html

from seamline.site.builder import build

ROOT = Path(__file__).parents[2]
HASH = re.compile(r"'sha256-[A-Za-z0-9+/]{43}='")


@pytest.fixture(scope="module")
def pages(project_copy: Path) -> Mapping[str, html.HtmlElement]:
    site = build(project_copy)
    return {path.relative_to(site).as_posix(): html.fromstring(path.read_bytes()) for path in site.rglob("*.html")}


def documented() -> dict[str, list[str]]:
    """Directives and what they allow on every page, from the guide's table."""
    text = (ROOT / "docs/guides/publish.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", text, re.MULTILINE)
    return {
        name: [one for one in re.findall(r"`([^`]+)`", allows) if one != "'unsafe-hashes'"] for name, allows in rows
    }


def policy(page: html.HtmlElement) -> dict[str, list[str]]:
    (content,) = page.xpath("//head/meta[@http-equiv='Content-Security-Policy']/@content")
    directives = [part.split() for part in content.split(";")]
    return {name: sources for name, *sources in directives}


def inline_scripts(page: html.HtmlElement) -> set[str]:
    """Hashes of what a browser would run from the page itself."""
    data = ("application/json", "application/ld+json")
    found = [one.text for one in page.iter("script") if one.get("src") is None and one.get("type") not in data]
    return set(map(digest, found))


def inline_styles(page: html.HtmlElement) -> set[str]:
    """Hashes of what a browser would style by the page itself."""
    return {digest(text) for text in page.xpath("//style/text() | //@style")}


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_each_page_has_the_directives_of_the_guide_and_no_others(pages: Mapping[str, html.HtmlElement]) -> None:
    wanted = documented()
    assert len(wanted) >= 7, "the guide's table was not found"
    for path, page in pages.items():
        found = policy(page)
        assert list(found) == list(wanted), path
        for name, sources in found.items():
            plain = [one for one in sources if one != "'unsafe-hashes'" and not HASH.fullmatch(one)]
            assert plain == wanted[name], (path, name)


def test_hashes_are_those_of_the_pages_own_scripts_and_styles(pages: Mapping[str, html.HtmlElement]) -> None:
    assert any(map(inline_scripts, pages.values())) and any(map(inline_styles, pages.values())), "nothing is shown"
    for path, page in pages.items():
        own = {"script-src": inline_scripts(page), "style-src": inline_styles(page)}
        for name, sources in policy(page).items():
            hashes = {one for one in sources if HASH.fullmatch(one)}
            assert hashes == own.get(name, set()), (path, name)


def test_no_page_of_ours_has_a_style_attribute_or_allows_one(pages: Mapping[str, html.HtmlElement]) -> None:
    for path, page in pages.items():
        assert page.xpath("//@style") == [], path
        assert not [name for name, sources in policy(page).items() if "'unsafe-hashes'" in sources], path


def test_no_page_allows_another_host_or_anything_inline_that_is_not_its_own(
    pages: Mapping[str, html.HtmlElement],
) -> None:
    for path, page in pages.items():
        for source in (one for sources in policy(page).values() for one in sources):
            assert source in {"'self'", "'none'", "data:"} or HASH.fullmatch(source), (path, source)
