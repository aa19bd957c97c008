"""Audit what was built: read the HTML as a browser would, and report what a reader must not meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from seamline.catalog import Catalog, load
from seamline.site.audit.closed_world import ClosedWorld
from seamline.site.audit.picture_files import not_pictures
from seamline.site.audit.rules import PAGE_RULES, Finding, Outline, Site, broken_anchors, orphans, outline
from seamline.site.audit.sharing_rules import RULES as SHARING_RULES
from seamline.site.audit.sharing_rules import marked_cards
from seamline.site.html_page import css_addresses, is_outside, read_pages
from seamline.site.settings import own_addresses
from seamline.site.sharing.publication import CARDS


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
    """Audit the built site in `folder` against a catalog.

    Of each page only its `Outline` is kept, so that memory does not grow with the pages' size.
    """
    files = frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    world = ClosedWorld(catalog, own_addresses(catalog.root))
    site = Site(
        files,
        world.allowed_links,
        world.foreign_models,
        by_model=_made_by_models(folder),
        marked=marked_cards(folder, CARDS),
        own=world.is_own,
    )
    outlines: dict[str, Outline] = {}
    findings: list[Finding] = []
    for page in read_pages(folder):
        findings += [finding for rule in (*PAGE_RULES, *SHARING_RULES) for finding in rule(page, site)]
        outlines[page.path] = outline(page)
    findings += [*broken_anchors(outlines), *orphans(outlines), *_style_sheets(folder), *not_pictures(folder)]
    return Report(len(outlines), tuple(sorted(findings)))


def _made_by_models(folder: Path) -> frozenset[str]:
    """Paths of the pictures that the site's own records of runs, whole or broken off, say a model made."""
    runs = sorted({path.parent for name in ("run.json", "partial.json") for path in folder.glob(f"runs/*/*/{name}")})
    if not runs:
        return frozenset()
    from seamline.runs.store.run_folder import read_partial, read_trusted

    return frozenset(
        (run / image.file).relative_to(folder).as_posix()
        for run in runs
        for record in (read_trusted(run), read_partial(run))
        for image in (record.images if record else ())
        if image.by_model and image.width
    )


def _style_sheets(folder: Path) -> Iterator[Finding]:
    for path in sorted(folder.rglob("*.css")):
        for address in css_addresses(path.read_text(encoding="utf-8", errors="replace")):
            if is_outside(address):
                name = path.relative_to(folder).as_posix()
                yield Finding(name, f"url({address})", "outside-request", f"asks another host for {address}")
