"""Citations in Markdown, in Pandoc's form: `[@brooks2023, §3.2.1; @brooks2023-code]`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CODE = re.compile(
    r"(?P<fence>^[ \t]*(?P<mark>`{3,}|~{3,})[^\n]*\n(?:.*?^[ \t]*(?P=mark)[`~]*[ \t]*$|.*\Z))"
    r"|(?P<inline>(?<!`)(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<comment><!--.*?-->)",
    re.MULTILINE | re.DOTALL,
)
_GROUP = re.compile(r"(?<!\\)\[@((?:[^\[\]\n]|\n(?![ \t]*\n))*)\](?!\()")
_ONE = re.compile(r"\s*(?:@(?P<key>[\w:.#$%&+?<>~/-]*[\w/]))?\s*,?\s*(?P<locator>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Citation:
    """One key of one bracket.

    Attributes:
        key: citation key as written; empty when the bracket names none.
        locator: where in the source, `§3.2.1`; empty when not said.
        line: 1-based line of the bracket within the Markdown.
        start, end: span of the whole bracket, which several citations may share.
    """

    key: str
    locator: str
    line: int
    start: int
    end: int


def find(markdown: str) -> list[Citation]:
    """Citations in order; what stands in code, a comment, or the text of a link is none."""
    prose = _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), markdown)
    found = []
    for group in _GROUP.finditer(prose):
        line = prose.count("\n", 0, group.start()) + 1
        for part in f"@{group[1]}".split(";"):
            if one := _ONE.fullmatch(part):
                found.append(Citation(one["key"] or "", " ".join(one["locator"].split()), line, *group.span()))
    return found
