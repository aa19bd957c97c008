"""The guide's table and sections of exhibits, collected from the exhibits' own folders."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from seamline.exhibits.base import Exhibit
from seamline.exhibits.fragments import exhibits
from seamline.pages.html import code, fence, markdown, table

DOCS = "docs.md"


def exhibit_guide() -> Markup:
    """What each installed exhibit is called, costs, needs and shows, and how it is declared, as Markdown.

    Raises:
        PluginError: an exhibit of another distribution does not work, or explains nothing.
    """
    rows = [(code(kind.name), kind.title, kind.cost, _for_photos(kind)) for kind in exhibits()]
    overview = table(("Name", "What readers see above it", "What it generates", "Works for photos"), rows)
    return Markup("\n\n" + "\n\n".join([overview, *(_section(kind) for kind in exhibits())]) + "\n\n")


def _for_photos(kind: Exhibit[Any]) -> str:
    return "yes" if kind.for_photos else "no: it needs the true picture"


def _section(kind: Exhibit[Any]) -> str:
    declared = (
        fence(f"exhibits:\n  {kind.example}", "yaml")
        if kind.example
        else "There is nothing to declare: every sample whose run has the pictures shows it."
    )
    return "\n\n".join((f"### {markdown(kind.title)}", kind.text(DOCS).strip(), declared))
