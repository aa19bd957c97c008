"""How a site's cost grows with its questions, as the page of benchmarks shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from seamline.pages.html import table

_STAGES = {
    "import": "Import",
    "check": "Check",
    "render": "Render",
    "mkdocs_alone": "MkDocs alone",
    "zensical_alone": "Zensical alone",
    "build": "Build: render, MkDocs, sharing, search",
    "audit": "Audit",
}


def scale_table(record: Mapping[str, Any] | None) -> Markup:
    """CPU milliseconds a question and peak memory of each stage, by number of questions."""
    scale = (record or {}).get("scale")
    if not scale:
        return Markup("Not measured yet: `make bench ARGS='--only scale'` writes the figures.")
    sizes = [str(size) for size in scale["sizes"]]
    head = ("Stage", *(f"{size} questions, {scale['pages'][size]} pages" for size in sizes), _growth_head(sizes))
    rows = [
        (
            words,
            *(_cell(scale["stages"][stage][size], int(size)) for size in sizes),
            _growth(scale["stages"][stage], sizes),
        )
        for stage, words in _STAGES.items()
    ]
    rows.append(("Largest list or home page", *(f"{scale['largest_list_kb'][size]:.0f} kB" for size in sizes), ""))
    return Markup(f"\n\n{table(head, rows)}\n\n")


def _cell(taken: Mapping[str, float], count: int) -> str:
    return f"{1000 * taken['cpu_seconds'] / count:.0f} ms a question, {taken['peak_mib']} MiB"


def _growth_head(sizes: list[str]) -> str:
    return f"A question at {sizes[-1]}, of one at {sizes[-2]}" if len(sizes) > 1 else "Growth"


def _growth(by_size: Mapping[str, Mapping[str, float]], sizes: list[str]) -> str:
    """What a question costs at the largest number, of what it costs at the one before."""
    if len(sizes) < 2:
        return ""
    before, after = (by_size[size]["cpu_seconds"] / int(size) for size in sizes[-2:])
    return f"{after / before:.2f}x" if before else ""
