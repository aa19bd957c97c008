"""Each built page allows its own inline scripts by hash, and nothing else."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from seamline.site.csp import policy, seal, with_policy

PAGE = b"""<!doctype html><html><head><meta charset="utf-8"><title>x</title>
<script>var a = 1</script><script src="assets/x.js"></script>
<script id="__config" type="application/json">{"base": "."}</script></head><body><p>x</p></body></html>"""


def digest(source: str) -> str:
    return base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def test_the_inline_script_is_allowed_by_its_hash_and_no_other() -> None:
    rules = policy(PAGE)
    assert f"script-src 'self' 'sha256-{digest('var a = 1')}';" in rules
    assert rules.count("sha256-") == 1, "data blocks and files have no hash"
    assert "unsafe" not in rules


def test_a_known_hash() -> None:
    """The example of CSP Level 2, section 5: `alert('Hello, world.');`."""
    page = b"""<meta charset="utf-8"><script>alert('Hello, world.');</script>"""
    assert "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='" in policy(page)


def test_a_changed_script_needs_another_policy() -> None:
    assert policy(PAGE) != policy(PAGE.replace(b"var a = 1", b"var a = 2"))


def test_newlines_are_normalised_as_a_browser_does() -> None:
    unix = PAGE.replace(b"var a = 1", b"\nvar a = 1\n")
    assert policy(unix.replace(b"\n", b"\r\n")) == policy(unix)


SHEET = ".a > b { color: red }\n"


def sources(page: bytes, directive: str) -> list[str]:
    (found,) = (part.split() for part in policy(page).split("; ") if part.split()[0] == directive)
    return found[1:]


def test_a_page_without_inline_styles_allows_none() -> None:
    assert sources(PAGE, "style-src") == ["'self'"]


def test_a_style_sheet_in_the_page_is_allowed_by_its_hash() -> None:
    page = PAGE.replace(b"<p>", f"<svg><style>{SHEET}</style></svg><p>".encode())
    assert sources(page, "style-src") == ["'self'", f"'sha256-{digest(SHEET)}'"]
    assert sources(page.replace(b"red", b"blue"), "style-src") != sources(page, "style-src")


def test_a_style_attribute_is_allowed_by_the_hash_of_what_it_says() -> None:
    """`'unsafe-hashes'` lets hashes match attributes; it stands only where there are some, and allows no other."""
    font = 'font: 1em "A"'
    page = PAGE.replace(b"<p>", b"<p style='font: 1em &quot;A&quot;'>")
    assert sources(page, "style-src") == ["'self'", "'unsafe-hashes'", f"'sha256-{digest(font)}'"]
    assert "'unsafe-hashes'" not in sources(page, "script-src")


@pytest.mark.parametrize(
    "text",
    ["&lt;p style=&quot;a&quot;>", '<!-- <p style="color: red"> -->', '<script src="x.js">"<p style=a>"</script>'],
)
def test_what_only_looks_like_a_style_is_not_allowed(text: str) -> None:
    assert sources(PAGE.replace(b"<p>", f"{text}<p>".encode()), "style-src") == ["'self'"]


def test_newlines_of_styles_are_normalised_too() -> None:
    unix = PAGE.replace(b"<p>", b'<style>a {\n}\n</style><p style="color:\nred">')
    assert policy(unix.replace(b"\n", b"\r\n")) == policy(unix)


def test_the_policy_comes_before_anything_it_governs_and_only_once() -> None:
    sealed = with_policy(PAGE)
    assert sealed.index(b"Content-Security-Policy") < sealed.index(b"<script")
    assert sealed.index(b"Content-Security-Policy") > sealed.index(b"charset")
    assert with_policy(sealed) == sealed


def test_sealing_reaches_every_page(tmp_path: Path) -> None:
    for path in ("index.html", "a/b/index.html"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(PAGE)
    (tmp_path / "drawing.svg").write_bytes(b"<svg/>")
    seal(tmp_path)
    assert b"Content-Security-Policy" in (tmp_path / "a/b/index.html").read_bytes()
    assert (tmp_path / "drawing.svg").read_bytes() == b"<svg/>"
