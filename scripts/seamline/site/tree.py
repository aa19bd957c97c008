"""generated/ and .seamline/: the one place that renders a project and writes what came out, or says how it differs."""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from seamline.files import Changes, write_tree
from seamline.site.keeping.garbage import seldom_collected

if TYPE_CHECKING:
    from seamline.pages import Drift, SiteData
    from seamline.pages.commands import CommandReference
    from seamline.pages.watching.watched_data import Watching
    from seamline.site.keeping.kept_pages import WriteUnits
    from seamline.site.sharding.pools import Pool

FOLDER = "generated"
RUNS = "runs"
"""Below generated/, what rendering never writes or removes: the runs belong to `seamline samples`."""
KEPT = (RUNS, "live")
"""Likewise, with what `seamline live` writes."""
BYTE_CODE = "__pycache__"
"""Below .seamline/, what Python leaves where MkDocs loads the hook."""
REMOVED = ".cache/removed"
"""Where files go that lie in generated/ and are no page any more: somebody may have put them there."""

COMMANDS = "seamline.cli.reference:commands"
"""What describes the command line on its reference page, by name as an entry point gives it.

The command line stands above the site and calls it, so that nothing here may import it. A
name is resolved only while a page that prints the reference is rendered: whoever renders, the
command line, MkDocs' hook or a program of somebody else, gets the same page.
"""


def site_data(root: Path) -> SiteData:
    """What the pages of the project at `root` are made from.

    Raises:
        CatalogError: the catalog is not as it should be.
        RecordError: a record in `catalog/records/`, or a run's measures, was torn or altered.
    """
    from seamline.pages import load_site_data

    return load_site_data(root, _commands)


@seldom_collected()
def write(root: Path, pool: Pool | None = None) -> Changes:
    """Render the project and make generated/ hold exactly what came out, beside the runs, and .seamline/ the theme.

    Args:
        root: project folder.
        pool: processes that render; this one alone by default.

    Returns:
        What happened, by path below generated/; paths in .seamline/ begin with it.

    Raises:
        CatalogError: the catalog, an answer or a page of docs/ is not as it should be.
        WorkflowError: a question's models do not form a workflow.
        RecordError: a record was torn or altered.
        FilesError: the file system refused.
    """
    return write_pages(root, site_data(root), pool=pool)


def write_pages(root: Path, site: SiteData, watching: Watching | None = None, pool: Pool | None = None) -> Changes:
    """`write`, of what `site_data` read. Pages that are known to be what they would become are not made again.

    Args:
        watching: the same data, for whoever compares them once more.
        pool: processes that render; this one alone by default, and where there is little to do.
    """
    from seamline.pages.watching.watched_data import Watching
    from seamline.site import theming
    from seamline.site.keeping.kept_pages import KeptPages

    aside, known = root / REMOVED, KeptPages(root, FOLDER)
    watching = watching or Watching(site)
    rendered = known.render(watching, _in_parts(root, pool) if pool else None)
    assets = {path: data for path, data in theming.assets(site.docs).items() if path not in rendered.kept}
    files = {**assets, **rendered.made}
    pages = write_tree(root / FOLDER, files, keep=KEPT, aside=aside, as_wanted=rendered.kept)
    known.save(watching.digests)
    pages = _with_written(pages, rendered.written)
    own = theming.project_files(site.docs)
    theme = write_tree(root / theming.FOLDER, own, keep=[BYTE_CODE], aside=aside / theming.FOLDER)
    both = ((getattr(pages, part), getattr(theme, part)) for part in ("written", "unchanged", "removed"))
    return Changes(*((*first, *(f"{theming.FOLDER}/{path}" for path in second)) for first, second in both))


def _in_parts(root: Path, pool: Pool) -> WriteUnits:
    from seamline.site.sharding.page_parts import write_in_parts

    return lambda names: write_in_parts(root, root / FOLDER, names, site_data, pool)


def _with_written(changes: Changes, paths: Sequence[str]) -> Changes:
    written = {*changes.written, *paths}
    return Changes(
        tuple(sorted(written)), tuple(one for one in changes.unchanged if one not in written), changes.removed
    )


def removed_words(changes: Changes) -> str:
    """What was removed and where it is now, as one line; empty when nothing was."""
    if not changes.removed:
        return ""
    named = ", ".join(changes.removed[:10]) + (", …" if len(changes.removed) > 10 else "")
    return f"not a page any more, moved from {FOLDER}/ to {REMOVED}/: {named}"


@seldom_collected()
def differences(root: Path) -> list[Drift]:
    """How generated/ and .seamline/ differ from what would be rendered; writes nothing. Raises what `write` does."""
    from seamline.pages import drift
    from seamline.site import theming

    site = site_data(root)
    theme = drift(root / theming.FOLDER, theming.project_files(site.docs), keep=[f"{BYTE_CODE}/"])
    return [
        *drift(root / FOLDER, _tree(site), keep=[f"{folder}/" for folder in KEPT]),
        *(replace(one, path=f"{theming.FOLDER}/{one.path}") for one in theme),
    ]


def other_files(site: SiteData) -> set[str]:
    """Paths of the site that are no pages: packaged assets, and what runs left."""
    from seamline.site import theming

    folder = site.catalog.root / FOLDER
    runs = (path.relative_to(folder).as_posix() for path in (folder / RUNS).rglob("*") if path.is_file())
    return {*theming.assets(site.docs), *runs}


def files_of(root: Path) -> list[str]:
    """Paths of all files in generated/, runs included, in order."""
    folder = root / FOLDER
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _tree(site: SiteData) -> dict[str, str | bytes]:
    from seamline.pages import render
    from seamline.site import theming

    return {**theming.assets(site.docs), **render(site)}


def _commands() -> Sequence[CommandReference]:
    described: Sequence[CommandReference] = pkgutil.resolve_name(COMMANDS)()
    return described
