"""What MkDocs tells of a site while it builds it, and which of its pages it is asked to build.

Both go through files that environment variables name: the builder is a process of its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation

WANTED = "SEAMLINE_BUILD_ONLY"
"""Variable that names a file which lists, line by line, which files of docs_dir `mkdocs build --dirty` is to build."""
REPORT = "SEAMLINE_BUILD_REPORT"
"""Variable that names the file which is written at the end."""
_SHEETS = ".css"
"""Always copied: the pages' style sheets are looked up in the folder that is built."""

_OWN_HOOK, _OWN_THEME = ".seamline/live.py", ".seamline/theme"
_PLUGINS = frozenset({"search", "material/search"})
_EXTENSIONS = frozenset(
    {
        *(
            "abbr",
            "admonition",
            "attr_list",
            "def_list",
            "footnotes",
            "md_in_html",
            "tables",
            "toc",
            "meta",
            "fenced_code",
        ),
        *("pymdownx.details", "pymdownx.highlight", "pymdownx.inlinehilite", "pymdownx.superfences", "pymdownx.tabbed"),
    }
)
"""Extensions of Markdown by which a page depends on nothing but its own text."""


def build_only(nav: Navigation, files: Files, docs: Path, wanted: Collection[str]) -> None:
    """Let a dirty build pass over all files but those that are `wanted`, and those on which others may depend.

    Pages of the navigation are always built, as their titles stand on all pages; so is what the theme brings.
    """
    shown = {id(page.file) for page in nav.pages}
    for file in files:
        own = file.src_dir is not None and Path(file.src_dir) == docs
        build = not own or id(file) in shown or file.src_uri in wanted or file.src_uri.endswith(_SHEETS)
        file.is_modified = _always if build else _never  # type: ignore[method-assign]


def _always() -> bool:
    return True


def _never() -> bool:
    return False


def report(config: MkDocsConfig, nav: Navigation) -> dict[str, Any]:
    """What a site is built with: why its pages depend on more than their text, if they do, and its navigation."""
    return {"others": sorted(_others(config)), "nav": [list(one) for one in _items(nav.items)]}


def write(file: str, config: MkDocsConfig, nav: Navigation) -> None:
    """Write the report."""
    Path(file).write_text(json.dumps(report(config, nav)), encoding="utf-8")


def _others(config: MkDocsConfig) -> Iterator[str]:
    root = Path(config.config_file_path).parent
    if config.theme.name != "material":
        yield f"theme {config.theme.name}"
    packaged = [Path(place) for name in ("material", "mkdocs") for place in _folders(name)]
    for folder in map(Path, config.theme.dirs):
        if not any(folder.is_relative_to(place) for place in (root / _OWN_THEME, *packaged)):
            yield f"theme folder {folder.name}"
    yield from (f"plugin {name}" for name in config.plugins if name not in (_PLUGINS | {*config.hooks}))
    yield from (f"extension {name}" for name in config.markdown_extensions if name not in _EXTENSIONS)
    yield from (f"hook {name}" for name in config.hooks if Path(root, name) != root / _OWN_HOOK)
    yield from (f"template {name}" for name in config.extra_templates)


def _folders(package: str) -> Iterable[str]:
    found = find_spec(package)
    return (found and found.submodule_search_locations) or ()


def _items(items: Collection[Any], depth: int = 0) -> Iterator[tuple[int, str, str]]:
    for item in items:
        yield depth, str(item.title), str(getattr(item, "url", None) or "")
        yield from _items(item.children or (), depth + 1)


def wanted() -> frozenset[str] | None:
    """The files that are to be built; None for all."""
    file = os.environ.get(WANTED)
    return frozenset(Path(file).read_text("utf-8").splitlines()) if file else None
