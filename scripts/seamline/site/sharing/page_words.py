"""What a built page says of itself: its title, its description, and the answer that it gives in short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from seamline.pages.prose.answer_language import WRAPPER
from seamline.site.html_page import Element, Page

_LONGEST = 1200
"""Letters of an answer that a machine is given; whoever wants more opens the page."""


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of a page.

    Attributes:
        title: as the browser's tab has it, without the site's name; a draft's begins with `Draft:`.
        description: of the page's head.
        in_short: paragraphs that begin its first section, without citation marks; its first paragraph where it has no
            section.
    """

    title: str
    description: str
    in_short: str


def words_of(page: Page, site_name: str) -> PageWords:
    """The words of `page`, of a site that is called `site_name`."""
    document = page.document
    title = _plain(next(iter(document.xpath("//head/title/text()")), ""))
    description = next(iter(document.xpath("//meta[@name='description']/@content")), "")
    return PageWords(
        title=title.removesuffix(f" - {site_name}") or site_name,
        description=_plain(description),
        in_short=_in_short(next(iter(document.xpath("//article")), None)),
    )


def _in_short(article: Element | None) -> str:
    found: list[str] = []
    in_section = False
    for child in _flow(article) if article is not None else ():
        if child.tag == "p":
            if not child.get("class") and (words := _without_marks(child)):
                found.append(words)
        elif child.tag == "h2" and not in_section:
            in_section, found = True, []  # what stands before the first section introduces the page
        elif found and in_section:
            break  # an exhibit, a list, the next section
    return shortened("\n\n".join(found if in_section else found[:1]), _LONGEST)


def _flow(article: Element) -> Iterator[Element]:
    """The pieces of an article; those of an answer in another language, which stand in an element of their own, too."""
    for child in article:
        if WRAPPER in (child.get("class") or "").split():
            yield from child
        else:
            yield child


def _without_marks(paragraph: Element) -> str:
    """The paragraph's words without what `sl-cites` marks: numbers of references mean nothing elsewhere."""
    pieces: list[str] = [paragraph.text or ""]
    for child in paragraph:
        if isinstance(child.tag, str) and "sl-cites" not in (child.get("class") or "").split():
            pieces.append(_without_marks(child))
        pieces.append(child.tail or "")
    return _plain("".join(pieces))


def shortened(words: str, most: int) -> str:
    """The words, cut at a blank with an ellipsis where they are more than `most` letters."""
    return words if len(words) <= most else words[: most - 1].rsplit(" ", 1)[0] + "…"


def _plain(words: str) -> str:
    return " ".join(words.split())
