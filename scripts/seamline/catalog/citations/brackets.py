"""Square brackets as a tree, and the at signs with keys in them: what the reader of citations looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

AT_SIGNS = "@＠﹫"
_KEY = re.compile(
    rf"(?P<minus>(?<!\w)-)?(?P<at>[{AT_SIGNS}])(?:\{{(?P<braced>[^{{}}\s]*)\}}|(?P<key>\w(?:[\w:.#$%&+?<>~/-]*[\w/])?))?"
)
_DEPTH = 12


class Token(NamedTuple):
    """An at sign with its key, from `start` to `end` of the text.

    Attributes:
        key: the key without braces; empty when none follows the at sign.
        wide: whether the at sign is a full-width one.
        likely: false inside a word, as in a mail address: then it is a citation only if the key is a source's.
    """

    start: int
    end: int
    key: str
    wide: bool
    likely: bool


class Bracket(NamedTuple):
    """A balanced pair of square brackets, from `start` to `end` of the text."""

    start: int
    end: int


_One = TypeVar("_One", Bracket, Token)


def parents(ones: Sequence[_One], brackets: Sequence[Bracket]) -> Iterator[tuple[_One, Bracket | None]]:
    """Each of `ones` with the innermost of `brackets` around it; both come in order of their beginnings."""
    waiting: Iterator[Bracket | None] = iter([*brackets, None])
    stack: list[Bracket] = []
    following = next(waiting)
    for one in ones:
        while following and following.start < one.start:
            stack.append(following)
            following = next(waiting)
            while len(stack) > 1 and stack[-2].end <= stack[-1].start:
                del stack[-2]
        while stack and stack[-1].end < one.end:
            stack.pop()
        yield one, stack[-1] if stack else None


def tokens_of(prose: str) -> Iterator[Token]:
    """At signs with what follows them, in order; an escaped one, `\\\\@` or `\\\\[@`, is a letter."""
    for match in _KEY.finditer(prose):
        at = match.start("at")
        before, further = prose[max(0, at - 2) : at][-1:], prose[max(0, at - 2) : at][:-1]
        if before == "\\" or further + before in ("\\[", "\\-") or prose[max(0, at - 3) : at] == "\\[-":
            continue
        key = match["braced"] if match["braced"] is not None else match["key"] or ""
        in_word = bool(match["key"]) and not match["minus"] and _goes_on(further, before)
        yield Token(match.start(), match.end(), key, match["at"] != "@", not in_word)


def _goes_on(further: str, before: str) -> bool:
    """Whether an at sign behind these two characters is inside a word, as in a mail address.

    Scripts without case and blanks between words, as Chinese, do not count: there a citation may follow a letter.
    """
    letter = before if before.isalnum() or before == "_" else further if before in ".+%-/" else ""
    return bool(letter) and (letter.isdigit() or letter == "_" or letter.lower() != letter.upper())


def brackets_of(prose: str) -> Iterator[Bracket]:
    """Balanced square brackets within a paragraph, in order of their beginnings; an escaped one is a letter.

    Those inside more than `_DEPTH` others are left out: no prose has them, and a tree so deep is slow to climb.
    """
    found: list[Bracket] = []
    open_at: list[int] = []
    for match in re.finditer(r"\\.|\[|\]|\n[ \t]*(?=\n)", prose):
        if match[0] == "[":
            open_at.append(match.start())
        elif match[0] == "]" and open_at:
            found.append(Bracket(open_at.pop(), match.end()))
        elif match[0].startswith("\n"):
            open_at.clear()
    around: list[Bracket] = []
    for bracket in sorted(found):
        while around and around[-1].end <= bracket.start:
            around.pop()
        if len(around) < _DEPTH:
            yield bracket
            around.append(bracket)
