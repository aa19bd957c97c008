"""How a site's cost grows with its questions, as the page of benchmarks shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

_ONE = {
    "render_one": "One changed question, rendered",
    "build_one": "One changed question, rendered and built",
    "search_one": "The search index for it",
}
"""Of these the whole is shown, as nobody changes a share of one question."""

_BUILD_ALONE = "Build of rendered pages, with sharing and search"
"""Records that measure the change of one question were made by a build that renders nothing a second time."""
_ABOUT_ONE = (
    "In the last rows the title and the text of one question have changed. Pages that read neither are not rendered "
    "again, and pages that come out as they were are not built again. Pagefind makes its index of all pages at once; "
    "`seamline build --keep-index` leaves it for later."
)


def scale_table(record: Mapping[str, Any] | None) -> Markup:
    """CPU milliseconds a question and peak memory of each stage, by number of questions."""
    scale = (record or {}).get("scale")
    if not scale:
        return Markup("Not measured yet: `make bench ARGS='--only scale'` writes the figures.")
    sites = scale["sites"]
    taken = {(one["stage"], one["questions"]): one for one in scale["stages"]}
    sizes = [site["questions"] for site in sites]
    head = ("Stage", *(f"{site['questions']} questions, {site['pages']} pages" for site in sites), _growth_head(sizes))
    rows = []
    of_one = [stage for stage in _ONE if any((stage, size) in taken for size in sizes)]
    for stage, words in (_STAGES | ({"build": _BUILD_ALONE} if of_one else {})).items():
        costs = [taken[stage, size] for size in sizes]
        rows.append((words, *map(_cell, costs), _growth(costs)))
    for stage in of_one:
        costs = [taken.get((stage, size)) for size in sizes]
        rows.append((_ONE[stage], *map(_whole, costs), ""))
    rows.append(("Largest list or home page", *(f"{site['largest_list_kb']:.0f} kB" for site in sites), ""))
    return Markup(f"\n\n{table(head, rows)}\n\n{_ABOUT_ONE if of_one else ''}\n\n")


def _cell(taken: Mapping[str, float]) -> str:
    return f"{1000 * taken['cpu_seconds'] / taken['questions']:.0f} ms a question, {taken['peak_mib']} MiB"


def _whole(taken: Mapping[str, float] | None) -> str:
    return f"{taken['cpu_seconds']:.1f} s, {taken['peak_mib']} MiB" if taken else "not measured"


def _growth_head(sizes: Sequence[int]) -> str:
    return f"A question at {sizes[-1]}, of one at {sizes[-2]}" if len(sizes) > 1 else "Growth"


def _growth(costs: Sequence[Mapping[str, float]]) -> str:
    """What a question costs at the largest number, of what it costs at the one before."""
    if len(costs) < 2:
        return ""
    before, after = (taken["cpu_seconds"] / taken["questions"] for taken in costs[-2:])
    return f"{after / before:.2f}x" if before else ""
