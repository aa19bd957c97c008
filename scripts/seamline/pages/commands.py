"""What the reference page says of a command, as data: whoever has commands describes them, and pages need no click."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HelpBlock:
    """A paragraph of a command's help.

    Attributes:
        text: the paragraph, with the line breaks it was written with.
        verbatim: whether line breaks and columns are to stay as they are: examples and tables.
    """

    text: str
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class OptionReference:
    """An option or argument: how it is written, `--only ID`, and what it does."""

    name: str
    help: str


@dataclass(frozen=True, slots=True)
class CommandReference:
    """One command.

    Attributes:
        name: as it is typed, `seamline render`.
        usage: what may follow the name, `[OPTIONS] DOCUMENTS...`.
        help: its help, paragraph by paragraph, examples included.
        options: in the order of the command's own help.
    """

    name: str
    usage: str
    help: tuple[HelpBlock, ...] = ()
    options: tuple[OptionReference, ...] = ()
