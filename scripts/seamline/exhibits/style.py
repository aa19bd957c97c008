"""The stylesheet of all exhibits: the shared sheet, and after it what each exhibit's folder adds."""

from __future__ import annotations

from seamline.catalog.entries.exhibit_declarations import place
from seamline.plugins import EXHIBITS

SHEET = "assets/exhibits.css"
"""Path of the whole sheet below the site."""


def whole_sheet(shared: bytes) -> bytes:
    """The shared sheet with every exhibit's own rules behind it, in the order of pages; UTF-8.

    Raises:
        PluginError: an exhibit of another distribution does not work.
    """
    own = (kind.style.strip() for kind in sorted(EXHIBITS.all.values(), key=place))
    return b"\n".join([shared.rstrip(), *(f"\n{text}".encode() for text in own if text), b""])
