"""What of a given paper may be wrong: a program cannot tell for sure, and a curator sees it at once."""

from __future__ import annotations

import re
from collections.abc import Iterator


def doubts_of(summary: str) -> Iterator[tuple[str, str]]:
    """What is odd about a summary, and what to do; nothing of most.

    A summary runs until the next entry. So an instruction or a page's number that stands below it is taken for its
    last words.
    """
    paragraphs = [part for part in re.split(r"\n[ \t]*\n", summary) if part.strip()]
    if len(paragraphs) > 1:
        last = " ".join(paragraphs[-1].split())
        yield f"ends with a paragraph of its own, {last[:60]!r}", "take it out if it is not the paper's own"
    if number := re.search(r"(?m)^[ \t]*(\d{1,4})[ \t]*$", summary):
        yield f"one of its lines is the number {number[1]} alone", "take it out if it is a page's number"
    if keyed := re.search(
        r"(?m)^[ \t]*(?P<key>\w[\w ]{0,20}):[ \t]*<?(?:https?://|www\.|github\.com/)\S+[ \t]*$", summary
    ):
        hint = "if it is the paper's repository, give it as `github:` and take the line out"
        yield f"holds the line `{' '.join(keyed[0].split())[:60]}`", hint
    if parted := re.search(r"\b\w{1,40}-\n[ \t]*[a-z]{1,40}", summary):
        word = "".join(parted[0].split())
        yield f"a line ends within {word!r}", "take the hyphen out if the word has none"


def doubts_of_arxiv(identifier: str) -> Iterator[tuple[str, str]]:
    """Why arXiv can have given no such identifier: by its months, and its digits, five since 2015 and four before."""
    match = re.fullmatch(r"(\d\d)(\d\d)\.(\d+)", identifier)
    if not match:
        return
    year, month, digits = int(match[1]), int(match[2]), len(match[3])
    if not 1 <= month <= 12 or year < 7:
        yield (
            f"{identifier} cannot be an identifier of arXiv: it begins with a year and a month",
            "look for a slip in it",
        )
    elif digits != (wanted := 5 if year >= 15 else 4):
        yield f"{identifier} cannot be an identifier of arXiv: {wanted} digits follow", "look for a slip in it"
