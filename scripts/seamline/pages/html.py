"""Small pieces of Markdown and HTML, safe by construction.

Two kinds of text meet on a page: text that people put into the catalog, which is data, and
Markdown or HTML that Seamline writes. `markupsafe.Markup` marks the second kind; whatever does
not carry the mark is escaped before it reaches a page: by `markdown`, so that it means nothing
to Markdown or Jinja either. `Markup + text` escapes for HTML alone, so put both into one f-string.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from markupsafe import Markup

from seamline.catalog import escaping as text_module
from seamline.catalog.escaping import plain
from seamline.catalog.evidence.text_direction import direction_of, has_right_to_left

_LOOK_ALIKES = {ord("<"): "‹", ord(">"): "›", ord('"'): "”", ord("\\"): "⧵"}
_VOID = frozenset({"img", "br", "hr"})
_ADDRESSES = frozenset({"href", "src"})


def markdown(text: object) -> Markup:
    """`text` as it may stand in Markdown: markup as it is, numbers as they are, anything else escaped."""
    if isinstance(text, Markup):
        return text
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return Markup(text)
    return isolated(str(text))


def isolated(text: str) -> Markup:
    """`text` escaped, and kept from turning the words around it where it holds a script that runs right to left.

    What holds such a script stands in a `<bdi>` with its own direction, so that a full stop, a year or a Latin name
    beside it stays where it belongs; anything else is as it was.
    """
    escaped = plain(text)
    if not has_right_to_left(text):
        return Markup(escaped)
    return Markup(f'<bdi dir="{direction_of(text) or "ltr"}">{escaped}</bdi>')


def heading(text: str, language: str = "", lead: str = "") -> Markup:
    """`text` as the words of a Markdown heading, which begins at the right where its script does.

    Args:
        language: ISO 639, where it is not the page's.
        lead: what the page says before it, in its own language.
    """
    if lead and language:
        marks = {"lang": language, "dir": direction_of(text) or None}
        return Markup(f"{markdown(lead)} {element('span', marks, text)}")
    text = f"{lead} {text}" if lead else text
    attributes = {"lang": language, "dir": direction_of(text)}
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items() if value)
    return Markup(f"{isolated(text)} {{: {written} }}" if written else isolated(text))


def element(name: str, attributes: Mapping[str, str | int | None] | None = None, *children: str) -> Markup:
    """An HTML element on one line, for a block of its own or amid Markdown.

    Children that are not `Markup` and all attributes are escaped; attributes that are `None` are left out.
    """
    written = "".join(
        f' {key}="{_address(str(value)) if key in _ADDRESSES else plain(str(value))}"'
        for key, value in (attributes or {}).items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    inside = "".join(map(_child, children))
    return Markup(f"<{name}{written}>{inside}</{name}>")


def _child(child: str) -> str:
    """Text keeps the blanks at its ends: `plain` would drop them."""
    if isinstance(child, Markup):
        return child
    start, end = child[: len(child) - len(child.lstrip())], child[len(child.rstrip()) :]
    return f"{' ' * bool(start)}{isolated(child)}{' ' * bool(end and child.strip())}"


def _address(url: str) -> str:
    """An address as an attribute: legible, and without a character that means something to Markdown or HTML."""
    return quote(url, safe="/:?#&=%@+,;~().-_$'*").replace("&", "&amp;").replace("'", "%27").replace("*", "%2A")


def one_line(text: str) -> str:
    """`text` with every run of white space as one blank, so that it cannot end an HTML block or a table row."""
    return " ".join(text.split())


def fence(code: str, language: str = "") -> Markup:
    """A fenced code block that no content can close early."""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    marks = "`" * max(3, longest + 1)
    return Markup(f"{marks}{language}\n{code.rstrip()}\n{marks}")


def code(text: str) -> Markup:
    """Inline code in which no character is read as Markdown."""
    return Markup(text_module.code(text))


def with_code(text: str) -> Markup:
    """A line of a docstring or an error, each name between backticks as code."""
    return Markup(" ").join(map(_word_with_code, text.split()))


def _word_with_code(word: str) -> Markup:
    pieces = word.split("`")
    return Markup("").join(code(piece) if at % 2 else markdown(piece) for at, piece in enumerate(pieces))


FOLD_END = Markup("\n\n</details>\n\n")
"""Ends what `fold_start` began."""


def fold_start(summary: str, kind: str = "") -> Markup:
    """Begins Markdown that is closed until a reader opens it, or follows a link to a heading in it.

    Args:
        kind: a class of its own, beside that of folds.
    """
    words = element("summary", {}, summary)
    return Markup(f'\n\n<details class="{f"sl-fold {kind}".strip()}" markdown="1">{words}\n\n')


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> Markup:
    """A Markdown table; cells are escaped unless they are `Markup`, and stay on their line."""

    def line(cells: Sequence[object]) -> str:
        return "| " + " | ".join(one_line(markdown(cell)) for cell in cells) + " |"

    return Markup("\n".join([line(head), "|" + " --- |" * len(head), *(line(row) for row in rows)]))


def quotation(text: str) -> Markup:
    """`text` as a block quotation, paragraph by paragraph, each in the direction of its script."""
    paragraphs = [one_line(part) for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
    return Markup("\n>\n".join(f"> {plain(part)}{_paragraph_direction(part)}" for part in paragraphs))


def _paragraph_direction(text: str) -> str:
    return f'\n> {{: dir="{direction_of(text)}" }}' if direction_of(text) else ""


def head_text(text: str, limit: int = 0) -> str:
    """`text` for a page's front matter, which themes print into `<title>` and `<meta>` without escaping.

    Characters that HTML gives a meaning are replaced by look-alikes that have none. With a
    `limit`, cut at the last blank before so many characters, with an ellipsis.
    """
    text = one_line(text).translate(_LOOK_ALIKES)
    text = re.sub(r"&(?=[#\w])", "＆", text)
    if limit and len(text) > limit:
        text = text[:limit].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
    return text


def base_url(path: str) -> str:
    """Way from a page, or from any file, back to the site's root: `../../` for `questions/who/index.md`."""
    return "../" * path.count("/") or "./"


def page_url(page: str) -> str:
    """Address of a built page, from the site's root: `questions/who/` for `questions/who/index.md`."""
    return page.removesuffix("index.md")


def relative_url(page: str, target: str, anchor: str = "") -> str:
    """Link for an HTML attribute on the built `page` to `target` (a page's source or any file)."""
    return base_url(page) + page_url(target) + (f"#{anchor}" if anchor else "")


def source_link(page: str, target: str, anchor: str = "") -> str:
    """Link for Markdown on `page` to `target`, which the site builder follows and checks."""
    return posixpath.relpath(target, posixpath.dirname(page) or ".") + (f"#{anchor}" if anchor else "")


def link(page: str, target: str, words: str, anchor: str = "", language: str = "") -> Markup:
    """A link in Markdown on `page` to `target`, a page's source or any file.

    Args:
        language: of the words, ISO 639, where it is not the page's.
    """
    marked = f'{{: lang="{language}" }}' if language else ""
    return Markup(f"[{markdown(words)}]({source_link(page, target, anchor)}){marked}")


def external_link(url: str, words: str = "") -> Markup:
    """A link to another host; by default its words are the address without the scheme."""
    return element("a", {"href": url, "rel": "external"}, words or url.removeprefix("https://"))
