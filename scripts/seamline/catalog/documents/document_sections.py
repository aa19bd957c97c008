"""Where the sections of a question document begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from seamline.catalog.documents.scanning import Line
from seamline.catalog.reading.validation import nearest
from seamline.catalog.reading.yaml_reader import Unreadable

_HEADING = re.compile(r"\s{0,3}(?:#{1,6}\s*(?P<hashed>.*?)|\*\*(?P<bold>[^*]+)\*\*:?|(?P<bare>[^#*]+)[:：])[\s#]*")
_LONGEST_HEADING = 200
"""Characters of a line that are looked at: no heading is longer, and longer lines would cost time by their square."""
_SECTIONS = {"recommended ai models": "models", "recommended models": "models", "related papers": "papers"}
_ANSWER = re.compile(
    r"\s*(?P<hashed>#{1,6}\s*)?(?P<bold>\*\*)?answer(?:\*\*)?\s*(?P<colon>[:：])?(?:\*\*)?\s*", re.IGNORECASE
)


def sections_of(lines: Sequence[Line]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Name of each section, the index of its first line below the heading, and of the line after its last.

    Raises:
        Unreadable: a section stands there twice, or a heading names none.
    """
    found: list[tuple[str, int]] = []
    for index, line in enumerate(lines):
        match = _HEADING.fullmatch(line.seen[:_LONGEST_HEADING])
        if not match or line.key or _is_answer(lines, index):
            continue
        title = " ".join((match["hashed"] or match["bold"] or match["bare"] or "").lower().strip(" :：*_").split())
        section = _SECTIONS.get(title)
        if section and section in (name for name, _ in found):
            raise Unreadable(line.number, "a second section of that name", "put all its entries into one section")
        if section:
            found.append((section, index + 1))
        elif match["hashed"] and (close := nearest(title, _SECTIONS)):
            raise Unreadable(line.number, f"no section is called {title!r}", f"did you mean `{close.title()}`?")
        elif match["hashed"] and found:
            hint = "known are `### Recommended AI Models:` and `### Related Papers:`"
            raise Unreadable(line.number, f"no section is called {title[:60]!r}", hint)
    ends = [start - 1 for _, start in found[1:]] + [len(lines)]
    for (name, start), end in zip(found, ends, strict=False):
        yield name, (start, end)


def end_of_entries(lines: Sequence[Line], start: int) -> int:
    """Index of the trailing `Answer:`, or the number of lines when there is none.

    Args:
        start: index of the first section's first line; a line above it is part of the instruction.

    Raises:
        Unreadable: anything stands below `Answer:`.
    """
    for index in range(start, len(lines)):
        if not _is_answer(lines, index):
            continue
        if after := next((line for line in lines[index + 1 :] if not line.blank), None):
            hint = "take it out here, import, and write the answer into the question's page"
            raise Unreadable(after.number, "text below `Answer:` is not imported", hint)
        return index
    return len(lines)


def meant_as_heading(text: str) -> str:
    """The heading that a line without its marks is meant as; empty when none."""
    close = nearest(text.lower().strip(" :：*_#-"), _SECTIONS)
    return f"### {'Related Papers' if _SECTIONS[close] == 'papers' else 'Recommended AI Models'}:" if close else ""


def _is_answer(lines: Sequence[Line], index: int) -> bool:
    """Whether a line is the heading of the answer; the bare word may as well end a sentence of the line before."""
    match = _ANSWER.fullmatch(lines[index].seen)
    if not match:
        return False
    return bool(match["hashed"] or match["bold"] or match["colon"]) or index == 0 or lines[index - 1].blank
