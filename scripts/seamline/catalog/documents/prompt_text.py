"""Question documents: the text a curator receives -> what it says, or one error that names line and reason.

A document has an instruction preamble with the quoted question in it, then a section of recommended models and,
perhaps, one of related papers; each holds entries of `Key: value` lines that begin with `Model:`. A summary runs
until the next entry, so it may span lines and paragraphs. A line `Model: …` opens an entry where the next line that
is not blank is a line with a key again, or, behind a blank line, where it names a block or nothing follows. A line of
a summary that begins like a key and opens nothing is an error: nothing is swallowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from seamline.blocks.names import is_attempt, parse_block
from seamline.catalog.documents.scanning import KEYS, Key, Line, lines_of, trimmed
from seamline.catalog.links import Reference, read_reference, read_repository
from seamline.catalog.reading.validation import nearest
from seamline.catalog.reading.yaml_reader import Unreadable
from seamline.errors import WorkflowError

_HEADING = re.compile(r"\s{0,3}(?:#{1,6}\s*(?P<hashed>.*?)|\*\*(?P<bold>[^*]+)\*\*:?|(?P<bare>[^#*]+)[:：])[\s#]*")
_SECTIONS = {"recommended ai models": "models", "recommended models": "models", "related papers": "papers"}
_ANSWER = re.compile(r"\s*(?:#{1,6}\s*)?(?:\*\*)?answer(?:\*\*)?\s*[:：]?(?:\*\*)?\s*", re.IGNORECASE)
_NOTHING = {"", "-", "–", "—", "n/a", "na", "none", "null", "not available"}
_PRINTED = {"github": "GitHub", "model": "Model", "paper": "Paper", "summary": "Summary"}
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
        text: as `read_text` gives it for prose.

    Raises:
        Unreadable: something in it is not understood; names line and reason.
    """
    lines = lines_of(text)
    sections = dict(_sections(lines))
    if "models" not in sections:
        hint = "the document needs a line `### Recommended AI Models:` with a `Model:` entry below it"
        raise Unreadable(lines[-1].number, "names no recommended models", hint)
    preamble_end = min(start for start, _ in sections.values())
    asked, asked_line = _question(lines[: preamble_end - 1])
    end = _answer_at(lines)
    parts = {name: lines[start : min(stop, end)] for name, (start, stop) in sections.items()}
    models = tuple(_entries(parts["models"], "models"))
    papers = tuple(_entries(parts.get("papers", []), "papers"))
    if not models:
        hint = "write `Model: <inputs>2<outputs>-<hub>-<owner>-<name>` below the heading"
        raise Unreadable(lines[sections["models"][0] - 1].number, "recommends no model", hint)
    named: set[str] = set()
    for model in models:
        if (identity := parse_block(model.name).identity) in named:
            raise Unreadable(model.line, f"{model.name!r} is recommended twice", "keep one of the two", "Model")
        named.add(identity)
    if len(models) > 10:
        raise Unreadable(models[10].line, f"recommends {len(models)} models", "a question has ten models at most")
    return Document(asked, asked_line, models, papers)


