"""Each built page as Markdown beside it, and `llms.txt`, which lists them: for programs that read sites as text.

Made from the built page and not from its source, which holds drawings and switches as HTML. What needs a screen or a
hand is left out; its words, tables and pictures stay.

Source: llmstxt.org, which also names the files: a page's address with `index.html.md` at its end.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from seamline.site.html_page import Element, Page
from seamline.site.sharing.publication import Publication

INDEX = "llms.txt"
_LEFT_OUT = (
    ".//*[local-name()='svg'] | .//script | .//style | .//template | .//button | .//input | .//label"
    " | .//*[contains(concat(' ', @class, ' '), ' headerlink ')]"
    " | .//*[contains(concat(' ', @class, ' '), ' sl-source ')]"
    # What follows the hand in an exhibit; the states that it leads through are listed beside it.
    " | .//*[contains(concat(' ', @class, ' '), ' sl-live ')]"
)
_BLOCKS = ".//p | .//h1 | .//h2 | .//h3 | .//h4"
_HOLDERS = frozenset({"section", "div", "figure", "ol", "ul", "table"})
_MANY_LINES = re.compile(r"\n{3,}")
_SECTIONS = ("Questions", "Drafts", "Samples", "Models", "Papers", "Guides")


def markdown_path(path: str) -> str:
    """Path of the Markdown of a page, `questions/who/index.html.md`."""
    return f"{path}.md"


def as_markdown(page: Page) -> str:
    """The article of a page as Markdown, with its relative links as they are; "" where it has none."""
    from bs4 import BeautifulSoup  # which markdownify brings; only a build needs them
    from markdownify import MarkdownConverter

    article = next(iter(page.document.xpath("//article")), None)
    if article is None:
        return ""
    article = copy.deepcopy(article)
    for element in article.xpath(_LEFT_OUT):
        _replace(element)
    for element in article.xpath(".//*[@lang or @dir]"):
        _keep_language(element, page.document.get("lang", ""))

    class Converter(MarkdownConverter):
        """Keeps the language and the direction of words, for which Markdown has no marks of its own."""

        def convert_span(self, element: Any, text: str, parent_tags: object) -> str:
            marks = _marks(element)
            return f"<span{marks}>{text}</span>" if marks and text.strip() else text

        def convert_div(self, element: Any, text: str, parent_tags: object) -> str:
            base: Any = super()
            written: str = base.convert_div(element, text, parent_tags)
            marks = _marks(element) if element.get("lang") else ""
            # With blank lines around it, what stands in an HTML block is read as Markdown (CommonMark, section 4.6).
            return f"\n\n<div{marks}>\n\n{written.strip()}\n\n</div>\n\n" if marks and written.strip() else written

        convert_section = convert_div

    converter = Converter(heading_style="ATX", bullets="-", code_language_callback=_language)
    soup = BeautifulSoup(etree.tostring(article, encoding="unicode", method="html"), "lxml")  # twice as fast as its own
    written = converter.convert_soup(soup)
    lines = "\n".join(line.rstrip() for line in written.splitlines())
    return _MANY_LINES.sub("\n\n", lines).strip() + "\n"


def _marks(element: Any) -> str:
    return "".join(f' {name}="{element[name]}"' for name in ("lang", "dir") if element.get(name))


def _keep_language(element: Element, of_page: str) -> None:
    """Put the words of an element that is not in the page's language or direction into a `<span>` that says so, too.

    What holds blocks goes into a `<div>` as a whole.
    """
    if element.tag in ("span", "sup"):  # marks of citations are numbers, and have no language to speak of
        return
    if element.get("lang") and element.tag in _HOLDERS:
        _keep_language_of_blocks(element, of_page)
        return
    own = {name: value for name in ("lang", "dir") if (value := element.get(name)) and value != of_page}
    if not own or own == {"dir": next((one.get("dir") for one in element.iterancestors() if one.get("dir")), "")}:
        return  # what is around it says the same
    for holder in element.xpath(_BLOCKS) or [element]:
        span = etree.Element("span", own)
        span.text, holder.text = holder.text, None
        span.extend([*holder])
        holder.append(span)


def _keep_language_of_blocks(element: Element, of_page: str) -> None:
    around = next((one.get("lang") for one in element.iterancestors() if one.get("lang")), of_page)
    marks = {name: element.attrib.pop(name) for name in ("lang", "dir") if element.get(name)}
    if marks["lang"] == around:
        return
    if element.tag in ("div", "section"):
        element.attrib.update(marks)
        return
    holder = etree.Element("div", marks)
    element.getparent().replace(element, holder)
    holder.tail, element.tail = element.tail, None
    holder.append(element)


def _replace(element: Element) -> None:
    """Drop an element; a drawing leaves its title."""
    titles = element.xpath("./*[local-name()='title']/text()") if element.tag == "svg" else []
    title = element.get("aria-label") or (titles[0] if titles else "")
    if element.getparent() is None:
        return
    if element.get("role") == "img" and title:
        tail = element.tail or ""
        element.tail = None
        named = etree.Element("em")
        named.text, named.tail = f"Drawing: {' '.join(title.split())}", tail
        element.getparent().replace(element, named)
    else:
        element.drop_tree()


def _language(element: Element) -> str:
    return next((name.removeprefix("language-") for name in element.get("class") or () if "language-" in name), "")


@dataclass(frozen=True, slots=True)
class Listed:
    """A page as `llms.txt` lists it: its section, its path, its title, and a sentence on what it holds."""

    section: str
    path: str
    title: str
    words: str


def index_of(pages: Iterable[Listed], publication: Publication) -> str:
    """`llms.txt`: the site's name and description, then its pages by section, each with the address of its Markdown."""
    by_section: dict[str, list[Listed]] = {}
    for one in pages:
        by_section.setdefault(one.section, []).append(one)
    lines = [f"# {publication.name}", ""]
    if publication.description:
        lines += [f"> {publication.description}", ""]
    order: Sequence[str] = [name for name in _SECTIONS if name in by_section]
    for section in [*order, *sorted(by_section.keys() - set(order))]:
        lines += [f"## {section}", ""]
        lines += [_line(one, publication) for one in by_section[section]]
        lines.append("")
    return "\n".join(lines)


def _line(one: Listed, publication: Publication) -> str:
    address = publication.link(markdown_path(one.path), INDEX)
    words = f": {one.words}" if one.words else ""
    return f"- [{_in_brackets(one.title)}]({address}){words}"


def _in_brackets(words: str) -> str:
    return re.sub(r"([\[\]\\])", r"\\\1", words)
