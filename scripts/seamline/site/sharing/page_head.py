"""What is put into the head of each built page: its structured data, its Markdown, and how it looks where it is shared.

Sources: The Open Graph protocol (ogp.me), which requires a title, a type, a picture and an address of each page, all
absolute; the markup of cards that X reads, which falls back to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup

from seamline.site.sharing import social_cards
from seamline.site.sharing.page_facts import PageFacts
from seamline.site.sharing.page_words import PageWords, shortened
from seamline.site.sharing.publication import Publication

_END = b"</head>"
_TITLE = re.compile(rb"<title\b[^>]*>")
_LONGEST_ALT = 420
"""Letters that X takes."""


def open_graph(
    path: str, facts: PageFacts, words: PageWords, publication: Publication, card: str
) -> Iterator[tuple[str, str]]:
    """Properties of the page at `path` and their values, in order; none where the site has no address.

    Args:
        card: path of the page's card below the site.
    """
    if not publication.address:
        return
    yield "og:title", words.title
    yield "og:type", "website" if facts.kind in ("home", "index") else "article"
    yield "og:url", publication.url(path)
    yield "og:image", publication.url(card)
    yield "og:image:type", "image/jpeg"
    yield "og:image:width", str(social_cards.SIZE[0])
    yield "og:image:height", str(social_cards.SIZE[1])
    yield "og:image:alt", card_words(facts, words, publication)
    yield "og:site_name", publication.name
    if words.description:
        yield "og:description", words.description
    if facts.kind == "question" and facts.question:
        entry = facts.question.entry
        if entry.answered:
            yield "article:published_time", entry.answered.isoformat()
        if entry.revised:
            yield "article:modified_time", entry.revised.isoformat()
    yield "twitter:card", "summary_large_image"


def card_words(facts: PageFacts, words: PageWords, publication: Publication) -> str:
    """What a card shows, in words: a picture and who made it, or the words that it is made of."""
    if facts.picture is None:
        return f"{words.title} – {publication.name}" if words.title != publication.name else words.title
    # Who made it stands first: what shows a card cuts long texts.
    return shortened(f"{facts.picture.credit}. {facts.picture.noun}: {facts.picture.alt}", _LONGEST_ALT)


def meta_tags(properties: Iterator[tuple[str, str]]) -> Markup:
    """The properties as `<meta>` elements: `name` for those of X, `property` for the rest."""
    return Markup("\n").join(
        Markup('<meta {}="{}" content="{}">').format(
            "name" if name.startswith("twitter:") else "property", name, _one_line(value)
        )
        for name, value in properties
    )


def alternate(kind: str, address: str, title: str = "") -> Markup:
    """A link to the page, or to what is new on the site, in another format."""
    named = Markup(' title="{}"').format(title) if title else Markup("")
    # The blank keeps the link what it is, and out of reach of the theme's script, which takes each `rel=alternate` for
    # the same site in another language and asks for a sitemap beside it.
    return Markup('<link rel="alternate " type="{}" href="{}"{}>').format(kind, address, named)


def with_head(page: bytes, elements: str, name: str = "shared") -> bytes:
    """The page with `elements` at the end of its head, in place of those that were put there under the same name."""
    begin_mark, end_mark = f"<!-- {name} -->".encode(), f"<!-- /{name} -->".encode()
    before, begin, rest = page.partition(begin_mark)
    if begin:
        page = before + rest.partition(end_mark)[2]
    head, end, body = page.partition(_END)
    if not end:
        return page
    return head + begin_mark + b"\n" + elements.encode() + b"\n" + end_mark + end + body


def with_title_language(page: bytes, language: str, direction: str) -> bytes:
    """The page with the language of its title said in its head, where it is not the page's; "" for what is.

    A browser takes from both how it reads and shows the title of a tab.
    """
    marks = "".join(f' {name}="{value}"' for name, value in (("lang", language), ("dir", direction)) if value)
    return _TITLE.sub(lambda tag: b"<title" + marks.encode() + b">", page, count=1) if marks else page


def _one_line(words: str) -> str:
    return " ".join(words.split())
