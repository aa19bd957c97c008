"""What every site gets from the package: settings and theme in `.seamline/`, style sheets and scripts in its assets.

They are written into the project as plain files, so that each builder finds them whether Seamline is installed
beside it or not, and they come anew with each release of Seamline.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

import yaml

from seamline.exhibits.style import SHEET, whole_sheet
from seamline.pages import urls

FOLDER = ".seamline"
"""Below the project, written by rendering and committed: what `mkdocs.yml` inherits, the theme, and the hook."""

_LIVE = '''"""Keeps `mkdocs serve` live where Seamline is installed. Written by `seamline render`: change nothing."""

try:
    from seamline.site.hook import (  # noqa: F401
        on_build_error,
        on_nav,
        on_post_build,
        on_pre_build,
        on_serve,
        on_startup,
    )
except ImportError:  # a builder without Seamline reads what is in generated/
    pass
'''
_NAVIGATION = {
    "Home": "index.md",
    "Questions": "questions/index.md",
    "Samples": "samples/index.md",
    "Catalog": {
        "Models": "models/index.md",
        "Papers": "papers/index.md",
        "Workflows": "workflows/index.md",
        "References": "references/index.md",
    },
}


def project_files(docs: Iterable[str]) -> dict[str, str | bytes]:
    """Every file of `.seamline/`, by its path in there.

    Args:
        docs: paths of the hand-written pages below `docs/`, which the navigation lists after Seamline's own.
    """
    theme = {f"theme/{path}": content.decode("utf-8") for path, content in _packaged("theme").items()}
    return {"mkdocs.yml": settings(docs), "live.py": _LIVE, **theme}


def assets(docs: Mapping[str, bytes]) -> dict[str, bytes]:
    """Style sheets, scripts, fonts and the icon, by path below the site; a file of `docs/` takes the place of one.

    The sheet of the exhibits has the rules of each exhibit's own folder behind it.

    Raises:
        PluginError: an exhibit of another distribution does not work.
    """
    own = {f"assets/{path}": content for path, content in _packaged("assets").items()}
    return {path: whole_sheet(own[path]) if path == SHEET else own[path] for path in own if path not in docs}


def settings(docs: Iterable[str] = ()) -> str:
    """The settings that a project's `mkdocs.yml` inherits, as YAML."""
    shared = (files("seamline.site") / "base/mkdocs.yml").read_text(encoding="utf-8")
    navigation = yaml.safe_dump({"nav": _navigation(docs)}, allow_unicode=True, sort_keys=False)
    return f"{shared}\n# Write a `nav:` of your own in mkdocs.yml to have it otherwise.\n{navigation}"


def _navigation(docs: Iterable[str]) -> list[object]:
    listed: list[object] = [
        {name: [{word: page} for word, page in place.items()] if isinstance(place, dict) else place}
        for name, place in _NAVIGATION.items()
    ]
    folders: dict[str, list[object]] = {}
    for path in sorted(docs):
        if path.endswith(".md") and path != "index.md":
            folders.setdefault(posixpath.dirname(path), []).append(urls.page_of(path))
    for folder, pages in folders.items():
        listed += [{folder.replace("-", " ").replace("/", " – ").capitalize(): pages}] if folder else pages
    return listed


def _packaged(folder: str) -> dict[str, bytes]:
    return dict(_below(files("seamline.site") / folder, ""))


def _below(folder: Traversable, prefix: str) -> Iterable[tuple[str, bytes]]:
    for one in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if one.is_dir():
            yield from _below(one, f"{prefix}{one.name}/")
        else:
            yield prefix + one.name, one.read_bytes()
