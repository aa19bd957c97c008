"""Rules about what a page's head gives to those who share it or read it by machine: the same ones as for its body."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from seamline.site.audit.rules import CATALOG_FOLDERS, SAYS_AI, Finding, Site
from seamline.site.html_page import Element, Page, describe, is_outside

REQUIRED = ("og:title", "og:type", "og:image", "og:url")
"""Properties that The Open Graph protocol (ogp.me) requires of each page that has any."""

_VOCABULARY = "https://schema.org"
_SOURCE_TYPE = re.compile(rb"DigitalSourceType>[^<]*/[a-z]*trainedAlgorithmicMedia<", re.IGNORECASE)
_ADDRESSES = {"og:url", "og:image"}


def shared_addresses(page: Page, site: Site) -> Iterator[Finding]:
    """Addresses in the head are the site's own and lead somewhere, or are given by the catalog; none is made up."""
    properties = _properties(page)
    root = _root(page)
    if properties and root is None:
        for element, name, value in properties.values():
            yield _finding(page, element, "shared-address", f"{name} says {value}, but the site says no address")
        return
    for name in REQUIRED if properties else ():
        if name not in properties:
            yield Finding(page.path, f"<meta {name}>", "shared-address", f"the page has no {name}, which is required")
    for element, address, named in _addresses(page):
        target = _target(page, root, address)
        if target is not None:
            if target not in site.files:
                yield _finding(page, element, "shared-address", f"{address} leads to {target}, which is not there")
        elif named in _ADDRESSES or not is_outside(address):
            yield _finding(page, element, "shared-address", f"{named} is {address}, which is not of this site")
        elif not _is_given(page, site, address):
            yield _finding(page, element, "closed-world", f"{address} is not in the catalog of this page")


def shared_words(page: Page, site: Site) -> Iterator[Finding]:
    """A question's pages name no model that was not given with it where they are shared, either."""
    names = site.foreign(page.path)
    if names is None:
        return
    words = [(element, value) for element, _, value in _properties(page).values()]
    words += [(element, value) for element, data in _structured(page) for _, value in _texts(data)]
    for element, text in words:
        for name in names.in_text(text):
            yield _finding(page, element, "foreign-model", f"speaks of {name}, which was not given with this question")


def shared_pictures(page: Page, site: Site) -> Iterator[Finding]:
    """What a model made is said to be made by one in the structured data, in the card's metadata and beside it."""
    root, properties = _root(page), _properties(page)
    for element, data in _structured(page):
        if data is None:
            yield _finding(page, element, "structured-data", "not JSON")
        for image in _images(data):
            if _target(page, root, str(image.get("contentUrl", ""))) not in site.by_model:
                continue
            if "TrainedAlgorithmicMedia" not in str(image.get("digitalSourceType")):
                yield _finding(page, element, "ai-label", f"does not say that a model made {image['contentUrl']}")
            card = properties.get("og:image")
            if card and _target(page, root, card[2]) not in site.marked:
                yield _finding(
                    page, card[0], "ai-label", "the card's metadata do not say that a model made its picture"
                )
            alt = properties.get("og:image:alt")
            if card and not (alt and SAYS_AI.search(alt[2])):
                yield _finding(page, card[0], "ai-label", "og:image:alt does not say that a model made the picture")


def marked_cards(folder: Path, cards: str) -> frozenset[str]:
    """Paths of the pictures in the folder `cards` of a site whose metadata say that a model made what they show."""
    found = (path for path in (folder / cards).glob("*") if path.is_file() and _SOURCE_TYPE.search(path.read_bytes()))
    return frozenset(path.relative_to(folder).as_posix() for path in found)


def _properties(page: Page) -> dict[str, tuple[Element, str, str]]:
    found = page.document.xpath("//head/meta[@property or starts-with(@name, 'twitter:')]")
    named = (
        (element, element.get("property") or element.get("name"), element.get("content") or "") for element in found
    )
    return {name: (element, name, value) for element, name, value in named}


def _structured(page: Page) -> Iterator[tuple[Element, Any]]:
    for element in page.document.xpath("//script[@type='application/ld+json']"):
        try:
            yield element, json.loads(element.text or "")
        except ValueError:
            yield element, None


def _addresses(page: Page) -> Iterator[tuple[Element, str, str]]:
    """Elements of the head with each address in them that nothing fetches, and what names it."""
    for element, name, value in _properties(page).values():
        if name in _ADDRESSES:
            yield element, value, name
    for element in page.document.xpath("//head/link[normalize-space(@rel)='alternate']"):
        yield element, element.get("href") or "", "alternate"
    for element, data in _structured(page):
        for key, value in _texts(data):
            if key in ("url", "contentUrl", "codeRepository", "sameAs") or value.startswith(("http:", "https:")):
                yield element, value, key


def _texts(data: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _texts(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value, key)
    elif isinstance(data, str) and not data.startswith(_VOCABULARY):
        yield key, data


def _images(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        if data.get("@type") == "ImageObject":
            yield data
        for value in data.values():
            yield from _images(value)
    elif isinstance(data, list):
        for value in data:
            yield from _images(value)


def _root(page: Page) -> str | None:
    """Address of the site by what the page says of its own; None where it says none."""
    own = next(iter(page.document.xpath("//link[@rel='canonical']/@href")), None)
    return own.removesuffix(page.path.removesuffix("index.html")) if own else None


def _target(page: Page, root: str | None, address: str) -> str | None:
    """File of the site that an address means; None where it leads out of the site."""
    if not is_outside(address):
        return page.resolve(address)[0]
    if root is None or not address.startswith(root):
        return None
    path = unquote(address.removeprefix(root))
    return posixpath.join(path, "index.html") if not path or path.endswith("/") else path


def _is_given(page: Page, site: Site, address: str) -> bool:
    if not page.path.startswith(CATALOG_FOLDERS):
        return True
    return address.rstrip("/") in site.allowed(page.path) or site.own(address)


def _finding(page: Page, element: Element, rule: str, message: str) -> Finding:
    return Finding(page.path, describe(element), rule, message)


RULES = (shared_addresses, shared_words, shared_pictures)
