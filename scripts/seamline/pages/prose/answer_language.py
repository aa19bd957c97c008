"""An answer in another language than its page: its words say so, and what the page puts amid them stays the page's.

Screen readers, translators and the browser's own quotation marks and hyphens take a text for the page's language unless
an element around it says otherwise, and lay it out from the left unless that says otherwise as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from markupsafe import Markup

from seamline.catalog.citations.markdown_code import blanked, code_spans
from seamline.catalog.evidence.text_direction import direction_of
from seamline.pages.html import code, element
from seamline.pages.layout import PAGE_LANGUAGE
from seamline.pages.prose.claim_words import spoken
from seamline.pages.prose.expansion import Macro

WRAPPER = "sl-answer"
"""Class of the element around such an answer."""

OWN_MARKS: Mapping[str, str] = {"lang": PAGE_LANGUAGE, "dir": "ltr"}
"""What an element says whose words are Seamline's own, amid words that are not."""

_AUTHORS = frozenset({"fold", "end_fold", "term", "shows", "featured_sample"})
"""Macros that draw the author's words, or that begin and end what holds them."""
_SENTENCES = frozenset({"ours", "group_words", "coverage", "evidence"})
"""Macros that may say a sentence within the author's line. The others print a figure there, which has no language."""
_MACRO = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_FOOTNOTE = re.compile(r"(?m)^\[\^[^\]\n]+\]:")
_OPENING = re.compile(r"<(?:figure|div|section|table|ol|ul)\b")


def in_its_language(text: Markup, language: str, written: str) -> Markup:
    """Markdown of a whole answer, within an element that says its language and which way it runs.

    Args:
        text: the answer, expanded.
        language: ISO 639.
        written: the answer as its author wrote it. Names in it that macros or citations use don't decide where it runs.
    """
    direction = direction_of(spoken(_MACRO.sub(" ", written))) or "ltr"
    opening = f'<section class="{WRAPPER}" lang="{language}" dir="{direction}" markdown="1">'
    # Footnotes would stand at the end of the page, after its own words.
    notes = "\n\n///Footnotes Go Here///" if _FOOTNOTE.search(blanked(written, code_spans(written))) else ""
    return Markup(f"{opening}\n\n{_kept_open(text.strip())}{notes}\n\n</section>")


def _kept_open(text: str) -> str:
    """Markdown whose code ends no section: Markdown in HTML looks for end tags before it looks for code."""
    pieces, at = [], 0
    for span in code_spans(text):
        inside = text[span.start : span.end]
        if inside.startswith("`") and "\n" not in inside and "</section" in inside.lower():
            pieces += [text[at : span.start], code(inside.strip("`"))]
            at = span.end
    return "".join([*pieces, text[at:]])


def framed(macros: Mapping[str, Macro]) -> Mapping[str, Macro]:
    """The macros, with what they draw in the page's language marked as such: for an answer in another one."""
    return {name: macro if name in _AUTHORS else partial(_framed, name, macro) for name, macro in macros.items()}


def _framed(name: str, macro: Macro, *given: object, **named: object) -> object:
    drawn = macro(*given, **named)
    if isinstance(drawn, Markup) and (opening := _OPENING.match(drawn)):
        marks = "".join(f' {key}="{value}"' for key, value in OWN_MARKS.items())
        return Markup(f"{opening[0]}{marks}{drawn[opening.end() :]}")
    if isinstance(drawn, Markup) and drawn.startswith("\n\n"):
        inside = drawn.strip()
        if inside.startswith("<"):
            return Markup(f"\n\n{element('div', OWN_MARKS, inside)}\n\n")
        read = element("div", {**OWN_MARKS, "markdown": "1"}, Markup("\n\n%s\n\n") % inside)
        return Markup(f"\n\n{read}\n\n")
    return element("span", OWN_MARKS, drawn) if name in _SENTENCES and isinstance(drawn, str) and drawn else drawn
