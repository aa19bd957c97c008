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

_MANY = 500
_NOT_MEASURED = "not measured"
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
    head = ("Stage", *map(_site_head, sites), _growth_head(sizes))
    rows = []
    of_one = [stage for stage in _ONE if any((stage, size) in taken for size in sizes)]
    for stage, words in (_STAGES | ({"build": _BUILD_ALONE} if of_one else {})).items():
        costs = [taken.get((stage, size)) for size in sizes]
        rows.append((words, *map(_cell, costs), _growth(sizes, costs)))
    for stage in of_one:
        costs = [taken.get((stage, size)) for size in sizes]
        rows.append((_ONE[stage], *map(_whole, costs), ""))
    rows.append(("Largest list or home page", *map(_largest, sites), ""))
    return Markup(f"\n\n{table(head, rows)}\n\n{_ABOUT_ONE if of_one else ''}\n\n")


def _site_head(site: Mapping[str, Any]) -> str:
    """How large a site is; of one that was not built, because that was stopped, the pages are not known."""
    return f"{site['questions']} questions" + (f", {site['pages']} pages" if "pages" in site else "")


def _largest(site: Mapping[str, Any]) -> str:
    return f"{site['largest_list_kb']:.0f} kB" if "largest_list_kb" in site else _NOT_MEASURED


def _cell(taken: Mapping[str, float] | None) -> str:
    if taken is None:
        return _NOT_MEASURED
    return f"{1000 * taken['cpu_seconds'] / taken['questions']:.0f} ms a question, {taken['peak_mib']} MiB"


def _whole(taken: Mapping[str, float] | None) -> str:
    return f"{taken['cpu_seconds']:.1f} s, {taken['peak_mib']} MiB" if taken else _NOT_MEASURED


def _growth_head(sizes: Sequence[int]) -> str:
    return f"A question at {sizes[-1]}, of one at {_compared(sizes)}" if len(sizes) > 1 else "Growth"


def _compared(sizes: Sequence[int]) -> int:
    """The smallest number at which what is there once for all questions weighs little; else the one before the last."""
    return next((size for size in sizes[:-1] if size >= _MANY), sizes[-2])


def _growth(sizes: Sequence[int], costs: Sequence[Mapping[str, float] | None]) -> str:
    """What a question costs at the largest number, of what it costs at a smaller one; empty if one is not known."""
    if len(sizes) < 2:
        return ""
    before, after = (
        taken["cpu_seconds"] / taken["questions"] if taken else 0.0
        for taken in (costs[sizes.index(_compared(sizes))], costs[-1])
    )
    return f"{after / before:.2f}x" if before and after else ""
