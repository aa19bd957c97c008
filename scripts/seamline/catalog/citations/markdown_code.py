"""Where Markdown holds code and comments: one answer for whoever reads or changes the prose around them.

Blocks are those of Python-Markdown, which both site builders use: four columns of indentation are one level of a
list, note or tab, and four more after a blank line are code. `tests/catalog/test_citations.py` compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

_INLINE = re.compile(
    r"(?P<comment><!--(?:(?!<!--).)*?-->)"
    r"|(?P<code>(?<![`\\])(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=ticks)(?!`))",
    re.DOTALL,
)
_FENCE = re.compile(r"[ \t]*(?P<mark>`{3,}(?!.*`)|~{3,})")
_ITEM = re.compile(r"(?:[-*+]|\d+\.)[ \t]+\S")
_NOTE = re.compile(r"(?:!!!|\?\?\?\+?|===[!+]*)[ \t]+\S|\[\^[^\]\n]+\]:")
_HEADING = re.compile(r"#{1,6}[ \t]*\S")


class Span(NamedTuple):
    """Characters `start` to `end` of a text that are not prose; `closed` is false for a fence without an end."""

    start: int
    end: int
    kind: Literal["code", "comment"]
    closed: bool = True


def code_spans(markdown: str) -> list[Span]:
    """Fenced, indented and inline code, and HTML comments, in order; none overlaps another."""
    blocks = list(_blocks(markdown))
    rest = blanked(markdown, blocks)
    inline: list[Span] = []
    for match in _INLINE.finditer(rest):
        inline.append(Span(*match.span(), "comment" if match["comment"] else "code"))
    outside = [block for block in blocks if not any(one.start <= block.start < one.end for one in inline)]
    return sorted([*outside, *inline])


def blanked(markdown: str, spans: list[Span], filler: str = "\x00") -> str:
    """`markdown` with every character of `spans` but line ends replaced by `filler`, and so of the same length."""
    pieces, at = [], 0
    for span in spans:
        pieces += [markdown[at : span.start], re.sub(r"[^\n]", filler, markdown[span.start : span.end])]
        at = span.end
    return "".join([*pieces, markdown[at:]])


def _blocks(markdown: str) -> Iterator[Span]:
    """Fenced and indented code, line by line.

    `depth` counts the open lists, notes and tabs. A line may begin code or open one of these only where a block
    begins: after a blank line, a heading, or the first line of a note.
    """
    depth, fresh, in_list, code, fence, opened = 0, True, False, -1, "", 0
    at = 0
    for line in markdown.splitlines(keepends=True):
        start, at = at, at + len(line)
        text = line.expandtabs(4).rstrip()
        if fence:
            if re.fullmatch(rf"[ \t]*{fence[0]}{{{len(fence)},}}", text):
                yield Span(opened, start + len(line.rstrip("\n")), "code")
                fence, fresh = "", False
            continue
        if not text:
            fresh = True
            continue
        indent = len(text) - len(text.lstrip(" "))
        if code >= 0 and indent >= code:
            yield Span(start, start + len(line.rstrip("\n")), "code")
            continue
        if code >= 0:
            code, fresh = -1, True
        level = min(depth, indent // 4)
        body = text[4 * level :]
        if fresh and body.startswith("    "):
            depth, code = level, 4 * level + 4
            yield Span(start, start + len(line.rstrip("\n")), "code")
            continue
        if match := _FENCE.match(body):
            depth, fence, opened = level if fresh else depth, match["mark"], start
            continue
        depth, fresh, in_list = _opened(body.strip(), level, depth, fresh, in_list)
    if fence:
        yield Span(opened, len(markdown), "code", closed=False)


def _opened(body: str, level: int, depth: int, fresh: bool, in_list: bool) -> tuple[int, bool, bool]:
    """Depth after a line of prose, whether the next line begins a block, and whether this one belongs to a list."""
    if _NOTE.match(body) and (fresh or not body.startswith("[")):
        return level + 1, not body.startswith("["), False
    if _ITEM.match(body) and (fresh or in_list):
        return level + 1, False, True
    if _HEADING.match(body) and fresh:
        return level, True, False
    return (level, False, False) if fresh else (depth, False, in_list)
