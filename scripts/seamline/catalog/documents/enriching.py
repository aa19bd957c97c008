"""What arXiv says of papers that the catalog gives by their arXiv identifier: title, authors and year, where they lack.

arXiv is asked only when a curator calls for it, by the `arxiv` client, and only for identifiers that the catalog holds:
nothing is searched for, so that no paper enters the closed world. Source of the form: arXiv API User's Manual, §3.3.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from seamline.catalog.documents.importer import extended
from seamline.catalog.entries import Paper
from seamline.catalog.io.loading import catalog_of, read_files
from seamline.errors import CatalogError, SeamlineError
from seamline.files import write_if_changed

SERVER = "SEAMLINE_ARXIV"
"""Environment variable that names another address than arXiv's API, up to the question mark."""

FIELDS = ("title", "authors", "year")


class EnrichError(SeamlineError):
    """arXiv could not be asked, or gave no answer that can be read."""


@dataclass(frozen=True, slots=True)
class Enrichment:
    """Facts for one paper that lacked them.

    Attributes:
        path: its file, below the project.
        facts: value by name of the field.
        text: the file with these facts as further lines.
    """

    path: str
    facts: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class EnrichReport:
    """What arXiv knew: facts to add, and papers that it does not know."""

    found: tuple[Enrichment, ...]
    unknown: tuple[str, ...]
    unfit: Mapping[str, str] = field(default_factory=dict)
    """Why what arXiv says of a paper cannot stand in its entry, by the paper's file."""


def enrich(root: Path) -> EnrichReport:
    """Ask arXiv for what papers with an arXiv identifier lack. Writes nothing.

    Raises:
        CatalogError: the catalog is not sound.
        EnrichError: arXiv cannot be reached, or answers something else than its Atom form.
    """
    files = read_files(root)
    papers = catalog_of(root, files).papers
    lacking = {name: paper for name, paper in papers.items() if paper.arxiv and _lacks(paper)}
    known = dict(_asked({paper.arxiv for paper in lacking.values() if paper.arxiv})) if lacking else {}
    found, unfit = [], {}
    for name, paper in sorted(lacking.items()):
        said = known.get(paper.arxiv or "", {})
        if facts := {one: said[one] for one in _lacks(paper) if one in said}:
            path = f"catalog/papers/{name}.yml"
            try:
                whole = Paper.model_validate({**paper.model_dump(mode="json", exclude_defaults=True), **facts})
            except ValidationError as error:
                unfit[path] = error.errors(include_url=False)[0]["msg"]
                continue
            found.append(Enrichment(path, facts, extended(files[path].decode("utf-8-sig"), whole, paper)))
    unknown = tuple(sorted(f"catalog/papers/{name}.yml" for name, one in lacking.items() if one.arxiv not in known))
    return EnrichReport(tuple(found), unknown, unfit)


def write(root: Path, report: EnrichReport) -> None:
    """Write what was found, after seeing that the catalog stays sound. Hold the project's lock.

    Raises:
        CatalogError: it would not be; nothing was written.
        FilesError: the file system refused.
    """
    texts = {one.path: one.text.encode() for one in report.found}
    after = catalog_of(root, {**read_files(root), **texts}).papers
    for one in report.found:
        paper = after[Path(one.path).stem]
        if any(
            list(_plain(getattr(paper, one_field))) != list(_plain(value)) for one_field, value in one.facts.items()
        ):
            what = "the entry would not read back as it is meant"
            raise CatalogError(what, where=one.path, hint="nothing was written")
    for path, data in texts.items():
        write_if_changed(root / path, data)


def _lacks(paper: Paper) -> list[str]:
    return [one for one in FIELDS if not getattr(paper, one) and one not in paper.model_fields_set]


def _plain(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _asked(identifiers: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Title, authors and year by identifier, for those that arXiv knows."""
    import arxiv

    client = arxiv.Client(page_size=100, num_retries=2)
    if server := os.environ.get(SERVER):
        client.query_url_format = f"{server}?{{}}"
        client.delay_seconds = 0
    try:
        for result in client.results(arxiv.Search(id_list=sorted(identifiers))):
            identifier = re.sub(r"v\d+\Z", "", result.get_short_id())
            yield (
                identifier,
                {
                    "title": " ".join(result.title.split()),
                    "authors": [" ".join(author.name.split()) for author in result.authors],
                    "year": result.published.year,
                },
            )
    except (arxiv.ArxivError, OSError, AttributeError, ValueError) as error:
        what = f"arXiv could not be asked: {(str(error).splitlines() or [type(error).__name__])[0]}"
        raise EnrichError(what, hint="try again with a network, or fill in the lines by hand") from error
