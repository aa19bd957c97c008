"""Question documents: the text a curator receives -> what it says, or one error that names line and reason.

A document has an instruction preamble with the quoted question in it, then a section of recommended models and,
perhaps, one of related papers; each holds entries of `Key: value` lines that begin with `Model:`. A summary runs
until the next entry, so it may span lines and paragraphs. A line `Model: …` inside a summary stays part of it
unless it opens an entry, which shows in the line after it (`Paper:`, `GitHub:`), or, behind a blank line, in what
it names (a workflow block among the models) or in what follows (`Summary:`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, NoReturn

from seamline.catalog.links import Reference, read_reference, read_repository
from seamline.catalog.reading import Unreadable
from seamline.catalog.validating import nearest

Key = Literal["model", "paper", "github", "summary"]

BLOCK = re.compile(r"[A-Za-z0-9]+2[A-Za-z0-9]+(-[^\s-]+){2}-\S+")

_HEADING = re.compile(r"\s{0,3}(?:#{1,6}\s*(?P<hashed>.*?)|\*\*(?P<bold>[^*]+)\*\*:?)[\s#]*")
_KEY = re.compile(r"\s*(?:[-*]\s+)?(?:\*\*)?(?P<key>[A-Za-z][A-Za-z ]{1,18}?)(?:\*\*)?\s*[:：](?:\*\*)?(?P<value>.*)")
_KEYS: dict[str, Key] = {"model": "model", "paper": "paper", "github": "github", "summary": "summary"}
_SECTIONS = {"recommended ai models": "models", "recommended models": "models", "related papers": "papers"}
_ANSWER = re.compile(r"\s*(?:#{1,6}\s*)?(?:\*\*)?answer(?:\*\*)?\s*[:：]?(?:\*\*)?\s*", re.IGNORECASE)
_NOTHING = {"", "-", "–", "—", "n/a", "na", "none", "null", "not available"}
_QUOTES = {
    '"': '"', "“": "”", "„": "“”", "”": "”", "«": "»", "»": "«", "‹": "›", "›": "‹",
    "「": "」", "『": "』", "《": "》", "‘": "’", "‚": "‘’", "'": "'", "＂": "＂",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """One entry of a document, as it stands there.

    Attributes:
        name: a workflow block, or the title of a paper.
        papers: links behind `Paper:`; a model may have several.
        github: address of the repository; empty when none is given.
        line: 1-based line of `Model:`.
    """

    name: str
    line: int
    papers: tuple[Reference, ...] = ()
    github: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says.

    Attributes:
        asked: the question without its quotation marks.
        asked_line: 1-based line it begins on.
    """

    asked: str
    asked_line: int
    models: tuple[Given, ...]
    papers: tuple[Given, ...]


def parse(text: str) -> Document:
    """Read a document.

    Args:
        text: as `read_text` gives it.

    Raises:
        Unreadable: something in it is not understood; names line and reason.
    """
    lines = text.split("\n")
    sections = dict(_sections(lines))
    if "models" not in sections:
        hint = "the document needs a line `### Recommended AI Models:` with a `Model:` entry below it"
        raise Unreadable(len(lines), "names no recommended models", hint)
    preamble_end = min(start for start, _ in sections.values())
    asked, asked_line = _question(lines[: preamble_end - 1])
    end = _answer_line(lines)
    models = tuple(_entries(lines, "models", *sections["models"], end))
    papers = tuple(_entries(lines, "papers", *sections["papers"], end)) if "papers" in sections else ()
    if not models:
        hint = "write `Model: <inputs>2<outputs>-<hub>-<owner>-<name>` below the heading"
        raise Unreadable(sections["models"][0], "recommends no model", hint)
    for index, model in enumerate(models):
        if model.name in (earlier.name for earlier in models[:index]):
            raise Unreadable(model.line, f"{model.name!r} is recommended twice", "keep one of the two", "Model")
    if len(models) > 10:
        raise Unreadable(models[10].line, f"recommends {len(models)} models", "a question has ten models at most")
    return Document(asked, asked_line, models, papers)


