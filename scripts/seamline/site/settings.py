"""What mkdocs.yml must say for Seamline: pages come from generated/, the site goes to site/.

The file is read without building anything from it: MkDocs knows tags of its own, and only the site builder need.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import yaml

from seamline.errors import SiteError

SETTINGS = "mkdocs.yml"
INHERITED = ".seamline/mkdocs.yml"
"""What a project's settings inherit; written by rendering, from `seamline.site.theming`."""
HOME = "docs/index.md"
WANTED = {"docs_dir": "generated", "site_dir": "site"}
_DEFAULT = {"docs_dir": "docs", "site_dir": "site"}
_WHY = {
    "docs_dir": "pages are rendered to generated/, and the builder would read other ones",
    "site_dir": "the site is built into site/, and a builder empties the folder that this names",
}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Settings = list[tuple[yaml.ScalarNode, yaml.Node]]
_Read = Callable[[Path], _Settings]
_ADDRESS = re.compile(r"https?://[^\s\"'<>\]},]+")
_DEEPEST = 10
"""How many files may inherit from one another."""


def require_settings(root: Path) -> None:
    """See that a builder reads what Seamline renders, and writes where it may.

    Raises:
        SiteError: mkdocs.yml cannot be read, or `docs_dir` or `site_dir` names another folder; with file and line.
    """
    read = cache(_mapping)
    for key, wanted in WANTED.items():
        file, line, value = _setting(root / SETTINGS, key, read)
        if value is not None and posixpath.normpath(value) == wanted:
            continue
        if value is None and _DEFAULT[key] == wanted:
            continue
        place = file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
        raise SiteError(
            f"`{key}` is {value or _DEFAULT[key]!r}: {_WHY[key]}",
            where=f"{place}:{line}",
            hint=f"write `{key}: {wanted}`, or begin the file with `INHERIT: {INHERITED}`, which says so",
        )


def require_home(root: Path) -> None:
    """See that a project has a home page: its address is where people begin, and the navigation names it.

    Raises:
        SiteError: there is no docs/index.md.
    """
    if not (root / HOME).is_file():
        raise SiteError(
            "the site has no home page", where=HOME, hint=f"write {HOME}; `{{{{ questions() }}}}` lists them"
        )


def own_addresses(root: Path) -> list[str]:
    """Web addresses that the project's `mkdocs.yml` names: its repository, its address, a licence in its footer.

    The frame of each page may link to them. Empty where there is no such file.
    """
    path = root / SETTINGS
    return _ADDRESS.findall(path.read_text(encoding="utf-8-sig", errors="replace")) if path.is_file() else []


def _setting(path: Path, key: str, read: _Read, deep: int = 0) -> tuple[Path, int, str | None]:
    """Where a setting stands, or could stand, and its value; None when nothing sets it."""
    settings = read(path)
    for name, node in settings:
        if name.value == key:
            # Only MkDocs knows what a tag such as !ENV stands for: it is asked for the value itself.
            plain = isinstance(node, yaml.ScalarNode) and not node.tag.startswith("!")
            return path, name.start_mark.line + 1, node.value if plain else WANTED[key]
    for name, node in settings:
        if name.value == "INHERIT" and isinstance(node, yaml.ScalarNode) and deep < _DEEPEST:
            parent = path.parent / node.value
            if not parent.is_file() and node.value == INHERITED:  # not rendered yet
                return parent, 1, WANTED[key]
            found = _setting(parent, key, read, deep + 1)
            if found[2] is not None:
                return found
    return path, 1, None


def _mapping(path: Path) -> _Settings:
    try:
        node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=_LOADER)
    except (OSError, UnicodeDecodeError) as error:
        raise SiteError(f"cannot be read: {error}", where=str(path), hint="save it as UTF-8 text") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SiteError(f"not YAML: {error.problem}", where=f"{path.name}:{line}", hint="mend that line") from error
    except yaml.YAMLError as error:
        raise SiteError(f"not YAML: {error}", where=path.name, hint="save it as plain UTF-8 text") from error
    if node is None:
        return []
    if not isinstance(node, yaml.MappingNode):
        raise SiteError("not a list of settings", where=f"{path.name}:1", hint="begin with `site_name: …`")
    return [(name, value) for name, value in node.value if isinstance(name, yaml.ScalarNode)]
