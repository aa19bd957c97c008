"""The catalog as data: its entries by id, and the files they were read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from seamline.catalog.entries import Entry, Model, Paper, Question, Sample
from seamline.catalog.reading.yaml_reader import Loc, Located
from seamline.errors import Problem


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """A question with its answer.

    Attributes:
        id: name of its file and page.
        body: the Markdown below the front matter; empty while the answer is only drafted.
        path: its file.
        body_line: 1-based line of the file on which `body` begins.
    """

    id: str
    entry: Question
    body: str
    path: Path
    body_line: int


@dataclass(frozen=True, slots=True)
class Catalog:
    """The closed world: everything an answer may cite and show, sorted by id.

    Attributes:
        root: the project's folder, which holds `catalog/`.
    """

    root: Path
    questions: Mapping[str, WrittenQuestion]
    models: Mapping[str, Model]
    papers: Mapping[str, Paper]
    samples: Mapping[str, Sample]


@dataclass(frozen=True, slots=True)
class Read:
    """One file of the catalog as it was read: what cross-references are checked on."""

    file: str
    id: str
    entry: Entry
    located: Located
    body: str = ""
    body_line: int = 0

    def problem(self, loc: Loc, what: str, hint: str) -> Problem:
        """A problem at the field `loc` of the file, with its line."""
        return Problem(self.file, self.located.line(loc), ".".join(map(str, loc)), what, hint)
