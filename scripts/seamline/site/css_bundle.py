"""One stylesheet for each page of a built site, instead of the theme's, the plugins' and ours one after another.

Nothing is painted before every stylesheet in a page's head has come, and on a phone's network each one
costs more waiting than bytes. Sheets that follow one another directly are joined, in their order, into a file named by
its content, so that a browser keeps it for the whole site and fetches another only when it changed.
A plain `mkdocs build` works without this step.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from seamline.errors import SiteError

FOLDER = "assets"

_LINK = rb'<link rel="stylesheet" href="([^"#?:]+)">'
_NEIGHBOURS = re.compile(rb"(?:%s\s*){2,}" % _LINK)
_URL = re.compile(rb"""\burl\(\s*(?!["']?(?:data:|[a-z]+://|[/#]))(["']?)([^"')]+)\1\s*\)""", re.IGNORECASE)
_SOURCE_MAP = re.compile(rb"/\*#\s*sourceMappingURL=[^*]*\*/")
# At the start of every page the theme's script sets the colours that are already there, and lets this rule hold every
# transition meanwhile: each element is styled twice more, and nothing moves either way.
_HOLD = re.compile(rb"\[data-md-color-switching\][^{}]*\{transition-duration:0s!important\}")
_HOLD_IN_OTHER_WORDS = re.compile(rb"\[data-md-color-switching[^{}]*\{[^{}]*transition")
_ANY_LINK = re.compile(rb"""<link\b[^>]*\brel\s*=\s*["']?stylesheet\b[^>]*>""", re.IGNORECASE)
_CHARSET = b'@charset "UTF-8";'
_NOT_JOINABLE = re.compile(rb"@(?:import|charset|namespace)\b", re.IGNORECASE)


def join(site: Path) -> None:
    """Let every page below `site` wait for one stylesheet where it waited for several neighbours.

    Sheets that are not part of the site, or that hold what must stand first in a file (`@import`, `@namespace`, a
    `@charset` other than UTF-8), leave their page as it is.

    Raises:
        SiteError: the builder or the theme writes links or rules in a form that is not known here, so that pages
            would silently stay slow.
    """
    known: dict[tuple[str, ...], str | None] = {}
    for page in sorted(site.rglob("*.html")):
        written = page.read_bytes()
        _require_known_links(written, page)
        joined = with_one_sheet(written, page.parent.relative_to(site), site, known)
        if joined != written:
            page.write_bytes(joined)


def _require_known_links(page: bytes, path: Path) -> None:
    links = _ANY_LINK.findall(page)
    if len(links) > 1 and not re.search(_LINK, page):
        raise SiteError(
            f"style sheets are linked in a form that is not known: {links[0].decode(errors='replace')}",
            where=str(path),
            hint=f"teach `_LINK` in {__name__} this form, or install the builder that constraints.txt names",
        )


def with_one_sheet(page: bytes, folder: Path, site: Path, known: dict[tuple[str, ...], str | None]) -> bytes:
    """The `page` with neighbouring stylesheets joined; what they were joined to is written to `site`.

    Args:
        folder: where the page lies, below the site.
        known: what sheets were joined to already, by their paths below the site; None where they cannot be one.
    """

    def one(neighbours: re.Match[bytes]) -> bytes:
        names = tuple(
            posixpath.normpath((PurePosixPath(folder.as_posix()) / href.decode()).as_posix())
            for href in re.findall(_LINK, neighbours[0])
        )
        if names not in known:
            known[names] = _written_sheet(site, names)
        name = known[names]
        if name is None:
            return neighbours[0]
        href = posixpath.relpath(name, folder.as_posix())
        return f'<link rel="stylesheet" href="{href}">\n'.encode()

    return _NEIGHBOURS.sub(one, page)


def _written_sheet(site: Path, names: tuple[str, ...]) -> str | None:
    if not all((site / name).is_file() and not name.startswith(("/", "..")) for name in names):
        return None
    sheet = joined_sheet({name: (site / name).read_bytes() for name in names})
    if sheet is None:
        return None
    name = f"{FOLDER}/{hashlib.sha256(sheet).hexdigest()[:8]}.css"
    (site / FOLDER).mkdir(exist_ok=True)
    (site / name).write_bytes(sheet)
    return name


def joined_sheet(sheets: Mapping[str, bytes]) -> bytes | None:
    """The sheets, by their path below the site, as one that lies in `FOLDER`; nothing if they cannot be one.

    Raises:
        SiteError: a sheet holds the theme's rule against transitions in words that are not known here.
    """
    bodies = {name: _without_needless(sheet, name) for name, sheet in sheets.items()}
    if any(_NOT_JOINABLE.search(body) for body in bodies.values()):
        return None
    return b"\n".join([_CHARSET, *(_moved(body, name) for name, body in bodies.items())]) + b"\n"


def _without_needless(sheet: bytes, name: str) -> bytes:
    without = _HOLD.sub(b"", _SOURCE_MAP.sub(b"", sheet.removeprefix(_CHARSET))).strip()
    if _HOLD_IN_OTHER_WORDS.search(without):
        raise SiteError(
            "the theme words its rule for `[data-md-color-switching]` in a way that is not known",
            where=name,
            hint=f"teach `_HOLD` in {__name__} the new words, or install the theme that constraints.txt names",
        )
    return without


def _moved(sheet: bytes, name: str) -> bytes:
    """A sheet's addresses are relative to the sheet; it moves from its own folder to `FOLDER`."""
    folder = posixpath.dirname(name)

    def moved(url: re.Match[bytes]) -> bytes:
        quote, address = url[1].decode(), url[2].decode().strip()
        place = posixpath.relpath(posixpath.join(folder, address), FOLDER)
        return f"url({quote}{place}{quote})".encode()

    return _URL.sub(moved, sheet)
