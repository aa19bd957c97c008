"""A table of a record's figures, as prose asks for it: rows and columns are parts of the figures' paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

from markupsafe import Markup

from seamline.errors import CatalogError
from seamline.pages.html import element, table
from seamline.pages.prose.recorded_figures import UNMEASURED, figure_in

INTERVAL = "interval"


def record_table(
    record: Callable[[str], Any],
) -> Callable[[str, str, Sequence[Mapping[str, str]], Mapping[str, str], str], Markup]:
    """The macro `record_table`.

    Args:
        record: a whole record by name, which is then printed on the page.
    """

    def drawn(
        name: str, under: str, levels: Sequence[Mapping[str, str]], columns: Mapping[str, str], first: str
    ) -> Markup:
        """A table of the record `name`.

        Args:
            under: path of the part of the record that the table is about.
            levels: labels of rows by the next part of their path, level by level; there is a row for each choice of
                one from each. A label between `**` is bold.
            columns: by their title, the last part of the path, how many decimals, and `interval` where the 95 %
                interval follows: `sad 0 interval`.
            first: titles of the columns of labels, with a ` | ` between two.

        Raises:
            CatalogError: a column is not spelled so.
        """
        found = record(name)
        asked = {title: _column(title, spelled) for title, spelled in columns.items()}
        rows = [
            [
                *(_label(level[part]) for level, part in zip(levels, parts, strict=True)),
                *(_cell(found, ".".join((under, *parts, path)), digits, wide) for path, digits, wide in asked.values()),
            ]
            for parts in product(*levels)
        ]
        return Markup(f"\n\n{table([*first.split(' | '), *asked], rows)}\n\n")

    return drawn


def _column(title: str, spelled: str) -> tuple[str, int, bool]:
    path, *how = spelled.split()
    if how and how[0].isdigit() and how[1:] in ([], [INTERVAL]):
        return path, int(how[0]), len(how) > 1
    raise CatalogError(
        f"the column {title!r} is spelled {spelled!r}",
        hint="say which figure, with how many decimals, and, to show it, the interval: `sad 0 interval`",
    )


def _cell(record: Any, path: str, decimals: int, interval: bool) -> str:
    def said(end: str) -> str:
        return figure_in(record, f"{path}.{end}", decimals, units=False)

    value = said("value")
    return f"{value} ({said('low')} to {said('high')})" if interval and value != UNMEASURED else value


def _label(text: str) -> object:
    bold = text.startswith("**") and text.endswith("**")
    return element("strong", {}, text[2:-2]) if bold else text
