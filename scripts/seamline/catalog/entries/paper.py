"""A paper, as its file states it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from seamline.catalog.entries.base import Entry
from seamline.catalog.links import ArxivId, Doi, HttpsUrl
from seamline.catalog.person_names import checked_name

AuthorName = Annotated[str, AfterValidator(checked_name)]
"""Name of one author, as `seamline.catalog.person_names` reads it."""


def _hyphens(value: object) -> object:
    return re.sub("[-–—]+", "-", value) if isinstance(value, str) else value


PageRange = Annotated[
    str,
    Field(pattern=r"^([A-Za-z]?\d+[A-Za-z]?(:\d+)?(-[A-Za-z]?\d+[A-Za-z]?(:\d+)?)?)?$", max_length=40),
    BeforeValidator(_hyphens),
]
"""First and last page, or one number; any dash between them is read as a hyphen."""


class Paper(Entry):
    """A paper that answers may cite. Its id is its citation key: `[@brooks2023, §3.2.1]`."""

    title: str = Field(default="", description="Title as printed; without one the paper is cited by its identifier.")
    authors: tuple[AuthorName, ...] = Field(
        default=(),
        description="Authors in printed order, one to a line: `Given Family`, or `Family, Given` where that would "
        'be split wrongly; an organisation in quotation marks and braces, `"{The LAION Team}"`.',
    )
    year: int | None = Field(default=None, ge=1900, le=2100, description="Year of publication.")
    venue: str = Field(default="", description="Where it appeared; empty for a preprint.")
    pages: PageRange = Field(default="", description="Pages in that venue, `18392-18402`, or an article number.")
    arxiv: ArxivId | None = Field(default=None, description="arXiv identifier without version, `2211.09800`.")
    arxiv_version: int | None = Field(default=None, ge=1, description="Version the document named, if it did.")
    doi: Doi = Field(default="", description="DOI without a resolver in front.")
    url: HttpsUrl | None = Field(default=None, description="Address of a paper that is neither on arXiv nor has a DOI.")
    github: HttpsUrl | None = Field(default=None, description="Repository given for the paper; citable as `<id>-code`.")
    summary: str = Field(default="", description="Summary as the question document gave it, unedited.")
    bibtex_type: Literal["article", "inproceedings", "misc"] = Field(default="misc", description="BibTeX entry type.")
