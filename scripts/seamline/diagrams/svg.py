"""The one builder of SVG: elements, safe by construction.

What is `Markup` is an element or escaped text; any other string is text, and is escaped where it becomes part of an
element. Attributes are escaped always.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape

from markupsafe import Markup

from seamline.errors import WorkflowError


def number(value: float) -> str:
    """A coordinate with at most one decimal, the same on every machine."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def clean(text: str) -> str:
    """Text on one line without characters that XML forbids or that reorder what follows them."""
    if not text.isprintable():  # which nearly all text is, and then has nothing to leave out
        text = "".join(" " if c.isspace() else c for c in text if c.isspace() or _is_printable(c))
    return " ".join(text.split())


def _is_printable(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cs", "Cn", "Co") and character not in _REORDERING


_REORDERING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def element(name: str, *content: str, **attributes: str | float | None) -> Markup:
    """One element. Attribute names lose a trailing underscore and turn inner ones into hyphens; None leaves one out.

    Args:
        content: elements as they are, anything that is not `Markup` as text on one line.
        attributes: text is put on one line, numbers are written with at most one decimal.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = joined(*content)
    return Markup(f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>")


def joined(*parts: str) -> Markup:
    """Elements and texts one after the other."""
    return Markup("".join(part if isinstance(part, Markup) else words(part) for part in parts))


def _attribute(value: str | float) -> str:
    return escape(clean(value)) if isinstance(value, str) else number(value)


def words(text: str) -> Markup:
    """Text as content of an element."""
    return Markup(escape(clean(text), quote=False))


def safe_href(href: str) -> str:
    """The address, if following it can only open a page or a picture.

    Raises:
        WorkflowError: it is neither relative nor http(s) nor a picture given inline.
    """
    # Browsers drop white space and control characters before they look for a scheme.
    scheme = re.match(r"[^/?#:]*:", re.sub(r"[\x00-\x20]", "", href))
    if scheme and not re.match(r"https?://|data:image/(webp|png|jpeg);base64,", href):
        raise WorkflowError("an address that a drawing may not hold", where=href[:80], hint="give a relative path")
    return href
