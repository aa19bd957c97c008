"""What finishing a page tells of it, for the files that list all pages, and for whoever would not finish it again."""

from __future__ import annotations

from dataclasses import dataclass

from seamline.read_log import Read
from seamline.site.sharing.page_words import PageWords


@dataclass(frozen=True, slots=True)
class PageNote:
    """What is known of a finished page.

    Attributes:
        words: its own.
        card: path of the picture that stands for it where its address is shared; "" where it has none.
        reads: what finishing it read of the project's data, where these note it.
    """

    words: PageWords
    card: str = ""
    reads: frozenset[Read] = frozenset()


PageNotes = dict[str, PageNote]
"""By path of the page below the site, `questions/who/index.html`."""


def in_order(notes: PageNotes) -> list[str]:
    """The paths, as folders are listed: a page before the pages below it."""
    return sorted(notes, key=lambda path: path.split("/"))
