"""What `make audit-web` measured about the built pages, as the page of benchmarks shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from seamline.pages.html import markdown, table

COLUMNS: Mapping[str, str] = {
    "performance": "Performance",
    "accessibility": "Accessibility",
    "best-practices": "Best practices",
    "seo": "SEO",
}
"""Lighthouse's categories, and how their columns are headed."""


def web_table(record: Mapping[str, Any] | None) -> Markup:
    """Each audited page as a row; a sentence when nothing was measured.

    Args:
        record: `catalog/records/web.json`.
    """
    if not record:
        return Markup("Not measured yet: `make audit-web` writes the figures.")
    rows = [
        (
            kind.capitalize(),
            *(f"{page['scores'][name]:.0f}" if name in page["scores"] else "–" for name in COLUMNS),
            f"{page['layout_shift']:.3f}",
            page["violations"],
            f"{page['bytes'] / 1000:.0f} kB",
        )
        for kind, page in record["pages"].items()
    ]
    head = ("Page", *COLUMNS.values(), "Layout shift", "Findings of axe", "Over the wire")
    tools = ", ".join(f"{name} {version}" for name, version in record["tools"].items())
    words = (
        f"{tools}. Scripts of our own: {record['script_bytes'] / 1000:.1f} kB. "
        "Weight is everything a page loads at 360 px once it was scrolled through, the search left out."
    )
    busy = "" if record["quiet"] else "\n\nThe machine was busy: take the column of performance for a lower bound."
    return Markup(f"\n\n{table(head, rows)}\n\n{markdown(words)}{busy}\n\n")
