"""Lines of a document as a reader sees them: what surrounds a key, and what cannot be seen, does not count.

Documents come out of word processors, mail, PDF readers and chats. So a key may stand behind a bullet, a number, a mark
of quotation or emphasis, behind or between invisible characters, and every line may be followed by a blank one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

from seamline.catalog.entry_identity import visible

Key = Literal["model", "paper", "github", "summary"]

KEYS: dict[str, Key] = {"model": "model", "paper": "paper", "github": "github", "summary": "summary"}

_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
"""What ends a line although it is no newline: vertical tab, form feed, NEL, and Unicode's two separators."""

_LAYOUT = dict.fromkeys(map(ord, "\u00ad\u2060\ufeff"))
"""Left out of running text: soft hyphen, word joiner, and the mark that joining two files leaves between them.

Zero-width space, joiner and non-joiner stay: scripts such as Khmer and Persian need them inside words.
"""

_GAP = re.compile(r"\s{3,}")
"""White space that no key needs, and over which the patterns below would try every division."""

_QUOTED = re.compile(r"\A\s*>\s?")
_DRESS = r"(?:[\s>*_`~#|+•‣◦▪●○·–—-]|\\(?=[*_>#-])|\(?\d{1,3}[.)](?!\d)|\[\d{1,3}\]|[A-Za-z]\))*"
_COLON = "[:\uff1a\ufe55\ufe13\u2236\ua789]"
_KEYED = re.compile(
    rf"(?P<head>{_DRESS}(?P<key>[A-Za-z][A-Za-z ]{{1,18}}?)(?:\s*[#№]?\s*\d{{1,3}})?[\s*_`\\]*){_COLON}(?P<value>.*)"
)
_LOOKS = re.compile(
    r"(?:[\W\d_]|[a-z][.)])*(?P<key>model|paper|github|summary)\s*[#№]?\s*\d{0,3}[\W_]{0,6}?" + _COLON, re.IGNORECASE
)
_JOINED = re.compile(
    rf"(?<!^)\b(?P<key>Paper|GitHub)[\s*_`]*{_COLON}[\s*_`]*(?:<?https?://|arxiv|doi|10\.\d{{4}}|(?:www\.)?github\.com)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Line:
    """One line of a document.

    Attributes:
        number: 1-based line of the file.
        text: the line without characters of layout; what running text is taken from.
    """

    number: int
    text: str

    @cached_property
    def seen(self) -> str:
        """The line without anything invisible, without the marks of a quotation in front, and with short gaps."""
        shown = _GAP.sub("  ", visible(self.text))
        return _QUOTED.sub("", shown, count=1) if ">" in shown else shown

    @cached_property
    def _keyed(self) -> re.Match[str] | None:
        return _KEYED.fullmatch(self.seen)

    @cached_property
    def blank(self) -> bool:
        """Whether nothing can be seen on it."""
        return not self.seen.strip()

    @cached_property
    def word(self) -> str:
        """What stands in the place of a key, `Papper`; empty where no line begins like one."""
        return self._keyed["key"].strip() if self._keyed else ""

    @cached_property
    def key(self) -> Key | None:
        """The key that the line begins with."""
        return KEYS.get(self.word.lower())

    @cached_property
    def value(self) -> str:
        """What stands behind the key, without anything invisible: a link, a block."""
        return _undressed(self._keyed["head"], self._keyed["value"]) if self._keyed else ""

    @cached_property
    def running_value(self) -> str:
        """What stands behind the key as running text: a title, the beginning of a summary."""
        if not self._keyed:
            return ""
        at = re.search(_COLON, self.text)
        return trimmed(_undressed(self._keyed["head"], self.text[at.end() :] if at else self.value))

    @property
    def looks_like(self) -> str:
        """The key that a reader would take this line to begin with, however it is dressed; empty when none."""
        match = _LOOKS.match(unicodedata.normalize("NFKC", self.seen))
        return match["key"] if match else ""

    @property
    def joined(self) -> str:
        """A key with an address in the middle of the line: another line was joined to this one. Empty when none."""
        match = _JOINED.search(self.seen, len(self._keyed["head"]) if self.key and self._keyed else 0)
        return match["key"] if match else ""


def lines_of(text: str) -> list[Line]:
    """The lines of a document, each with its number in the file.

    Where no two lines stand next to each other, every line was followed by a blank one: one of those blanks goes.
    """
    lines = [
        Line(number, piece.translate(_LAYOUT))
        for number, physical in enumerate(text.split("\n"), start=1)
        for piece in _BREAKS.split(physical)
    ]
    filled = [line for line in lines if not line.blank]
    if filled and all(_QUOTED.match(visible(line.text)) for line in filled):
        lines = [replace(line, text=_QUOTED.sub("", line.text, count=1)) for line in lines]
    return _single_spaced(lines)


def trimmed(text: str) -> str:
    """`text` without white space and invisible characters at its ends."""
    start, end = 0, len(text)
    while start < end and not _shows(text[start]):
        start += 1
    while start < end and not _shows(text[end - 1]):
        end -= 1
    return text[start:end]


def _shows(character: str) -> bool:
    return not character.isspace() and bool(visible(character))


_RULE = re.compile(r"[-*_=~#—–─━]{3,80}|(?:[-*_] ){2,40}[-*_]")


def without_rules_below(lines: Sequence[str]) -> Sequence[str]:
    """Lines without those at their end that are empty, or a rule drawn between entries: `---`, `* * *`."""
    end = len(lines)
    while end and (not (text := lines[end - 1].strip()) or _RULE.fullmatch(text)):
        end -= 1
    return lines[:end]


def _single_spaced(lines: Sequence[Line]) -> list[Line]:
    filled = [index for index, line in enumerate(lines) if not line.blank]
    if len(filled) < _FEWEST or any(after - before == 1 for before, after in pairwise(filled)):
        return list(lines)
    kept: list[Line] = []
    blanks: list[Line] = []
    for line in lines:
        if line.blank:
            blanks.append(line)
            continue
        kept += [*blanks[: len(blanks) // 2], line]
        blanks = []
    return [*kept, *blanks]


_FEWEST = 6
"""Lines that are needed to tell a double-spaced document from a short one that happens to stand so."""


def _undressed(head: str, value: str) -> str:
    """A value without the marks of emphasis around it, or that close what was opened before the key."""
    value = value.strip().removesuffix("\\").rstrip()
    for mark in ("**", "__", "*", "_", "`"):
        if head.count(mark) % 2:
            value = value.removeprefix(mark) if value.startswith(mark) else value.removesuffix(mark)
            break
    value = value.strip()
    for mark in ("**", "__", "*", "_", "`"):
        inner = value[len(mark) : -len(mark)]
        if inner and value.startswith(mark) and value.endswith(mark) and mark not in inner:
            return inner.strip()
    return value
