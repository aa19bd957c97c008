"""Text and YAML from files nobody vouches for: plain data, and the line each part of it stands on.

Scalars stay text unless they are quoted, empty or `null`: the field they fill decides whether they are a
number, so that `arxiv: 2211.09800` keeps its zero and `title: No` stays a title. Anchors, aliases and tags
have no use in a catalog and are refused, which also leaves nothing to expand without end.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from seamline.errors import Problem

Loc = tuple[str | int, ...]
"""Path of a field: names and indices from the top."""

MAX_BYTES = 1_000_000
"""No catalog file or document comes near this; what does is a mistake or an attack."""

MAX_DEPTH = 12

_HALF = re.compile("[\ud800-\udfff]")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PAGE_BREAKS = re.compile("[\x0b\x0c\x85]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


_OTHER_KINDS = {
    b"PK\x03\x04": "a Word or OpenDocument file, or another archive,",
    b"\xd0\xcf\x11\xe0": "an old Word file",
    b"%PDF-": "a PDF",
    b"{\\rtf": "a rich text file (RTF)",
    codecs.BOM_UTF32_LE: "UTF-32",
}
"""What such files begin with, by what curators would save a document as."""


class Unreadable(Exception):
    """A file that cannot be read at all; carries the one problem that stopped the reading."""

    def __init__(self, line: int, what: str, hint: str, field: str = "") -> None:
        super().__init__(what)
        self.line, self.what, self.hint, self.field = line, what, hint, field

    def problem(self, file: str) -> Problem:
        """The same, told of `file`."""
        return Problem(file, self.line, self.field, self.what, self.hint)


@dataclass(frozen=True, slots=True)
class Located:
    """Data with the 1-based line of every field.

    Attributes:
        value: mappings, lists, text and `None`.
        lines: line of each field's value, or of its name for a name that holds a mapping or list.
    """

    value: Any
    lines: Mapping[Loc, int]

    def line(self, loc: Loc) -> int:
        """Line of the field at `loc`, or of the nearest field around it."""
        while loc and loc not in self.lines:
            loc = loc[:-1]
        return self.lines.get(loc, 1)


def read_text(data: bytes, *, prose: bool = False, limit: int = MAX_BYTES) -> str:
    """The text of a file, newlines as `\\n`, without byte order mark.

    Args:
        prose: whether breaks of pages and columns are allowed, as word processors and PDF readers leave them.
        limit: bytes that it may hold.

    Raises:
        Unreadable: too large, not UTF-8 (nor UTF-16 with its mark), or it holds control characters.
    """
    if len(data) > limit:
        raise Unreadable(0, f"holds {len(data):,} bytes", f"keep it below {limit:,} bytes")
    if kind := next((name for begins, name in _OTHER_KINDS.items() if data.startswith(begins)), ""):
        raise Unreadable(0, f"is {kind} and not text", "save it as plain text in UTF-8 and try again")
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = 0 if marked else data.count(b"\n", 0, error.start) + 1
        raise Unreadable(line, "is not UTF-8 text", "save the file as UTF-8 and try again") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\0") * 4 > len(text):
        raise Unreadable(0, "is text in UTF-16 without its mark, or no text", "save it as UTF-8 and try again")
    refuse_control_characters(_PAGE_BREAKS.sub(" ", text) if prose else text)
    return text


def refuse_control_characters(text: str, line: int = 1) -> None:
    """Refuse characters that are invisible or turn the direction of what follows.

    Args:
        line: line of the file on which `text` begins.

    Raises:
        Unreadable: there is one; line breaks and tabs are fine.
    """
    if found := _FORBIDDEN.search(text):
        where = line + text.count("\n", 0, found.start())
        raise Unreadable(where, f"holds the control character U+{ord(found[0]):04X}", "delete it")


def read_yaml(text: str, first_line: int = 1) -> Located:
    """Read one YAML mapping.

    Args:
        text: YAML, as `read_text` gives it.
        first_line: line of the file on which `text` begins.

    Raises:
        Unreadable: not YAML, not one mapping, a name given twice, an anchor, alias or tag, nested too deeply.
    """
    reader = _Reader(first_line)
    try:
        events = iter(yaml.parse(text, Loader=_LOADER))
        value = reader.document(events)
    except yaml.MarkedYAMLError as error:
        line, reason, hint = _reason(error)
        raise Unreadable(first_line + line, f"is not YAML: {reason}", hint) from None
    except yaml.YAMLError as error:
        raise Unreadable(first_line, f"is not YAML: {str(error).splitlines()[0]}", "mend the file") from None
    return Located(value, reader.lines)


def _reason(error: yaml.MarkedYAMLError) -> tuple[int, str, str]:
    """Line from 0, what is wrong, and what to do, in words of who writes the file rather than of who reads YAML."""
    mark = error.problem_mark or error.context_mark
    problem = error.problem or ""
    if "'\\t'" in problem or "tab character" in problem:
        return mark.line if mark else 0, "a tab stands where a blank should", "indent with blanks, two a level"
    if error.context == "while scanning a quoted scalar" and error.context_mark:
        return error.context_mark.line, "a quotation mark is opened here and never closed", "close it"
    if problem.startswith("mapping values are not allowed"):
        return mark.line if mark else 0, "a value holds `: `", "put the value into quotation marks"
    reason = " ".join(filter(None, (error.context, problem)))
    return mark.line if mark else 0, reason, "mind indentation, and quote text that holds `: ` or begins with a sign"


@dataclass
class _Reader:
    first_line: int
    lines: dict[Loc, int] = field(default_factory=dict)

    def document(self, events: Iterator[yaml.Event]) -> dict[str, Any]:
        """The one document of the stream."""
        next(events)
        begin = next(events)
        if isinstance(begin, yaml.StreamEndEvent):
            raise Unreadable(self.first_line, "is empty", "write `name: value` lines")
        top = next(events)
        if not isinstance(top, yaml.MappingStartEvent):
            raise Unreadable(self._line(top), "is not a list of `name: value` lines", "begin with a field's name")
        value = self._mapping(top, events, ())
        next(events)
        after = next(events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise Unreadable(self._line(after), "holds a second YAML document", "delete the line `---` between them")
        return value

    def _mapping(self, start: yaml.Event, events: Iterator[yaml.Event], loc: Loc) -> dict[str, Any]:
        self._plain(start, loc)
        found: dict[str, Any] = {}
        while not isinstance(name_event := next(events), yaml.MappingEndEvent):
            name = self._value(name_event, events, loc)
            line = self._line(name_event)
            if not isinstance(name, str):
                raise Unreadable(line, "a field's name must be a word", "write `name: value`", _dotted(loc))
            if name in found:
                first = self.lines[(*loc, name)]
                hint = f"keep one of the two (the first stands on line {first})"
                raise Unreadable(line, "given twice", hint, _dotted((*loc, name)))
            self.lines[(*loc, name)] = line
            found[name] = self._value(next(events), events, (*loc, name))
        return found

    def _sequence(self, start: yaml.Event, events: Iterator[yaml.Event], loc: Loc) -> list[Any]:
        self._plain(start, loc)
        found: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            here = (*loc, len(found))
            self.lines[here] = self._line(event)
            found.append(self._value(event, events, here))
        return found

    def _value(self, event: yaml.Event, events: Iterator[yaml.Event], loc: Loc) -> Any:
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, events, loc)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, events, loc)
        self._plain(event, loc)
        assert isinstance(event, yaml.ScalarEvent)
        refuse_control_characters(event.value, self._line(event))
        if _HALF.search(event.value):
            raise Unreadable(self._line(event), "holds half a character", "delete the `\\u` escape", _dotted(loc))
        return None if not event.style and event.value in ("", "~", "null") else event.value

    def _plain(self, event: yaml.Event, loc: Loc) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable(self._line(event), "uses an anchor or alias", "write the value out", _dotted(loc))
        if tag := getattr(event, "tag", None):
            raise Unreadable(self._line(event), f"uses the tag {tag!r}", "delete the tag", _dotted(loc))
        if len(loc) > MAX_DEPTH:
            raise Unreadable(self._line(event), "is nested too deeply", "no field goes that deep", _dotted(loc))

    def _line(self, event: yaml.Event) -> int:
        return self.first_line + (event.start_mark.line if event.start_mark else 0)


def _dotted(loc: Loc) -> str:
    return ".".join(map(str, loc))
