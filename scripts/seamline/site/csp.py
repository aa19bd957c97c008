"""A Content-Security-Policy for every page that was built.

The theme needs four short inline scripts that differ with a page's depth. Each page therefore gets a policy
in a `<meta>` element that allows the site's own files and, by their hash, exactly the inline scripts on that page:
anything else that found its way into a page would not run. A plain `mkdocs build` works without this step;
such a site has no policy of its own.

`frame-ancestors` and reporting are not possible in a `<meta>` element; a host that can send headers should add
`frame-ancestors 'none'` itself.

Source: W3C Content Security Policy Level 3, §2.3.1 (hash sources) and §3.3 (the meta element).
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

_INLINE_SCRIPT = re.compile(rb"<script(?P<attributes>(?:\s[^>]*)?)>(?P<source>.*?)</script>", re.DOTALL | re.IGNORECASE)
_STYLE_ATTRIBUTE = re.compile(rb"<[a-zA-Z][^>]*\sstyle=|<style[\s>]", re.IGNORECASE)
_DATA = re.compile(rb"""type=["']?application/(?:ld\+)?json""", re.IGNORECASE)
_SOURCE = re.compile(rb"""\ssrc\s*=""", re.IGNORECASE)
_META = b'<meta http-equiv="Content-Security-Policy"'
_CHARSET = re.compile(rb"""<meta\s+charset=["']?[\w-]+["']?\s*/?>""", re.IGNORECASE)


def policy(page: bytes) -> str:
    """The strictest policy under which a built page still works.

    Inline styles (column alignment in tables, drawings with a style sheet of their own) are allowed on pages that have
    some; every style sheet in a file comes from the site.
    """
    hashes = sorted({_hash(match["source"]) for match in _inline_scripts(page)})
    directives = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *hashes],
        "style-src": ["'self'", "'unsafe-inline'"] if _STYLE_ATTRIBUTE.search(page) else ["'self'"],
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
