"""A Content-Security-Policy for every page that was built.

The theme needs four short inline scripts that differ with a page's depth, and a diagram brings a style sheet of its
own. Each page therefore gets a policy in a `<meta>` element that allows the site's own files and, by their hash,
exactly the scripts, style sheets and style attributes that were built into that page: anything else that found its
way into a page would have no effect. A plain `mkdocs build` works without this step; such a site has no policy of
its own.

`frame-ancestors` and reporting are not possible in a `<meta>` element; a host that can send headers should add
`frame-ancestors 'none'` itself.

Source: W3C Content Security Policy Level 3, §2.3.1 (hash sources), §3.3 (the meta element) and §6.7.3.3 (style
attributes match a hash only where `'unsafe-hashes'` stands beside it; it allows no other attribute).
"""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

_INLINE_SCRIPT = re.compile(rb"<script(?P<attributes>(?:\s[^>]*)?)>(?P<source>.*?)</script>", re.DOTALL | re.IGNORECASE)
_MAY_HAVE_STYLES = re.compile(rb"\sstyle\s*=|<style[\s>]", re.IGNORECASE)
_DATA = re.compile(rb"""type=["']?application/(?:ld\+)?json""", re.IGNORECASE)
_SOURCE = re.compile(rb"""\ssrc\s*=""", re.IGNORECASE)
_META = b'<meta http-equiv="Content-Security-Policy"'
_CHARSET = re.compile(rb"""<meta\s+charset=["']?[\w-]+["']?\s*/?>""", re.IGNORECASE)


def policy(page: bytes) -> str:
    """The strictest policy under which a built page still works."""
    scripts = sorted({_hash(match["source"]) for match in _inline_scripts(page)})
    styles = _Styles.of(page)
    attributes = ["'unsafe-hashes'"] if styles.attributes else []
    directives = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *scripts],
        "style-src": ["'self'", *attributes, *sorted(map(_hash, styles.sheets | styles.attributes))],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def with_policy(page: bytes) -> bytes:
    """The page with its policy right after its charset declaration; unchanged if it has a policy or no head."""
    charset = _CHARSET.search(page)
    if _META in page or charset is None:
        return page
    element = b"\n      " + _META + b' content="' + policy(page).encode() + b'">'
    return page[: charset.end()] + element + page[charset.end() :]


def seal(site: Path) -> None:
    """Give every HTML page below `site` its policy."""
    for path in sorted(site.rglob("*.html")):
        page = path.read_bytes()
        sealed = with_policy(page)
        if sealed != page:
            path.write_bytes(sealed)


class _Styles(HTMLParser):
    """Style sheets and style attributes written into a page, as the bytes that a browser hashes."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: set[bytes] = set()
        self.attributes: set[bytes] = set()
        self._open: list[str] | None = None

    @classmethod
    def of(cls, page: bytes) -> _Styles:
        found = cls()
        if _MAY_HAVE_STYLES.search(page):
            found.feed(page.decode("utf-8"))
            found.close()
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a style attribute, and the beginning of a style sheet."""
        self.attributes |= {value.encode() for name, value in attrs if name == "style" and value}
        if tag == "style":
            self._open = []

    def handle_data(self, data: str) -> None:
        """Take in a style sheet's text."""
        if self._open is not None:
            self._open.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Note a style sheet that is complete."""
        if tag == "style" and self._open is not None:
            self.sheets.add("".join(self._open).encode())
            self._open = None


def _inline_scripts(page: bytes) -> list[re.Match[bytes]]:
    return [
        match
        for match in _INLINE_SCRIPT.finditer(page)
        if not _SOURCE.search(match["attributes"]) and not _DATA.search(match["attributes"])
    ]


def _hash(source: bytes) -> str:
    # A browser hashes the text after normalising newlines, as the HTML parser does.
    normalised = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return f"'sha256-{base64.b64encode(hashlib.sha256(normalised).digest()).decode()}'"
