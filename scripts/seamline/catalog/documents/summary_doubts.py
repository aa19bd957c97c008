"""What in a summary may not be the paper's own words: a program cannot tell, and a curator sees it at once."""

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
    if parted := re.search(r"\b\w{1,40}-\n[ \t]*[a-z]{1,40}", summary):
        word = "".join(parted[0].split())
        yield f"a line ends within {word!r}", "take the hyphen out if the word has none"
