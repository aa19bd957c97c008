"""A built page, parsed once: what it links to, what it loads, and which anchors it offers."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import html

_LOADED_BY = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "embed": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "object": ("data",),
    "input": ("src",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
}
_FETCHED_LINKS = {
    "stylesheet",
    "icon",
    "apple-touch-icon",
    "manifest",
    "preload",
    "modulepreload",
    "prefetch",
    "prerender",
    "preconnect",
    "dns-prefetch",
}
_NOT_OWN_WORDS = {"blockquote", "q", "script", "style", "template"}
_CSS_ADDRESS = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""", re.IGNORECASE)

Element = Any
"""An lxml element; lxml ships no types."""


@dataclass(frozen=True)
class Page:
    """One HTML file of a built site.

    Attributes:
        path: relative POSIX path of the file, `questions/who/index.html`.
        document: its parsed root element.
        base: where on its host the site will be, `/` or `/seamline/`: what an address that begins with `/` starts with.
    """

    path: str
    document: Element = field(repr=False)
    base: str = "/"

    @cached_property
    def anchors(self) -> frozenset[str]:
        """Everything a fragment may name."""
        return frozenset(self.document.xpath("//@id")) | frozenset(self.document.xpath("//a/@name"))

    @cached_property
    def links(self) -> list[tuple[Element, str]]:
        """Elements a reader can follow, with their address as written."""
        found = self.document.xpath("//a[@href] | //area[@href] | //*[local-name()='a'][@*[local-name()='href']]")
        return [(element, element.get("href") or element.get("xlink:href") or "") for element in dict.fromkeys(found)]

    def loads(self) -> Iterator[tuple[Element, str]]:
        """Elements that make a browser fetch something, with each address."""
        for element in self.document.iter():
            if not isinstance(element.tag, str):
                continue
            for attribute in _LOADED_BY.get(element.tag, ()):
                value = element.get(attribute)
                if value:
                    for address in _candidates(value) if attribute == "srcset" else [value]:
                        yield element, address
            if element.tag == "link" and _FETCHED_LINKS & set((element.get("rel") or "").lower().split()):
                yield element, element.get("href") or ""
            if style := element.get("style"):
                yield from ((element, address) for address in css_addresses(style))
            if element.tag == "style":
                yield from ((element, address) for address in css_addresses(element.text or ""))

    def own_words(self) -> Iterator[tuple[Element, str]]:
        """What the page says in its own words, piece by piece: its text and descriptions, without what it quotes."""
        for article in self.document.xpath("//article") or self.document.xpath("//body"):
            yield from _own_words(article)

    def resolve(self, address: str) -> tuple[str, str]:
        """File below the site's root that an internal address means, and its fragment.

        Returns:
            The path, with `index.html` added to folders, and the unquoted fragment. A path that leaves
            the site starts with `..`.
        """
        parts = urlsplit(address)
        path = unquote(parts.path)
        if not path:
            return self.path, unquote(parts.fragment)
        if path.startswith("/"):
            target = posixpath.relpath(path, self.base)
        else:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), path))
        if path.endswith(("/", "/.", "/..")) or path in (".", "..") or target == ".":
            target = posixpath.normpath(posixpath.join(target, "index.html"))
        return target, unquote(parts.fragment)


def read_pages(site: Path) -> Iterator[Page]:
    """Every HTML page below `site`, in the order of their paths; parsed one at a time, so that none need be kept."""
    home = site / "index.html"
    base = _base(html.fromstring(home.read_bytes())) if home.is_file() else "/"
    for path in sorted(site.rglob("*.html")):
        yield Page(path.relative_to(site).as_posix(), html.fromstring(path.read_bytes()), base)


def _own_words(element: Element) -> Iterator[tuple[Element, str]]:
    if isinstance(element.tag, str) and element.tag not in _NOT_OWN_WORDS:
        yield from ((element, element.get(name)) for name in ("alt", "title", "aria-label") if element.get(name))
        yield element, element.text or ""
        for child in element:
            yield from _own_words(child)
            yield child, child.tail or ""


def _base(home: Element) -> str:
    """The path below which the home page says that it will be published; `/` if it does not say."""
    addresses = home.xpath("//link[@rel='canonical']/@href")
    return (urlsplit(addresses[0]).path or "/") if addresses else "/"


def css_addresses(css: str) -> list[str]:
    """Addresses in `url(…)` and `@import` of a style sheet."""
    return [first or second for first, second in _CSS_ADDRESS.findall(css)]


def is_outside(address: str) -> bool:
    """Whether an address leaves the site: it names a host, or a scheme other than data."""
    parts = urlsplit(address.strip())
    return bool(parts.netloc) or (bool(parts.scheme) and parts.scheme not in {"data", "blob"})


def describe(element: Element) -> str:
    """How a finding names an element: its line and its opening tag, shortened."""
    attributes = "".join(f' {name}="{value}"' for name, value in element.attrib.items() if len(value) < 200)
    tag = f"<{element.tag}{attributes}>"
    return f"line {element.sourceline}: {tag if len(tag) <= 180 else tag[:179] + '…'}"


def _candidates(srcset: str) -> list[str]:
    return [candidate.split()[0] for candidate in srcset.split(",") if candidate.strip()]
