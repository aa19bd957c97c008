"""What a reader must not meet on a built page: one function per rule, from pages to findings."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from seamline.site.audit.name_finder import Names
from seamline.site.html_page import Element, Page, describe, is_outside

CATALOG_FOLDERS = ("questions/", "models/", "papers/", "workflows/", "samples/")
"""Folders of the closed world: an external link there must come from the catalog."""

_RUN_IMAGE = re.compile(r"(?:^|/)runs/(?P<sample>[a-z0-9-]+)/(?P<weights>[a-z0-9-]+)/[^/]+$")
SAYS_AI = re.compile(r"\bAI-(?:edited|generated)\b")
_HANDLER = re.compile(r"^on[a-z]+$")


@dataclass(frozen=True, order=True)
class Finding:
    """Something wrong with a built page: `page` and `element` say where, `rule` and `message` what."""

    page: str
    element: str
    rule: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """As JSON data."""
        return {"page": self.page, "element": self.element, "rule": self.rule, "message": self.message}


@dataclass(frozen=True)
class Site:
    """What rules may look at beside the page itself.

    Attributes:
        files: paths of every file of the site.
        allowed: external addresses that each catalog page may link to, by the page's path.
        foreign: names of models that a question's pages may not speak of, by the page's path; None for other pages.
        by_model: paths of the pictures that a model made, whatever step of a run it ran in.
        marked: paths of the cards whose metadata say that a model made what they show.
        own: whether an external address is the site's own, as that of its repository: no source, wherever it stands.
    """

    files: frozenset[str]
    allowed: Callable[[str], frozenset[str]]
    foreign: Callable[[str], Names | None]
    by_model: frozenset[str] = frozenset()
    marked: frozenset[str] = frozenset()
    own: Callable[[str], bool] = lambda address: False


@dataclass(frozen=True)
class Outline:
    """What is kept of a page when its tree is dropped: what other pages and rules about the whole site ask for.

    Attributes:
        anchors: everything a fragment may name.
        leads_to: files that its links lead to.
        fragments: links to an anchor of another page: that page, the anchor, and how a finding names the link.
    """

    anchors: frozenset[str]
    leads_to: frozenset[str]
    fragments: tuple[tuple[str, str, str], ...]


Rule = Callable[[Page, Site], Iterator[Finding]]


def outline(page: Page) -> Outline:
    """What rules about the whole site need to know of a page."""
    inside = [(element, *page.resolve(address)) for element, address in page.links if not is_outside(address)]
    return Outline(
        anchors=frozenset(map(str, page.anchors)),
        leads_to=frozenset(target for _, target, _ in inside),
        fragments=tuple(
            (target, fragment, describe(element))
            for element, target, fragment in inside
            if fragment and target != page.path
        ),
    )


def closed_world(page: Page, site: Site) -> Iterator[Finding]:
    """On a catalog page every external link is one that the catalog gives."""
    if not page.path.startswith(CATALOG_FOLDERS):
        return
    allowed = site.allowed(page.path)
    for element, address in page.links:
        if is_outside(address) and address.rstrip("/") not in allowed and not site.own(address):
            yield _finding(page, element, "closed-world", f"{address} is not in the catalog of this page")


def foreign_models(page: Page, site: Site) -> Iterator[Finding]:
    """A question's pages speak of no model that was not given with it, except in what they quote."""
    names = site.foreign(page.path)
    if names is None:
        return
    for element, text in page.own_words():
        for name in names.in_text(text):
            yield _finding(page, element, "foreign-model", f"speaks of {name}, which was not given with this question")


def internal_links(page: Page, site: Site) -> Iterator[Finding]:
    """Links and anchors inside the site lead somewhere."""
    for element, address in page.links:
        if is_outside(address):
            continue
        if address.startswith("/") and page.path != "404.html":
            yield _finding(page, element, "root-relative", f"{address} breaks when the site is not at a host's root")
            continue
        target, fragment = page.resolve(address)
        if target not in site.files:
            yield _finding(page, element, "broken-link", f"{address} leads to {target}, which is not in the site")
        elif fragment and target == page.path and fragment not in page.anchors:
            yield _finding(page, element, "broken-anchor", f"{target} has no element with the id {fragment!r}")


def outside_requests(page: Page, site: Site) -> Iterator[Finding]:
    """A page asks no other host for anything, and what it loads is there."""
    for element, address in page.loads():
        if is_outside(address):
            yield _finding(page, element, "outside-request", f"asks another host for {address}")
        elif not address.startswith(("data:", "blob:", "#")) and page.resolve(address)[0] not in site.files:
            yield _finding(page, element, "missing-file", f"{address} is not in the site")
    for element in page.document.xpath("//*[contains(concat(' ', @class, ' '), ' mermaid ')]"):
        yield _finding(page, element, "outside-request", "the theme fetches a library from another host to draw this")


