"""Catalog text made safe for pages: it says what it says, and can neither open HTML nor Markdown nor a template.

A page is Jinja source, then Markdown, then HTML. Whatever means something in any of the three becomes a
numeric character reference, which all three pass on and a browser shows as the character itself.
"""

from __future__ import annotations

import re

_ACTIVE = re.compile(r"""[&<>"`*_{}\[\]\\|~^=$@#+:!]""")
_OPENING = re.compile(r"^(?:[-?%;/]|\w{1,9}(?=[.)](?:\s|$))[.)]|--)")
_WEB = re.compile(r"\b(www)\.", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")


def plain(text: str) -> str:
    """`text` on one line, for prose, headings, table cells, link texts and double-quoted attributes.

    Addresses in it do not become links. Inside code spans and fences a reference would be shown as it is
    written: use `code` there.
    """
    one_line = " ".join(_CONTROL.sub(" ", text).split())
    escaped = _ACTIVE.sub(_reference, one_line)
    escaped = _WEB.sub(r"\1&#46;", escaped)
    return _OPENING.sub(lambda match: match[0][:-1] + _reference_to(match[0][-1]), escaped)


def code(text: str) -> str:
    """`text` on one line as an HTML code element, in which nothing is read as Markdown."""
    return f"<code>{plain(text)}</code>"


def _reference(match: re.Match[str]) -> str:
    return _reference_to(match[0])


def _reference_to(character: str) -> str:
    return f"&#{ord(character)};"