def _sections(lines: Sequence[Line]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Name of each section, the index of its first line below the heading, and of the line after its last."""
    found: list[tuple[str, int]] = []
    for index, line in enumerate(lines):
        match = _HEADING.fullmatch(line.seen)
        if not match or line.key or _ANSWER.fullmatch(line.seen):
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
            raise Unreadable(line.number, f"no section is called {title!r}", hint)
    ends = [start - 1 for _, start in found[1:]] + [len(lines)]
    for (name, start), end in zip(found, ends, strict=False):
        yield name, (start, end)


def _answer_at(lines: Sequence[Line]) -> int:
    """Index of the trailing `Answer:`, or the number of lines when there is none."""
    for index in range(len(lines) - 1, -1, -1):
        if _ANSWER.fullmatch(lines[index].seen):
            after = [line for line in lines[index + 1 :] if not line.blank]
            if not after:
                return index
            if not any(line.key for line in after):
                hint = "delete it here, import, and write the answer into the question's page"
                raise Unreadable(after[0].number, "text below `Answer:` is not imported", hint)
            break
    return len(lines)


def _question(lines: Sequence[Line]) -> tuple[str, int]:
    """The quoted question of the preamble and the 1-based line it begins on."""
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
            hint = f"close it with {closing[-1]}"
            raise Unreadable(lines[index].number, f"the quotation mark {text[:1]} is never closed", hint)
        index += 1


def _undecorated(text: str) -> str:
    """A line of the preamble without marks of quotation, lists and emphasis around it."""
    bare = re.sub(r"^[\s>*_#-]+(?=\S)", "", trimmed(text))
    return trimmed(re.sub(r"[\s*_]+$", "", trimmed(bare)))


def _behind_colon(text: str) -> str:
    """The line, without an introduction such as `Question:` before a quotation mark."""
    head, colon, tail = text.partition(":")
    return tail.strip(" *_\t") if colon and tail.strip(" *_\t")[:1] in _QUOTES and '"' not in head else text


def _closed(text: str, closing: str) -> bool:
    stripped = text.rstrip(" .,\u00a0\u202f")
    return len(stripped) > 1 and stripped[-1] in closing


@dataclass
class _Open:
    """An entry while its lines are read."""

    given: Given
    at: Key = "model"
    summary: list[str] = field(default_factory=list)
    last: Line | None = None
    has_summary: bool = False

    def closed(self) -> Given:
        return replace(self.given, summary="\n".join(self.summary).strip())


def _entries(lines: Sequence[Line], section: str) -> Iterator[Given]:
    current: _Open | None = None
    for index, line in enumerate(lines):
        inside = current is not None and current.at == "summary"
        if line.key == "model" and (not inside or _opens_entry(lines, index, section)):
            if current:
                yield current.closed()
            current = _Open(_named(line, section))
        elif current and line.key and (not inside or _belongs(current, line)):
            _add(current, line, section)
        elif current and inside:
            _refuse_swallowing(line)
            current.summary.append(trimmed(line.text))
            current.last = current.last if line.blank else line
        elif not line.blank:
            _misunderstood(line, current)
    if current:
        yield current.closed()


def _opens_entry(lines: Sequence[Line], index: int, section: str) -> bool:
    following = next((line for line in lines[index + 1 :] if not line.blank), None)
    if following and following.key in ("paper", "github"):
        return _is_link_or_nothing(following.value)
    if following and following.key:
        return True
    return lines[index - 1].blank and (following is None or (section == "models" and is_attempt(lines[index].value)))


def _belongs(current: _Open, line: Line) -> bool:
    """Whether a `Key: value` line below a summary is a fact of the entry rather than the summary's own words."""
    missing = not current.given.papers if line.key == "paper" else not current.given.github
    if line.key not in ("paper", "github") or not missing or not line.value.startswith(("http://", "https://")):
        return False
    if current.last and nearest(current.last.word, KEYS):
        _misunderstood(current.last, current)
    return True


def _refuse_swallowing(line: Line) -> None:
    if key := line.looks_like:
        hint = (
            "if it begins an entry or is a fact of one, mend it; if the summary says so, join it to the line before it"
        )
        name = _PRINTED[key.lower()]
        raise Unreadable(line.number, f"a line of the summary begins like the key `{name}:`", hint, name)
    _refuse_joined(line)


def _refuse_joined(line: Line) -> None:
    if key := line.joined:
        hint = f"put `{_PRINTED[key.lower()]}:` on a line of its own, or leave it out of the sentence"
        raise Unreadable(line.number, f"holds `{key}:` with an address in the middle of the line", hint)


def _named(line: Line, section: str) -> Given:
    name = line.value if section == "models" else line.running_value
    if not name:
        raise Unreadable(line.number, "`Model:` names nothing", "write the name behind the colon", "Model")
    _refuse_joined(line)
    if section == "models":
        try:
            parse_block(name)
        except WorkflowError as error:
            what = f"{name[:60]!r} is not a workflow block"
            reason = "" if error.what == "not a block name" else f": {error.what.removeprefix('not a block name: ')}"
            raise Unreadable(line.number, what + reason, error.hint, "Model") from None
    return Given(name, line.number)


def _add(current: _Open, line: Line, section: str) -> None:
    given, value = current.given, line.value
    assert line.key
    current.at = line.key
    if line.key == "summary":
        if current.has_summary:
            raise Unreadable(line.number, "given twice", "an entry has one summary", "Summary")
        _refuse_joined(line)
        current.has_summary = True
        current.summary.append(line.running_value)
    elif value.lower() in _NOTHING:
        return
    elif line.key == "paper":
        if given.papers and section == "papers":
            hint = "begin the other paper with a `Model:` line of its own"
            raise Unreadable(line.number, "given twice", hint, "Paper")
        current.given = replace(given, papers=(*given.papers, _linked(value, line.number)))
    elif line.key == "github":
        if given.github:
            raise Unreadable(line.number, "given twice", "an entry has one repository", "GitHub")
        if not (repository := read_repository(value)):
            hint = "write `https://github.com/<owner>/<name>`, or leave the line out"
            raise Unreadable(line.number, f"{value[:60]!r} is not a repository on GitHub", hint, "GitHub")
        current.given = replace(given, github=repository)


def _linked(value: str, number: int) -> Reference:
    if reference := read_reference(value):
        return reference
    hint = "write an address like `https://arxiv.org/abs/2211.09800`, or leave the line out"
    raise Unreadable(number, f"{value[:60]!r} is not the address of a paper", hint, "Paper")


def _is_link_or_nothing(value: str) -> bool:
    return value.lower() in _NOTHING or read_reference(value) is not None


def _misunderstood(line: Line, current: _Open | None) -> NoReturn:
    if line.word and not line.key and (close := nearest(line.word, KEYS)):
        raise Unreadable(line.number, f"no key is called `{line.word}`", f"did you mean `{_PRINTED[close]}:`?")
    hint = "known are `Model:`, `Paper:`, `GitHub:` and `Summary:`"
    what = "is not part of any entry" if current else "stands before the first `Model:`"
    raise Unreadable(line.number, f"{trimmed(line.text)[:60]!r} {what}", hint)