def pictures(page: Page, site: Site) -> Iterator[Finding]:
    """Pictures say what they show, and how large they are before they arrive."""
    for image in page.document.iter("img"):
        alt = image.get("alt")
        if alt is None or (not alt.strip() and not _named_elsewhere(image)):
            yield _finding(page, image, "image-alt", "a picture without a description")
        if not all((image.get(side) or "").isdigit() for side in ("width", "height")):
            yield _finding(page, image, "image-size", "a picture without width and height moves the page as it loads")
    for drawing in page.document.xpath("//*[local-name()='svg'][@role='img']"):
        titled = drawing.xpath("./*[local-name()='title'][normalize-space()]")
        if not (titled or drawing.get("aria-label") or drawing.get("aria-labelledby")):
            yield _finding(page, drawing, "image-alt", "a drawing without a title")


def run_labels(page: Page, site: Site) -> Iterator[Finding]:
    """Where a picture of a run is shown, the page says which weights drew it."""
    shown: dict[tuple[str, str], Element] = {}
    for element, address in page.loads():
        if match := _RUN_IMAGE.search(address.split("?")[0]):
            shown.setdefault((match["sample"], match["weights"]), element)
    labelled = {
        (label.get("data-sample"), label.get("data-weights"))
        for label in page.document.xpath("//*[@data-sample and @data-weights]")
        if label.text_content().strip()
    }
    for (sample, weights), element in shown.items():
        if (sample, weights) not in labelled and not _credited(element):
            yield _finding(page, element, "run-label", f"nothing says that {weights} drew the pictures of {sample}")


def ai_labels(page: Page, site: Site) -> Iterator[Finding]:
    """Where a picture that a model made is shown, the page says so: in a label of its run, or in its own figure."""
    shown: dict[str, Element] = {}
    for element, address in page.loads():
        if not is_outside(address) and (path := page.resolve(address)[0]) in site.by_model:
            shown.setdefault(path, element)
    if not shown:
        return
    said = {
        (label.get("data-sample"), label.get("data-weights"))
        for label in page.document.xpath("//*[@data-sample and @data-weights]")
        if SAYS_AI.search(label.text_content()) and label.tag != "figure"
    }
    for path, element in shown.items():
        own = any(SAYS_AI.search(around.text_content()) for around in element.iterancestors("figure"))
        match = _RUN_IMAGE.search(path)
        if not own and not (match and (match["sample"], match["weights"]) in said):
            yield _finding(page, element, "ai-label", f"nothing says that a model made {path}")


def markup(page: Page, site: Site) -> Iterator[Finding]:
    """Ids are unique, there is one main heading, and no script hides in an attribute."""
    seen: set[str] = set()
    for element in page.document.xpath("//*[@id]"):
        if element.get("id") in seen:
            yield _finding(page, element, "duplicate-id", f"the id {element.get('id')!r} occurs twice")
        seen.add(element.get("id"))
    headings = page.document.xpath("//h1")
    if len(headings) != 1:
        yield Finding(page.path, "<h1>", "one-heading", f"{len(headings)} main headings instead of one")
    for element in page.document.iter():
        for name, value in element.attrib.items() if isinstance(element.tag, str) else ():
            if _HANDLER.match(name) or value.strip().lower().startswith("javascript:"):
                yield _finding(page, element, "inline-script", f"a script in the attribute {name}")


def broken_anchors(pages: Mapping[str, Outline]) -> Iterator[Finding]:
    """Links to an anchor of another page lead somewhere."""
    for path, page in pages.items():
        for target, fragment, element in page.fragments:
            if target in pages and fragment not in pages[target].anchors:
                message = f"{target} has no element with the id {fragment!r}"
                yield Finding(path, element, "broken-anchor", message)


def orphans(pages: Mapping[str, Outline]) -> Iterator[Finding]:
    """Every page can be reached from the home page by following links."""
    reached, waiting = {"index.html"}, deque(["index.html"])
    while waiting:
        new = (pages[waiting.popleft()].leads_to & pages.keys()) - reached
        reached |= new
        waiting.extend(new)
    for path in sorted(pages.keys() - reached - {"404.html"}):
        yield Finding(path, "<html>", "orphan", "no way of links leads here from the home page")


PAGE_RULES: tuple[Rule, ...] = (
    closed_world,
    foreign_models,
    internal_links,
    outside_requests,
    pictures,
    run_labels,
    ai_labels,
    markup,
)


def _finding(page: Page, element: Element, rule: str, message: str) -> Finding:
    return Finding(page.path, describe(element), rule, message)


def _named_elsewhere(image: Element) -> bool:
    """An empty alt is right where the picture is a layer of something named, or is hidden from readers of alt."""
    return any(
        (around.get("role") == "img" and (around.get("aria-label") or around.get("aria-labelledby")))
        or around.get("aria-hidden") == "true"
        or around.get("role") == "presentation"
        or (around.tag == "a" and around.text_content().strip())
        for around in (image, *image.iterancestors())
    )


def _credited(element: Element) -> bool:
    """An exhibit names its weights in a credit line of its own."""
    return any(
        any(credit.text_content().strip() for credit in around.find_class("sl-credit"))
        for around in element.iterancestors("section", "figure", "li", "a")
    )
