"""Ids that occur once on a page, however often the page shows the same exhibit, drawing or list."""

from __future__ import annotations

import re
from itertools import count

from markupsafe import Markup

_TAG = re.compile(r"""<[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_ATTRIBUTE = re.compile(
    r"""(?P<lead>\s(?P<name>[A-Za-z_:][\w:.-]*)=)(?P<mark>["'])(?P<value>.*?)(?P=mark)""", re.DOTALL
)
_LISTS_IDS = frozenset({"for", "form", "headers", "list", "itemref", "popovertarget"})
_LISTS_IDS_ARIA = frozenset(
    f"aria-{name}"
    for name in (
        "activedescendant",
        "controls",
        "describedby",
        "details",
        "errormessage",
        "flowto",
        "labelledby",
        "owns",
    )
)
_FRAGMENTS = frozenset({"href", "xlink:href"})
_URL = re.compile(r"""url\((["']?)#([^"')]+)\1\)""")


class OwnIds:
    """Gives what a page shows again ids of its own; one object for each page.

    What is shown first keeps its ids. Shown again, all of a fragment's ids end in `-2`, then in `-3`, and so on, and
    whatever in the fragment points to one of them by `for`, `headers`, `aria-*`, `href` or `url(#…)` follows. The name
    of a group of radio buttons follows as well: two exhibits with one name would be one group.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def give(self, fragment: Markup) -> Markup:
        """The fragment, its ids changed if the page has one of them already; else as it is."""
        own = [value for tag in _TAG.finditer(fragment) for name, value in _attributes(tag[0]) if name == "id"]
        if self._taken.isdisjoint(own):
            self._taken.update(own)
            return fragment
        ending = next(f"-{n}" for n in count(2) if self._taken.isdisjoint(f"{one}-{n}" for one in own))
        renamed = {one: f"{one}{ending}" for one in own}
        self._taken.update(renamed.values())
        return Markup(_TAG.sub(lambda tag: _in_tag(tag[0], renamed, ending), fragment))


def _attributes(tag: str) -> list[tuple[str, str]]:
    return [(match["name"].lower(), match["value"]) for match in _ATTRIBUTE.finditer(tag)]


def _in_tag(tag: str, renamed: dict[str, str], ending: str) -> str:
    radio = ("type", "radio") in _attributes(tag)

    def changed(match: re.Match[str]) -> str:
        name, value = match["name"].lower(), match["value"]
        if name == "id":
            value = renamed[value]
        elif name == "name" and radio:
            value += ending
        elif name in _LISTS_IDS or name in _LISTS_IDS_ARIA:
            value = " ".join(renamed.get(one, one) for one in value.split())
        elif name in _FRAGMENTS and value.startswith("#"):
            value = "#" + renamed.get(value[1:], value[1:])
        else:
            value = _URL.sub(lambda url: f"url({url[1]}#{renamed.get(url[2], url[2])}{url[1]})", value)
        return f"{match['lead']}{match['mark']}{value}{match['mark']}"

    return _ATTRIBUTE.sub(changed, tag)