def _sections(lines: list[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Name of each section, the index of its first line below the heading, and of the line after its last."""
    found: list[tuple[str, int]] = []
    for index, line in enumerate(lines):
        match = _HEADING.fullmatch(line)
        if not match or _ANSWER.fullmatch(line):
            continue
        title = " ".join((match["hashed"] or match["bold"] or "").lower().strip(" :：*").split())
        section = _SECTIONS.get(title)
        if section and section in (name for name, _ in found):
            raise Unreadable(index + 1, "a second section of that name", "put all its entries into one section")
        if section:
            found.append((section, index + 1))
        elif match["hashed"] and (close := nearest(title, _SECTIONS)):
            raise Unreadable(index + 1, f"no section is called {title!r}", f"did you mean `{close.title()}`?")
        elif match["hashed"] and found:
            hint = "known are `### Recommended AI Models:` and `### Related Papers:`"
            raise Unreadable(index + 1, f"no section is called {title!r}", hint)
    ends = [start - 1 for _, start in found[1:]] + [len(lines)]
    for (name, start), end in zip(found, ends, strict=False):
        yield name, (start, end)


def _answer_line(lines: list[str]) -> int:
    """Index of the trailing `Answer:`, or the number of lines when there is none."""
    for index in range(len(lines) - 1, -1, -1):
        if _ANSWER.fullmatch(lines[index]):
            after = [(number, line) for number, line in enumerate(lines[index + 1 :], index + 2) if line.strip()]
            if not after:
                return index
            if not any(_key(line) for _, line in after):
                hint = "delete it here, import, and write the answer into the question's page"
                raise Unreadable(after[0][0], "text below `Answer:` is not imported", hint)
            break
    return len(lines)


def _question(lines: list[str]) -> tuple[str, int]:
    """The quoted question of the preamble and the 1-based line it begins on."""
    found = list(_quotations(lines))
    if not found:
        hint = "put the asker's words in quotation marks, on lines of their own, above the first section"
        raise Unreadable(max(1, len(lines)), "no quoted question", hint)
    if len(found) > 1:
        raise Unreadable(found[1][1], "a second quoted question", "import one document per question")
    return found[0]


def _quotations(lines: list[str]) -> Iterator[tuple[str, int]]:
    index = 0
    while index < len(lines):
        text = _behind_colon(lines[index])
        closing = _QUOTES.get(text[:1], "")
        end = index if closing else len(lines)
        while end < len(lines) and lines[end].strip() and not _closed(text, closing):
            end += 1
            text = f"{text} {lines[end].strip()}" if end < len(lines) else text
        if closing and _closed(text, closing):
            words = text.rstrip(" .,\u00a0\u202f")[1:-1].strip(" \t\u00a0\u202f")
            if words:
                yield words, index + 1
            index = end
        elif closing and closing != "'":
            raise Unreadable(
                index + 1, f"the quotation mark {text[:1]} is never closed", f"close it with {closing[-1]}"
            )
        index += 1


def _behind_colon(line: str) -> str:
    """The line, without an introduction such as `Question:` before a quotation mark."""
    text = line.strip()
    head, colon, tail = text.partition(":")
    return tail.strip() if colon and tail.strip()[:1] in _QUOTES and '"' not in head else text


def _closed(text: str, closing: str) -> bool:
    stripped = text.rstrip(" .,\u00a0\u202f")
    return len(stripped) > 1 and stripped[-1] in closing


@dataclass
class _Open:
    """An entry while its lines are read."""

    given: Given
    at: Key = "model"
    summary: list[str] = field(default_factory=list)
    has_summary: bool = False

    def closed(self) -> Given:
        return replace(self.given, summary="\n".join(self.summary).strip())


def _entries(lines: list[str], section: str, start: int, end: int, answer: int) -> Iterator[Given]:
    current: _Open | None = None
    for index in range(start, min(end, answer)):
        line, number = lines[index], index + 1
        key, value = _key(line) or (None, "")
        inside = current is not None and current.at == "summary"
        if key == "model" and (not inside or _opens_entry(lines, index, section, value)):
            if current:
                yield current.closed()
            current = _Open(_named(value, section, number))
        elif current and key and (not inside or _belongs(current, key, value)):
            _add(current, key, value, section, number)
        elif current and inside:
            current.summary.append(line.strip())
        elif line.strip():
            _misunderstood(line, number, current)
    if current:
        yield current.closed()


def _opens_entry(lines: list[str], index: int, section: str, value: str) -> bool:
    following = _key(lines[index + 1]) if index + 1 < len(lines) else None
    if following and following[0] in ("paper", "github") and _is_link_or_nothing(following[1]):
        return True
    behind_blank = not lines[index - 1].strip()
    named = section == "models" and bool(BLOCK.fullmatch(value))
    return behind_blank and (named or bool(following and following[0] == "summary"))


def _belongs(current: _Open, key: Key, value: str) -> bool:
    """Whether a `Key: value` line below a summary is a fact of the entry rather than the summary's own words."""
    missing = not current.given.papers if key == "paper" else not current.given.github
    return key in ("paper", "github") and missing and value.startswith(("http://", "https://"))


def _named(value: str, section: str, number: int) -> Given:
    if not value:
        raise Unreadable(number, "`Model:` names nothing", "write the name behind the colon", "Model")
    if section == "models" and not BLOCK.fullmatch(value):
        hint = "write the workflow block, `<inputs>2<outputs>-<hub>-<owner>-<name>`"
        raise Unreadable(number, f"{value[:60]!r} is not a workflow block", hint, "Model")
    return Given(value, number)


def _add(current: _Open, key: Key, value: str, section: str, number: int) -> None:
    given = current.given
    current.at = key
    if key == "summary":
        if current.has_summary:
            raise Unreadable(number, "given twice", "an entry has one summary", "Summary")
        current.has_summary = True
        current.summary.append(value)
    elif value.lower() in _NOTHING:
        return
    elif key == "paper":
        if given.papers and section == "papers":
            raise Unreadable(number, "given twice", "begin the other paper with a `Model:` line of its own", "Paper")
        current.given = replace(given, papers=(*given.papers, _linked(value, number)))
    elif key == "github":
        if given.github:
            raise Unreadable(number, "given twice", "an entry has one repository", "GitHub")
        if not (repository := read_repository(value)):
            hint = "write `https://github.com/<owner>/<name>`, or leave the line out"
            raise Unreadable(number, f"{value[:60]!r} is not a repository on GitHub", hint, "GitHub")
        current.given = replace(given, github=repository)


def _linked(value: str, number: int) -> Reference:
    if reference := read_reference(value):
        return reference
    hint = "write an address like `https://arxiv.org/abs/2211.09800`, or leave the line out"
    raise Unreadable(number, f"{value[:60]!r} is not the address of a paper", hint, "Paper")


def _is_link_or_nothing(value: str) -> bool:
    return value.lower() in _NOTHING or read_reference(value) is not None


def _misunderstood(line: str, number: int, current: _Open | None) -> NoReturn:
    match = _KEY.fullmatch(line)
    if match and not _key(line) and (close := nearest(match["key"], _KEYS)):
        names = {"github": "GitHub"}
        raise Unreadable(
            number, f"no key is called `{match['key']}`", f"did you mean `{names.get(close, close.title())}:`?"
        )
    hint = "known are `Model:`, `Paper:`, `GitHub:` and `Summary:`"
    what = "is not part of any entry" if current else "stands before the first `Model:`"
    raise Unreadable(number, f"{line.strip()[:60]!r} {what}", hint)


def _key(line: str) -> tuple[Key, str] | None:
    match = _KEY.fullmatch(line)
    key = _KEYS.get(match["key"].strip().lower()) if match else None
    return (key, match["value"].strip()) if match and key else None
