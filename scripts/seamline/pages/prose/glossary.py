"""The glossary: a hand-written page whose third-level headings are the terms.

A term in prose is a link to its entry, and a style sheet shows the entry's first sentence beside it, without a script.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup

from seamline.catalog.evidence.sentences import sentences_of
from seamline.errors import CatalogError
from seamline.pages import urls
from seamline.pages.html import element, relative_url

PAGE = "glossary.md"
"""Below `docs/`."""

_ENTRY = re.compile(r"(?m)^### (?P<name>.+?) \{ *#(?P<id>[\w-]+) *\}\s*\n+(?P<text>.+?)(?=\n#|\Z)", re.DOTALL)
_MARKS = re.compile(r"\[([^\]]*)\]\([^)]*\)|<[^>]+>|[*`_]")


def entries(docs: Mapping[str, bytes]) -> Mapping[str, str]:
    """The first sentence of each entry, as plain text, by the id of its heading; empty without a glossary."""
    text = docs.get(PAGE, b"").decode("utf-8-sig").replace("\r\n", "\n")
    return {found["id"]: _first_sentence(found["text"]) for found in _ENTRY.finditer(text)}


def term(docs: Mapping[str, bytes], page: str, name: str, words: str = "") -> Markup:
    """A term as a link to its entry in the glossary.

    Args:
        name: the term as its entry's id spells it, with spaces for hyphens: `guidance scale`.
        words: what the sentence says instead, `guidance scales`.

    Raises:
        CatalogError: the glossary has no such entry.
    """
    known, key = entries(docs), name.lower().replace(" ", "-")
    if key not in known:
        hint = f"docs/{PAGE} has {', '.join(known)}" if known else f"write docs/{PAGE}, with a heading for each term"
        raise CatalogError(f"the glossary has no term {name!r}", hint=hint)
    address = relative_url(page, urls.page_of(PAGE), key)
    return element("a", {"class": "sl-term", "href": address, "data-note": known[key]}, words or name)


def _first_sentence(text: str) -> str:
    plain = _MARKS.sub(lambda found: found[1] or "", " ".join(text.split()))
    return next(iter(sentences_of(plain)), plain)
