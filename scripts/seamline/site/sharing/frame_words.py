"""Words of an answer that the theme repeats around it: the title in its header, and headings in the table of contents.

Both builders write the theme's markup alike, and neither knows that a page speaks two languages.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from seamline.catalog.evidence.text_direction import direction_of
from seamline.pages.prose.answer_language import WRAPPER
from seamline.site.html_page import Page

_WORDS = rb'<span class="md-ellipsis"'
_HEADER = re.compile(rb'data-md-component="header-topic">\s*' + _WORDS)
_CONTENTS = re.compile(rb'<a href="#(?P<anchor>[^"]+)" class="md-nav__link">\s*' + _WORDS)
_ANSWER = f"//section[contains(concat(' ', @class, ' '), ' {WRAPPER} ')]"
_HEADINGS = "//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6][@id]"


def with_frame_language(written: bytes, page: Page, title: str, title_language: str) -> bytes:
    """The page with the language of its title, and of its answer, said where its theme repeats their words.

    Args:
        written: the page's HTML.
        page: the same, parsed.
        title_language: ISO 639; "" where it is the page's.
    """
    if title_language:
        written = _HEADER.sub(lambda found: found[0] + _marks(title_language, title), written)
    for answer in page.document.xpath(_ANSWER):
        headings = {one.get("id"): one.text_content() for one in answer.xpath(f".{_HEADINGS}")}
        written = _in_contents(written, headings, answer.get("lang"))
    return written


def _in_contents(written: bytes, headings: dict[str, str], language: str) -> bytes:
    def marked(found: re.Match[bytes]) -> bytes:
        words = headings.get(unquote(found["anchor"].decode()))
        return found[0] if words is None else found[0] + _marks(language, words)

    return _CONTENTS.sub(marked, written)


def _marks(language: str, words: str) -> bytes:
    marks = {"lang": language, "dir": direction_of(words)}
    return "".join(f' {name}="{value}"' for name, value in marks.items() if value).encode()
