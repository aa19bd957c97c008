"""Page templates: Markdown in Jinja2, in which whatever is not `Markup` is escaped."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from seamline.pages.html import head_text, heading, markdown

PAGE_LANGUAGE = "en"
"""Language in which Seamline writes, as its theme's settings say to browsers."""

_DESCRIPTION = 155
"""Longest description that search engines show in full."""


def fill(
    template: str,
    *,
    title: str,
    description: str,
    head_title: str = "",
    searched: bool = True,
    made_from: str = "",
    language: str = "",
    lead: str = "",
    **values: object,
) -> str:
    """A page: front matter, then template `<template>.md.j2` filled with `values`.

    Args:
        title, description: plain text, for the head of the page; `title` is also given to the template.
        head_title: what the browser's tab and the search call the page; `title` when empty.
        searched: whether readers who search the site find the page.
        language: of the title, ISO 639, where it is not the page's.
        lead: what the page's heading says before the title, in the page's language.
        made_from: file of the project to edit, and to name in the report of a mistake; "" where there is none.
    """
    body = _templates().get_template(f"{template}.md.j2").render(title=heading(title, language, lead), **values)
    named = head_title or f"{lead} {title}".strip()
    head = f'title: "{head_text(named, 90)}"\ndescription: "{head_text(description, _DESCRIPTION)}"'
    head += f"\nmade_from: {made_from}" if made_from else ""
    head += "" if searched else "\nsearch:\n  exclude: true"
    return f"---\n{head}\n---\n{_squeezed(body)}\n"


def fragment(template: str, **values: object) -> Markup:
    """A piece of HTML for the inside of a page: template `<template>.html.j2` filled with `values`, as `fill` does."""
    return Markup(_fragments().get_template(f"{template}.html.j2").render(**values))


def _squeezed(text: str) -> str:
    """`text` with runs of blank lines outside code cut down to one, so that templates can be written loosely."""
    lines: list[str] = []
    fence = ""
    for line in text.strip("\n").split("\n"):
        mark = line.lstrip()[: len(line.lstrip()) - len(line.lstrip().lstrip("`"))]
        if len(mark) >= 3 and (not fence or (len(mark) >= len(fence) and line.strip() == mark)):
            fence = "" if fence else mark
        if fence or line.strip() or (lines and lines[-1]):
            lines.append(line if fence or line.strip() else "")
    return "\n".join(lines)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("seamline.pages"),
        finalize=markdown,
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=[],
    )


@cache
def _fragments() -> Environment:
    """As for pages; escaping is on as well, so that what a macro of a template returns is markup."""
    return _templates().overlay(autoescape=True)
