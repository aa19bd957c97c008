"""From sources to a built site, and what a strict build refuses."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from seamline.errors import RecordError, RunError, SiteError
from seamline.project import sample_runs
from seamline.project.results import BuildReport, LiveReport
from seamline.site.keeping.garbage import seldom_collected

if TYPE_CHECKING:
    from seamline.catalog import Catalog
    from seamline.pages import SiteData
    from seamline.site.builder import Builder
    from seamline.site.sharding.pools import Pool
    from seamline.site.sharing.page_notes import PageNotes

_MANY = 100
"""Questions above which the theme's search makes each page heavy: 1.7 MB at 500."""
_TOLD = ".cache/site-report.json"
_LISTED = 10
"""How many damaged files a message names."""


def export_live(root: Path, catalog: Catalog, say: Callable[[str], None] | None) -> LiveReport:
    """What `Project.export_live` does while it holds the project's lock."""
    from seamline.live.exporting import export

    weights, exported, scenes = export(root, catalog, say or (lambda _: None))
    return LiveReport(weights, {graph.name: graph.difference for graph in exported.graphs}, scenes)


@seldom_collected()
def build(
    root: Path,
    builder: Builder,
    say: Callable[[str], None] | None,
    *,
    strict: bool,
    reindex: bool,
    pool: Pool,
) -> BuildReport:
    """What `Project.build` does while it holds the project's lock.

    Args:
        say: takes which files were moved out of the way, and which pictures are damaged.
        reindex: whether the search index must be one of the pages as they are.
        pool: processes that render and build where there is more than one, or more than one should hold at once.

    Raises:
        RunError: with `strict`, a file of a run is damaged.
        SiteError: with `strict`, the live editor was exported from other weights.
        SeamlineError: rendering failed, or the builder did.
    """
    from seamline.pages.watching.watched_data import Watching
    from seamline.site import tree
    from seamline.site.builder import SITE
    from seamline.site.keeping.kept_site import KeptSite
    from seamline.site.keeping.rebuilding import rebuild
    from seamline.site.searching import pagefind_index
    from seamline.site.settings import require_home, require_settings

    require_settings(root)
    require_home(root)
    if pool.workers > 1 and builder != "mkdocs":
        raise SiteError(f"{builder} builds a whole site at once", hint="leave out --workers, or build with mkdocs")
    data = tree.site_data(root)
    watching = Watching(data)
    rendered = tree.write_pages(root, data, watching, pool if pool.workers > 1 else None)
    if say and rendered.removed:
        say(tree.removed_words(rendered))
    if damaged := sample_runs.damaged(data.catalog):
        error = _damage(damaged)
        if strict:
            raise error
        if say:
            say(f"warning: {error.what}\n{error.hint}")
    leave_out = tuple(f"{tree.RUNS}/{orphan.id}" for orphan in sample_runs.orphans(data.catalog))
    kept, told, site = KeptSite(root, tree.FOLDER, tree.KEPT, leave_out), root / _TOLD, root / SITE
    kept.look(data)
    told.unlink(missing_ok=True)
    # A strict build takes nothing from an earlier one, and the theme's own search needs all pages at once.
    may_keep = builder == "mkdocs" and not strict and pagefind_index.is_installed()
    plan = kept.rebuild(site, watching.digests) if may_keep else None
    folder = root / tree.FOLDER
    if plan is None or not rebuild(root, folder, site, watching, kept, plan, told, reindex=reindex, say=say):
        kept.forget()
        notes = _build_all(root, builder, watching.noting, leave_out, told, say, pool, strict=strict)
        if may_keep:
            kept.save(site, watching, notes, told, searched=True)
    pages = sum(name.endswith(".html") for _, _, names in os.walk(site) for name in names)
    return BuildReport(site, pages, rendered, damaged)


def _build_all(
    root: Path,
    builder: Builder,
    data: SiteData,
    leave_out: Collection[str],
    told: Path,
    say: Callable[[str], None] | None,
    pool: Pool,
    *,
    strict: bool,
) -> PageNotes:
    """Build the whole site, finished and searchable; what finishing its pages told of them."""
    from seamline.live import site_files as live_files
    from seamline.site import builder as site_builder
    from seamline.site import tree
    from seamline.site.searching import pagefind_index
    from seamline.site.sharding import site_parts
    from seamline.site.sharing.finishing import share, write_lists

    notes: PageNotes = {}
    folder = root / tree.FOLDER
    files = tree.files_of(root)
    pages = sum(path.endswith(".md") for path in files)
    searched = pagefind_index.is_installed()
    # More processes than one were asked for; or MkDocs would need more memory for all pages than machines have.
    in_parts = pool.workers > 1 or (builder == "mkdocs" and searched and site_parts.parts_for(pages, 1) > 1)

    def make(site: Path) -> None:
        notes.update(
            site_parts.build_in_parts(root, folder, files, tree.site_data, pool, to=site, told=told, strict=strict)
        )

    def add(site: Path) -> None:
        if why := live_files.add_to(site, root):
            if strict:
                raise SiteError(f"the live editor would not run: {why}", where="generated/live", hint="seamline live")
            if say:
                say(f"warning: the live editor will not run: {why}\n  -> seamline live")
        if in_parts:
            write_lists(site, data, notes)
        else:
            share(site, data, notes)
            if searched:
                pagefind_index.mark(site, data, notes)
        if searched:
            pagefind_index.index(site, site / pagefind_index.FOLDER)
        elif say and len(data.catalog.questions) > _MANY:
            say(f"the theme's search loads all pages' words with each page; one that does not: {pagefind_index.HINT}")

    site_builder.build(
        root, builder=builder, strict=strict, leave_out=leave_out, add=add, told=told, make=make if in_parts else None
    )
    return notes


def require_publishable(root: Path, read: Callable[[], Catalog]) -> None:
    """See that figures and pictures are of these weights and this code, and that each picture is described.

    Raises:
        RecordError: a record of figures was torn or altered, or belongs to other weights or code.
        RunError: a shown run is stale, missing or failed.
        CatalogError: the catalog is invalid, or the alternative text of a shown picture was not written for it.
    """
    from seamline.measures.standing import standing

    catalog = read()
    records = standing(root, catalog.samples)
    unsound = [str(error) for error in records.broken] + [f"{path}: {why}" for path, why in records.outdated.items()]
    if unsound:
        raise RecordError(
            "a strict build would publish figures that do not belong to these weights and this code:\n  "
            + "\n  ".join(unsound),
            hint="run the command named beside each",
        )
    sample_runs.require_fresh(catalog)


def _damage(damaged: tuple[str, ...]) -> RunError:
    more = (f"… and {len(damaged) - _LISTED} more",) if len(damaged) > _LISTED else ()
    listed = "\n  ".join((*damaged[:_LISTED], *more))
    return RunError(
        f"{len(damaged)} files of runs are not what their records say, and pages show them:\n  {listed}",
        hint="fetch or restore them, or draw them again with `seamline samples`",
    )
