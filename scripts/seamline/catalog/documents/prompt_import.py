"""A question document, as a curator receives it -> the question, its models and its papers, in this catalog."""

from __future__ import annotations

from pathlib import Path

from seamline.catalog.documents.merging import Merge
from seamline.catalog.documents.prompt_text import parse


class PromptText:
    """Plain text with a quoted question and sections of models and papers."""

    prose = True

    def recognizes(self, path: Path, head: bytes) -> bool:
        """Any text: what is not understood is refused with its line."""
        return True

    def add(self, merge: Merge, path: Path, text: str) -> None:
        """Take in the question of a document.

        Raises:
            Unreadable: something in it is not understood.
        """
        merge.add(path, parse(text))


PROMPT_TEXT = PromptText()
