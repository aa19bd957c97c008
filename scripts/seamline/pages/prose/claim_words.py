"""The words of a claim: the sentence or table cell around a citation, as a reader hears it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from seamline.catalog.citations.grammar import Citation, find
from seamline.catalog.citations.markdown_code import blanked, code_spans
from seamline.catalog.evidence.sentences import spans_of
from seamline.pages.html import one_line

Names = Callable[[str], str]
"""What the sentence calls a key that is cited in running text: the authors' names."""

_HERE = "\ue003"
_BLOCK_EDGE = re.compile(r"\n[ \t]*(?=\n)|\n(?=[ \t]*(?:>[ \t]*)*(?:[-*+]|\d+[.)]|#+|\||!!!|\?\?\?)[ \t])")
_ROW = re.compile(r"[ \t]*\|")
_CELL_EDGE = re.compile(r"(?<!\\)\|")
_LEAD = re.compile(r"\s*(?:(?:[-*+>]|\d+\.)[ \t]+)*(\*\*|__)(?=\S)(?P<words>.+?)\1(?=\s)", re.DOTALL)


def claim_around(text: str, start: int, end: int, names: Names) -> str:
    """The sentence that the citation at `text[start:end]` supports, as plain text.

    A citation behind a full stop belongs to the sentence before it. In a table the claim is one cell; what its row
    and its column are about stands before it, as a cell alone may say the opposite. A bold run-in heading stays
    with the sentence right behind it.
    """
    prose, edges = _blocks_of(text)
    block_start = max((edge for edge in edges if edge <= start), default=0)
    block_end = min((edge for edge in edges if edge >= end), default=len(text))
    if _ROW.match(prose, block_start):
        return _cell(text, prose, start, end, block_start, block_end, names)
    return _sentence(text[block_start:start], text[end:block_end], text[start:end], names)


@lru_cache(maxsize=1)
def _blocks_of(text: str) -> tuple[str, tuple[int, ...]]:
    """A text without its code, and where its blocks begin; every citation of a page asks for those of the page."""
    prose = blanked(text, code_spans(text), "x")
    return prose, tuple(match.end() for match in _BLOCK_EDGE.finditer(prose))


def spoken(text: str, names: Names | None = None) -> str:
    """Markdown as the words a reader sees: no citations, marks or link targets."""
    groups: dict[tuple[int, int], Citation] = {}
    for found in find(text):
        groups.setdefault((found.start, found.end), found)
    for citation in reversed(groups.values()):
        said = names(citation.key) if names and citation.in_text else ""
        before = text[: citation.start]
        text = (before + said if said else before.rstrip(" ")) + text[citation.end :]
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\s*\|\s*$", "", re.sub(r"(?<=\S)\s*\|\s*(?=\S)", " · ", text))
    text = re.sub(r'(?m)^[ \t]*(?:!!!|\?\?\?\+?)[ \t]+[\w -]+(?:"([^"\n]*)")?', r"\1", text)
    text = re.sub(r"(?m)^[ \t]*(?:[-*+>|]|\d+\.|#+)[ \t]+(?:\[[ xX]\][ \t]+)?", "", text)
    text = re.sub(r"(\*\*|__|`)", "", text)
    text = re.sub(r"(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)", "", text)
    text = re.sub(r"</?[a-zA-Z][\w-]*(?:\s[^<>]*)?>", "", text)
    return one_line(re.sub(r"\\([^\w\s])", r"\1", text))


def _sentence(before: str, after: str, group: str, names: Names) -> str:
    """The sentence around a citation, of which `before` and `after` are what else its block holds."""
    cited = find(group)
    said = names(cited[0].key) if cited and cited[0].in_text else ""
    marked = spoken(f"{before if said else before.rstrip()}{_HERE}{said}{after}", names)
    at = marked.find(_HERE) + bool(said)
    words = marked.replace(_HERE, "", 1)
    sentences = spans_of(words)
    own = next(((one, two) for one, two in sentences if at <= two), sentences[-1] if sentences else (0, 0))
    lead = _LEAD.match(before)
    heading = spoken(lead["words"]) if lead else ""
    if heading and words[: own[0]].rstrip() == heading:
        return words[: own[1]]
    return words[own[0] : own[1]]


def _cell(text: str, prose: str, start: int, end: int, row_start: int, row_end: int, names: Names) -> str:
    bars = [match.start() for match in _CELL_EDGE.finditer(prose, row_start, row_end)]
    left = max((bar + 1 for bar in bars if bar < start), default=row_start)
    right = min((bar for bar in bars if bar >= end), default=row_end)
    claim = _sentence(text[left:start], text[end:right], text[start:end], names)
    column = sum(bar < start for bar in bars) - 1
    head = _head_of_table(prose, row_start)
    if column < 1 or head == row_start:
        return claim
    about = [*_cells(text, prose, row_start)[:1], *_cells(text, prose, head)[column : column + 1]]
    said = " · ".join(filter(None, (spoken(words, names) for words in about)))
    return f"{said}: {claim}" if said else claim


def _cells(text: str, prose: str, line_start: int) -> list[str]:
    line_end = prose.find("\n", line_start)
    line_end = len(prose) if line_end < 0 else line_end
    bars = [match.start() for match in _CELL_EDGE.finditer(prose, line_start, line_end)]
    return [text[bar + 1 : following] for bar, following in zip(bars, [*bars[1:], line_end], strict=True)]


def _head_of_table(prose: str, row_start: int) -> int:
    """Start of the first line of the table that has a row at `row_start`."""
    first = row_start
    while first > 0:
        previous = prose.rfind("\n", 0, first - 1) + 1
        if not _ROW.match(prose, previous):
            break
        first = previous
    return first
