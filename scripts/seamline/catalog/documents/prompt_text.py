"""Question documents: the text a curator receives -> what it says, or one error that names line and reason.

A document has an instruction preamble with the quoted question in it, then a section of recommended models and,
perhaps, one of related papers; each holds entries of `Key: value` lines that begin with `Model:`. A summary runs
until the next entry, so it may span lines and paragraphs. A line `Model: …` opens an entry where the next line that
is not blank is a line with a key again, or, behind a blank line, where it names a block or nothing follows. The title
of a paper may run over several lines. A line of a summary that begins like a key and opens nothing is an error:
nothing is swallowed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from seamline.blocks.names import is_attempt, parse_block
from seamline.catalog.documents.document_sections import end_of_entries, meant_as_heading, sections_of
from seamline.catalog.documents.quoted_question import quoted_question
from seamline.catalog.documents.scanning import KEYS, Key, Line, lines_of, trimmed, without_rules_below
from seamline.catalog.links import Reference, read_reference, read_repository
from seamline.catalog.reading.validation import nearest
from seamline.catalog.reading.yaml_reader import Unreadable
from seamline.errors import WorkflowError

_NOTHING = {"", "-", "–", "—", "n/a", "na", "none", "null", "not available"}
_LINES_OF_TITLE = 4
_PRINTED = {"github": "GitHub", "model": "Model", "paper": "Paper", "summary": "Summary"}


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
    sections = dict(sections_of(lines))
    if "models" not in sections:
        hint = "the document needs a line `### Recommended AI Models:` with a `Model:` entry below it"
        raise Unreadable(lines[-1].number, "names no recommended models", hint)
    preamble_end = min(start for start, _ in sections.values())
    asked, asked_line = quoted_question(lines[: preamble_end - 1])
    end = end_of_entries(lines, preamble_end)
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


@dataclass
class _Open:
    """An entry while its lines are read."""

    given: Given
    at: Key = "model"
    summary: list[str] = field(default_factory=list)
    last: Line | None = None
    has_summary: bool = False

    def closed(self) -> Given:
        return replace(self.given, summary="\n".join(without_rules_below(self.summary)).strip())


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
            _refuse_swallowing(lines, index)
            current.summary.append(trimmed(line.text))
            current.last = current.last if line.blank else line
        elif current and section == "papers" and current.at == "model" and _goes_on(lines, index):
            current.given = replace(current.given, name=f"{current.given.name} {trimmed(line.text)}")
        elif not line.blank:
            _misunderstood(line, current)
    if current:
        yield current.closed()


def _opens_entry(lines: Sequence[Line], index: int, section: str) -> bool:
    following = next((line for line in lines[index + 1 :] if not line.blank), None)
    if following and following.key in ("paper", "github"):
        return lines[index - 1].blank or _is_link_or_nothing(following.value)
    if following and following.key:
        return True
    if not lines[index - 1].blank:
        return False
    if section == "papers" and _goes_on(lines, index + 1):
        return True
    return following is None or (section == "models" and is_attempt(lines[index].value))


def _goes_on(lines: Sequence[Line], index: int) -> bool:
    """Whether the line is the rest of a title that was wrapped: it follows at once, and a key comes soon after it."""
    if lines[index - 1].blank:
        return False
    for line in lines[index : index + _LINES_OF_TITLE]:
        if line.blank:
            return False
        if line.key or line.looks_like:
            return line is not lines[index]
    return False


def _belongs(current: _Open, line: Line) -> bool:
    """Whether a `Key: value` line below a summary is a fact of the entry rather than the summary's own words."""
    missing = not current.given.papers if line.key == "paper" else not current.given.github
    if line.key not in ("paper", "github") or not missing or not line.value.startswith(("http://", "https://")):
        return False
    if current.last and nearest(current.last.word, KEYS):
        _misunderstood(current.last, current)
    return True


def _refuse_swallowing(lines: Sequence[Line], index: int) -> None:
    line, before = lines[index], lines[index - 1]
    if key := line.looks_like:
        hint = (
            "if it begins an entry or is a fact of one, mend it; if the summary says so, join it to the line before it"
        )
        if key.lower() != "model" and index > 1 and lines[index - 2].blank and not before.blank:
            hint = f"line {before.number} should begin with `Model:` if it begins an entry; else {hint}"
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
            hint = error.hint if is_attempt(name) else f"{error.hint}; a paper stands below `### Related Papers:`"
            raise Unreadable(line.number, what + reason, hint, "Model") from None
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
    if heading := meant_as_heading(line.seen):
        hint = f"write it as a heading: `{heading}`"
    what = "is not part of any entry" if current else "stands before the first `Model:`"
    raise Unreadable(line.number, f"{trimmed(line.text)[:60]!r} {what}", hint)
