"""What people write in prose, made fit for the page it will stand on. Code is left as it is written."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from seamline.catalog.citations.markdown_code import code_spans
from seamline.pages import urls

_LINK = re.compile(r"(?m)(?P<lead>(?<!\\)\]\([ \t]*|^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]+)(?P<target>[^\s()<>]+)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|/|#|[\ue000-\ue002]", re.IGNORECASE)
_TAG = re.compile(r"<(?=[A-Za-z/!?])(?!/?(?:sub|sup|kbd)>)")


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """`text` with `change` applied to everything that is neither code nor a comment."""
    pieces, at = [], 0
    for span in code_spans(text):
        pieces += [change(text[at : span.start]), text[span.start : span.end]]
        at = span.end
    return "".join([*pieces, change(text[at:])])


def without_html(text: str) -> str:
    """`text` without comments, and with every `<` that could begin a tag made harmless, but for bare `<sub>`."""
    pieces, at = [], 0
    for span in code_spans(text):
        inside = text[span.start : span.end]
        pieces += [text[at : span.start], inside if span.kind == "code" else "\n" * inside.count("\n")]
        at = span.end
    text = "".join([*pieces, text[at:]])
    pieces, at = [], 0
    for span in code_spans(text):
        if span.kind == "code":
            pieces += [_TAG.sub("&lt;", text[at : span.start]), text[span.start : span.end]]
            at = span.end
    return "".join([*pieces, _TAG.sub("&lt;", text[at:])])


def relinked(text: str, source: str, page: str) -> str:
    """`text` with its Markdown links, written as seen from `source`, leading to the same places from `page`.

    Args:
        source: path below `docs/` from which the author counts: `guides/publish.md`.
        page: where that source is published: `guides/publish/index.md`.
    """

    def moved(link: re.Match[str]) -> str:
        if _ELSEWHERE.match(link["target"]):
            return link[0]
        target, mark, anchor = link["target"].partition("#")
        wanted = urls.page_of(posixpath.normpath(posixpath.join(posixpath.dirname(source), target)))
        return f"{link['lead']}{posixpath.relpath(wanted, posixpath.dirname(page) or '.')}{mark}{anchor}"

    return outside_code(text, lambda part: _LINK.sub(moved, part))
