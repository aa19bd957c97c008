"""MkDocs hook that keeps `mkdocs serve` live: renders docs/ and catalog/ into generated/ before each rebuild.

It is a convenience only. `mkdocs build` and Zensical read what is in generated/ and need nothing from here. For
`seamline build` it passes over pages that are still as they were built.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation

log = logging.getLogger("mkdocs.plugins.seamline")

_serving = False
_nav: Navigation | None = None
_held = ExitStack()
"""The project's lock, from the rendering to the end of the build: nobody changes pages while MkDocs reads them."""


def on_startup(*, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Remember whether the site is being served."""
    global _serving  # noqa: PLW0603  MkDocs hooks are a module: it has no object to keep this in
    _serving = command == "serve"


def on_serve(server: LiveReloadServer, *, config: MkDocsConfig, builder: Callable[[], None]) -> LiveReloadServer:
    """Watch what pages are made from instead of the pages: each save is then one rebuild, not two."""
    from seamline.site.tree import RUNS

    server.unwatch(config.docs_dir)
    runs = Path(config.docs_dir, RUNS)
    if runs.is_dir():
        server.watch(str(runs))
    return server


def on_pre_build(*, config: MkDocsConfig) -> None:
    """Render before each rebuild of a served site; on an error in the catalog keep showing the last good pages.

    While another Seamline writes, wait a moment for it; if that is not enough, show the pages as they are.
    """
    if not _serving:
        return
    from seamline.errors import SeamlineError
    from seamline.locking import MOMENT, locked
    from seamline.site.tree import removed_words, write

    root = Path(config.config_file_path).parent
    try:
        _held.enter_context(locked(root, "rendering for `seamline serve`", wait=MOMENT, say=log.info))
        changes = write(root)
    except SeamlineError as error:
        log.error("%s\nShowing the last pages that could be rendered.", error)
    else:
        if changes.written or changes.removed:
            log.info("rendered %d pages, removed %d", len(changes.written), len(changes.removed))
        if changes.removed:
            log.info(removed_words(changes))


def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
    """Pass over the pages that `seamline build` need not have again."""
    global _nav  # noqa: PLW0603
    from seamline.site import builder_report

    _nav = nav
    if (wanted := builder_report.wanted()) is not None:
        builder_report.build_only(nav, files, Path(config.docs_dir), wanted)
    return nav


def on_post_build(*, config: MkDocsConfig) -> None:
    """Tell `seamline build` what the site was built with.

    Add what the live editor loads to a served site, and let others write.
    """
    from seamline.site import builder_report

    if (file := os.environ.get(builder_report.REPORT)) and _nav:
        builder_report.write(file, config, _nav)
    if _serving:
        from seamline.errors import SeamlineError
        from seamline.live.site_files import add_to

        try:
            if why := add_to(Path(config.site_dir), Path(config.config_file_path).parent):
                log.warning("the live editor will not run: %s", why)
        except SeamlineError as error:
            log.error("the live editor will not run: %s", error)
    _held.close()


def on_build_error(*, error: Exception) -> None:
    """Let others write."""
    _held.close()
