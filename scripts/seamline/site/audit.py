"""Audit what was built: read the HTML as a browser would, and report what a reader must not meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from seamline.catalog import Catalog, load, sources_for
from seamline.site.built import css_addresses, is_outside, read_pages
from seamline.site.rules import PAGE_RULES, Finding, Site, orphans


@dataclass(frozen=True)
class Report:
    """Outcome of an audit: how many pages were read, and what was found, sorted."""

    pages: int
    findings: tuple[Finding, ...]


def audit_site(folder: Path, root: Path) -> Report:
    """Audit the built site in `folder` against the catalog of the project at `root`.

    Raises:
        CatalogError: the catalog is invalid, so that nobody can say what is in it.
    """
    return audit(folder, load(root))


def audit(folder: Path, catalog: Catalog) -> Report:
    """Audit the built site in `folder` against a catalog."""
    pages = {page.path: page for page in read_pages(folder)}
    files = frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

    @cache
    def allowed(path: str) -> frozenset[str]:
        return allowed_links(catalog, path)

    site = Site(pages, files, allowed)
    findings = [finding for page in pages.values() for rule in PAGE_RULES for finding in rule(page, site)]
    findings += [*orphans(site), *_style_sheets(folder)]
    return Report(len(pages), tuple(sorted(findings)))


def allowed_links(catalog: Catalog, path: str) -> frozenset[str]:
    """External addresses, without a final slash, that the catalog page at `path` may link to.

    A question's answer and workflow may link to what that question was given, and nothing else. Pages of models,
    papers and samples, and the index pages, may link to what any question was given, and to the model's weights.
    """
    folder, _, rest = path.partition("/")
    entry = rest.partition("/")[0]
    if folder in ("questions", "workflows") and entry in catalog.questions:
        return _addresses(catalog, entry)
    hub = {f"https://huggingface.co/{model.weights.repo}" for model in catalog.models.values() if model.weights}
    return frozenset(hub).union(*(_addresses(catalog, question) for question in catalog.questions))


def _addresses(catalog: Catalog, question: str) -> frozenset[str]:
    return frozenset(source.url.rstrip("/") for source in sources_for(catalog, question).values() if source.url)


def _style_sheets(folder: Path) -> Iterator[Finding]:
    for path in sorted(folder.rglob("*.css")):
        for address in css_addresses(path.read_text(encoding="utf-8", errors="replace")):
            if is_outside(address):
                name = path.relative_to(folder).as_posix()
                yield Finding(name, f"url({address})", "outside-request", f"asks another host for {address}")
