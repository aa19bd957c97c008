"""What a curator names to be imported -> documents: files, folders, standard input, JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from seamline.catalog.reading.yaml_reader import MAX_BYTES, Unreadable, read_text
from seamline.errors import CatalogError, FilesError, Problem

STANDARD_INPUT = "-"
NAMELESS = Path("-")
"""Stands for the file name of a document that has none: its question's words name the question then."""

SUFFIXES = (".bib", ".json", ".jsonl", ".md", ".ndjson", ".ris", ".txt")
"""What is taken from a folder; a file that is named itself is read whatever it is called."""


MAX_LIST_BYTES = 200 * MAX_BYTES
"""Of a file that holds many documents, a line each."""


@dataclass(frozen=True, slots=True)
class GivenDocument:
    """One document.

    Attributes:
        path: the file it came from, or one named as the document is.
        label: what messages call it: the path, with the line behind it in JSON Lines.
        data: its bytes.
    """

    path: Path
    label: str
    data: bytes


def documents_in(paths: Sequence[Path], standard_input: Callable[[], bytes]) -> Iterator[GivenDocument]:
    """Every document behind the given names, folders in the order of their files' names.

    A line of JSON Lines is a document as a string, or a mapping with the document as `text` and, if it has one, its
    file name as `name`.

    Args:
        standard_input: reads what `-` stands for.

    Raises:
        CatalogError: a folder holds a file of another kind, or a line of JSON Lines is none.
        FilesError: the file system refused.
    """
    problems: list[Problem] = []
    for path in paths:
        if str(path) == STANDARD_INPUT:
            yield GivenDocument(NAMELESS, "standard input", standard_input())
            continue
        for file in _files(path, problems):
            data = _bytes_of(file)
            if file.suffix.lower() in (".jsonl", ".ndjson"):
                yield from _lines(file, data, problems)
            else:
                yield GivenDocument(file, str(file), data)
    if problems:
        raise CatalogError.of(problems)


def _files(path: Path, problems: list[Problem]) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    found = sorted(one for one in path.rglob("*") if one.is_file())
    shown = [one for one in found if not any(part.startswith(".") for part in one.relative_to(path).parts)]
    for one in shown:
        if one.suffix.lower() in SUFFIXES:
            yield one
        else:
            hint = f"take it out of the folder; taken are {', '.join(SUFFIXES)}"
            problems.append(Problem(str(one), 0, "", "is no document of a kind that is known", hint))
    if not shown:
        problems.append(
            Problem(str(path), 0, "", "there is no document in this folder", "name another folder or a file")
        )


def _lines(file: Path, data: bytes, problems: list[Problem]) -> Iterator[GivenDocument]:
    try:
        text = read_text(data, limit=MAX_LIST_BYTES)
    except Unreadable as error:
        problems.append(error.problem(str(file)))
        return
    if not text.strip():
        problems.append(Problem(str(file), 0, "", "holds no document", "write one JSON value a line"))
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            problems.append(Problem(str(file), number, "", f"is not JSON: {error}", "write one JSON value a line"))
            continue
        given = {"text": value} if isinstance(value, str) else value
        words, name = (given.get("text"), given.get("name", "")) if isinstance(given, dict) else (None, "")
        if not isinstance(words, str) or not isinstance(name, str) or not _is_text(words) or not name.isprintable():
            hint = 'write the document as a string, or as {"name": "file.txt", "text": "…"}'
            problems.append(Problem(str(file), number, "", "holds no document", hint))
            continue
        path = Path(name).name
        yield GivenDocument(Path(path) if path else NAMELESS, f"{file}:{number}", words.encode())


def _is_text(words: str) -> bool:
    """Whether it can be written down: JSON can spell half of a character."""
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return True


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        what = f"cannot read: {(error.strerror or str(error)).lower()}"
        raise FilesError(what, where=str(path), hint="name a text file that you may read") from error
