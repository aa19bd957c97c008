"""Kinds of documents that can be imported: each recognized by its file name or its first characters."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from seamline.catalog.documents.merging import Merge
from seamline.catalog.documents.prompt_import import PROMPT_TEXT
from seamline.catalog.documents.reference_lists import LISTS
from seamline.catalog.documents.workflow_import import WORKFLOW_JSON


class DocumentFormat(Protocol):
    """One kind of document.

    Attributes:
        prose: whether breaks of pages and columns are allowed in it, as word processors leave them.
    """

    @property
    def prose(self) -> bool: ...

    def recognizes(self, path: Path, head: bytes) -> bool:
        """Whether a document is of this kind.

        Args:
            head: the file's bytes, or the first of them.
        """
        ...

    def add(self, merge: Merge, path: Path, text: str) -> None:
        """Take in what a document says.

        Raises:
            Unreadable: something in it is not understood.
        """
        ...


FORMATS: tuple[DocumentFormat, ...] = (*LISTS, WORKFLOW_JSON, PROMPT_TEXT)
"""Asked in this order; the last one takes whatever no other does."""


def format_of(path: Path, head: bytes) -> DocumentFormat:
    """The kind that a document is of."""
    return next(one for one in FORMATS if one.recognizes(path, head))
