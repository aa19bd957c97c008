"""Where a site says that it will be published, what it is called and in which language, as its built home page has it.

Read from the page and not from `mkdocs.yml`: the builder has resolved what that file inherits and takes from the
environment, and both builders write the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from lxml import html

CARDS = "assets/cards"
"""Folder of the pictures that stand for a page where its address is shared."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A site as a whole.

    Attributes:
        address: where it is published, with a final slash; "" where no `site_url` is set. Nothing that needs
            an absolute address may then be written.
        name, description: its own.
        language: of its pages, as in `<html lang>`.
    """

    address: str
    name: str
    description: str
    language: str

    def url(self, path: str) -> str:
        """Absolute address of a file below the site; of a page by its folder.

        Raises:
            ValueError: the site has no address.
        """
        if not self.address:
            raise ValueError("a site without `site_url` has no absolute addresses")
        return self.address + quote(path.removesuffix("index.html"))

    def link(self, path: str, start: str) -> str:
        """Address of `path` for a page at `start`: absolute where that is possible, else relative to the page."""
        if self.address:
            return self.url(path)
        return quote("../" * start.count("/") + path.removesuffix("index.html")) or "./"


def publication_of(site: Path) -> Publication:
    """What the home page of a built site says of the site."""
    home = html.fromstring((site / "index.html").read_bytes())

    def first(path: str) -> str:
        return next((str(value).strip() for value in home.xpath(path)), "")

    address = first("//link[@rel='canonical']/@href")
    return Publication(
        address=f"{address.rstrip('/')}/" if address else "",
        name=first("//*[@data-md-component='logo']/@title") or first("//title/text()"),
        description=first("//meta[@name='description']/@content"),
        language=first("/html/@lang") or "en",
    )
