"""The addresses of all pages, for search engines: sitemaps.org, protocol 0.9.

The builders write one of their own, with the day of the build beside each page, and an empty one where the site has no
address. A day that says nothing of the page makes search engines pass over all days, so ours names the days of answers.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from lxml import etree

from seamline.site.sharing.publication import Publication

PATH = "sitemap.xml"
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_MOST = 50_000
"""Addresses in one file, by the protocol."""


def write_sitemap(site: Path, pages: Mapping[str, date | None], publication: Publication, most: int = _MOST) -> None:
    """Replace what the builder wrote; without an address of the site remove it.

    Args:
        pages: the day of its present text, where it has one, by path of a page.
        most: addresses in one file; above that, `sitemap.xml` lists files `sitemap-1.xml`, `sitemap-2.xml`, ….
    """
    for old in (site / PATH, site / f"{PATH}.gz"):
        old.unlink(missing_ok=True)
    if not publication.address:
        return
    paths = sorted(pages)
    parts = [paths[start : start + most] for start in range(0, len(paths), most)]
    if len(parts) == 1:
        files = {PATH: _of_pages(parts[0], pages, publication)}
    else:
        files = {f"sitemap-{number}.xml": _of_pages(part, pages, publication) for number, part in enumerate(parts, 1)}
        files[PATH] = _of_files(sorted(files, key=lambda name: (len(name), name)), publication)
    for name, content in files.items():
        (site / name).write_bytes(content)
    (site / f"{PATH}.gz").write_bytes(gzip.compress(files[PATH], mtime=0))


def _of_pages(paths: Sequence[str], pages: Mapping[str, date | None], publication: Publication) -> bytes:
    return _file("urlset", "url", ((publication.url(path), pages[path]) for path in paths))


def _of_files(names: Sequence[str], publication: Publication) -> bytes:
    return _file("sitemapindex", "sitemap", ((publication.address + name, None) for name in names))


def _file(root: str, each: str, entries: Iterator[tuple[str, date | None]]) -> bytes:
    top = etree.Element(f"{{{_NAMESPACE}}}{root}", nsmap={None: _NAMESPACE})
    for address, day in entries:
        one = etree.SubElement(top, f"{{{_NAMESPACE}}}{each}")
        etree.SubElement(one, f"{{{_NAMESPACE}}}loc").text = address
        if day:
            etree.SubElement(one, f"{{{_NAMESPACE}}}lastmod").text = day.isoformat()
    written: bytes = etree.tostring(top, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written
