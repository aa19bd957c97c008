"""What prose can call about groups of people: figures and words of `groups.json`, and a pair of its edits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from seamline.charts import group_table, group_words
from seamline.pages.html import base_url
from seamline.pages.prose.recorded_figures import UNMEASURED, figure_in

RECORD = "groups"


def group_macros(page: str, record: Callable[[str], Any]) -> Mapping[str, Callable[..., object]]:
    """The macros by the name prose calls them.

    Args:
        page: where they are called.
        record: a whole record by name, which is then printed on the page.
    """

    def groups(path: str) -> str:
        """A figure of the record, by its dotted path: `sets.systematic.groups.hat.headscarf.light.edit.value`."""
        above, _, name = path.rpartition(".")
        found = _at(record(RECORD), above)
        if isinstance(found, dict) and found.get("kind") == "share" and name in ("value", "low", "high"):
            return Markup(group_words.share_text(found[name]))
        return figure_in(record(RECORD), path, 2)

    def words(name: str = "") -> str:
        """What the record says of a set, `systematic` or `demographic`; of both compared where none is named."""
        return group_words.said(record(RECORD), name) or UNMEASURED

    def pair() -> Markup:
        """One person edited with demographics alone, and with other traits too."""
        return Markup(f"\n\n{group_table.pair_figure(record(RECORD), base_url(page))}\n\n")

    return {"groups": groups, "group_words": words, "group_pair": pair}


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
