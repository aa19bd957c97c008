"""The quoted question in a document's preamble."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from seamline.catalog.documents.scanning import Line, trimmed
from seamline.catalog.reading.yaml_reader import Unreadable

_QUOTES = {
    '"': '"', "“": "”", "„": "“”", "”": "”", "«": "»", "»": "«", "‹": "›", "›": "‹",
    "「": "」", "『": "』", "《": "》", "‘": "’", "‚": "‘’", "'": "'", "＂": "＂",
}  # fmt: skip


def quoted_question(lines: Sequence[Line]) -> tuple[str, int]:
    """The quoted question of a preamble, without its quotation marks, and the 1-based line it begins on.

    Raises:
        Unreadable: there is none, more than one, or one whose end cannot be told.
    """
    found = list(_quotations(lines))
    if not found:
        hint = "put the asker's words in quotation marks, on lines of their own, above the first section"
        raise Unreadable(lines[-1].number if lines else 1, "no quoted question", hint)
    if len(found) > 1:
        raise Unreadable(found[1][1], "a second quoted question", "import one document per question")
    return found[0]


def _quotations(lines: Sequence[Line]) -> Iterator[tuple[str, int]]:
    index = 0
    while index < len(lines):
        text = _behind_colon(_undecorated(lines[index].text))
        closing = _QUOTES.get(text[:1], "")
        end = index if closing else len(lines)
        while end < len(lines) and not lines[end].blank and not _closed(text, closing):
            end += 1
            text = f"{text} {_undecorated(lines[end].text)}" if end < len(lines) else text
        if closing and _closed(text, closing):
            words = text.rstrip(" .,\u00a0\u202f")[1:-1].strip(" \t\u00a0\u202f")
            if words := trimmed(words):
                yield words, lines[index].number
            index = end
        elif closing and closing != "'":
            raise _never_closed(lines, index, text, closing)
        index += 1


def _never_closed(lines: Sequence[Line], index: int, text: str, closing: str) -> Unreadable:
    """What is wrong with a quotation that does not end where its paragraph ends."""
    number = lines[index].number
    if any(mark in text[1:] for mark in closing):
        hint = "let the question end with its quotation mark, and put what follows on a line of its own"
        return Unreadable(number, "text stands behind the closing quotation mark of the question", hint)
    if any(mark in line.text for mark in closing for line in lines[index + 1 :]):
        hint = "join the paragraphs of the question, without blank lines between them"
        return Unreadable(number, "a blank line stands before the question's closing quotation mark", hint)
    return Unreadable(number, f"the quotation mark {text[:1]} is never closed", f"close it with {closing[-1]}")


def _undecorated(text: str) -> str:
    """A line of the preamble without marks of quotation, lists and emphasis around it."""
    bare = re.sub(r"^[\s>*_#-]+(?=\S)", "", trimmed(text))
    return trimmed(trimmed(bare).rstrip(" \t\u00a0\u2009\u202f\u3000*_"))


def _behind_colon(text: str) -> str:
    """The line, without an introduction such as `Question:` before a quotation mark."""
    head, colon, tail = text.partition(":")
    return tail.strip(" *_\t") if colon and tail.strip(" *_\t")[:1] in _QUOTES and '"' not in head else text


def _closed(text: str, closing: str) -> bool:
    stripped = text.rstrip(" .,\u00a0\u202f")
    return len(stripped) > 1 and stripped[-1] in closing
