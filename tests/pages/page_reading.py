"""What a reader's browser would make of a page: Markdown as the site builder converts it, as a tree."""

from __future__ import annotations

import posixpath
import re
from functools import cache
from typing import Any

import lxml.html
import markdown  # type: ignore[import-untyped]
import yaml
from page_projects import REPOSITORY


@cache
def _converter() -> markdown.Markdown:
    configured = yaml.load((REPOSITORY / ".seamline/mkdocs.yml").read_text(), Loader=_Lenient)["markdown_extensions"]
    named = [next(iter(one)) if isinstance(one, dict) else one for one in configured]
    options = {name: value for one in configured if isinstance(one, dict) for name, value in one.items()}
    return markdown.Markdown(extensions=named, extension_configs=options)


class _Lenient(yaml.SafeLoader):
    """Reads past `!ENV` and `!!python/name` tags."""


_Lenient.add_multi_constructor("", lambda loader, suffix, node: None)


def split(page: str) -> tuple[dict[str, Any], str]:
    """Front matter and body of a page."""
    found = re.match(r"\A---\n(.*?)\n---\n", page, re.DOTALL)
    assert found, page[:80]
    head = yaml.safe_load(found[1])
    assert isinstance(head, dict)
    return head, page[found.end() :]


def html_of(page: str) -> lxml.html.HtmlElement:
    """The page's content as a tree."""
    converter = _converter()
    converter.reset()
    return lxml.html.fromstring(f"<div>{converter.convert(split(page)[1])}</div>")


def links_of(path: str, page: str) -> set[str]:
    """Sources of the pages that `page` links to inside the site."""
    found = set()
    for element in html_of(page).iter("a"):
        target = (element.get("href") or "").split("#")[0]
        if target.endswith(".md"):
            found.add(posixpath.normpath(posixpath.join(posixpath.dirname(path), target)))
        elif target.endswith("/") and ":" not in target:
            found.add(posixpath.normpath(posixpath.join(posixpath.dirname(path), target, "index.md")))
    return found
