"""Each built page allows its own inline scripts by hash, and nothing else."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

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


def test_style_attributes_are_allowed_only_where_there_are_some() -> None:
    assert "style-src 'self';" in policy(PAGE)
    assert "style-src 'self' 'unsafe-inline';" in policy(PAGE.replace(b"<p>", b'<p style="text-align: right">'))


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
