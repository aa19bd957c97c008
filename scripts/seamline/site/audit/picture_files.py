"""Is every picture file of a site a picture, whole and of the kind that its name says?"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from seamline.files import is_lfs_pointer
from seamline.site.audit.rules import Finding

_FORMATS = {".webp": "WEBP", ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".gif": "GIF"}
_NAMES = {**_FORMATS, ".webp": "WebP", ".svg": "SVG"}


def not_pictures(site: Path) -> Iterator[Finding]:
    """A finding for each picture file below `site` that a browser could not show as what its name says."""
    for path in sorted(site.rglob("*")):
        if path.suffix.lower() in _NAMES and path.is_file() and (why := _why_not(path)):
            name = path.relative_to(site).as_posix()
            yield Finding(name, path.name, "not-a-picture", why)


def _why_not(path: Path) -> str:
    """What keeps a file from being a whole picture of its kind; empty when nothing does."""
    kind = path.suffix.lower()
    if is_lfs_pointer(path):
        return f"a Git LFS pointer, not a {_NAMES[kind]} picture: `git lfs pull`, then build again"
    return _why_not_svg(path) if kind == ".svg" else _why_not_pixels(path, _FORMATS[kind])


def _why_not_svg(path: Path) -> str:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.parse(path, parser).getroot()
    except (etree.XMLSyntaxError, OSError) as error:
        return f"not an SVG picture: {error}"
    return "" if etree.QName(root).localname == "svg" else f"not an SVG picture: its root is <{root.tag}>"


def _why_not_pixels(path: Path, wanted: str) -> str:
    from PIL import Image, UnidentifiedImageError  # a site without pictures need not wait for it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                found = picture.format
                picture.load()  # what was torn still begins as it should
    except UnidentifiedImageError:  # whose words say where the file lies, which on another machine is elsewhere
        return f"not a {wanted} picture"
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        return f"not a whole {wanted} picture: {error}"
    return "" if found == wanted else f"a {found} picture under the name of a {wanted}"
