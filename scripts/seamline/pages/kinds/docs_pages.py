"""Hand-written pages and assets from `docs/`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from markupsafe import Markup

from seamline.catalog.reading.validation import suggestion
from seamline.charts.group_table import group_tables
from seamline.errors import CatalogError
from seamline.pages import urls
from seamline.pages.cards import cards, sample_cards
from seamline.pages.exhibit_guide import exhibit_guide
from seamline.pages.html import base_url, head_text, link
from seamline.pages.kinds.answers import Answers
from seamline.pages.kinds.question_pages import question_cards
from seamline.pages.prose.expansion import render_prose
from seamline.pages.prose.macros import PageMacros
from seamline.pages.site_data import SiteData
from seamline.pages.tables.bench_table import benchmark_aims, benchmark_tables
from seamline.pages.tables.plugin_tables import model_kinds, operations
from seamline.pages.tables.reference_tables import describe_commands, field_tables, measure_table
from seamline.pages.tables.scale_table import scale_table
from seamline.pages.tables.web_table import web_table
from seamline.pages.watching.page_unit import PageUnit
from seamline.pages.workflow_canvas.canvas_figure import question_canvas

SHOWN = 12
"""How many questions a page shows before it leads to all of them."""

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_HEADING = re.compile(r"(?m)^# +(.+?)\s*$")


def units(site: SiteData, answers: Answers) -> Iterator[PageUnit]:
    """Every file of `docs/`: Markdown with its macros and citations expanded, anything else as it is."""
    places: set[str] = set()
    for path in site.docs:
        place = urls.page_of(path)
        if place in places:
            raise CatalogError(
                f"two sources would both become {place}", where=f"docs/{path}", hint="rename one of them"
            )
        places.add(place)
        yield PageUnit(f"docs {path}", partial(_file, site, answers, path))


def _file(site: SiteData, answers: Answers, path: str) -> dict[str, str | bytes]:
    return {urls.page_of(path): page_of(site, answers, path, site.docs[path])}


def page_of(site: SiteData, answers: Answers, path: str, content: bytes) -> str | bytes:
    """One file of `docs/` as the site has it: Markdown expanded, anything else as it is.

    Raises:
        CatalogError: a macro is unknown or was called wrongly, a key may not be cited, or the text is not UTF-8.
    """
    if not path.endswith(".md"):
        return content
    where, page = f"docs/{path}", urls.page_of(path)
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise CatalogError(f"not UTF-8: {error.reason}", where=where, hint="save it as UTF-8") from error
    head = match[0] if (match := _FRONT_MATTER.match(text)) else ""
    own = PageMacros(site, page)
    macros: dict[str, Callable[..., object]] = {**own.all(), **_own(own, answers)}
    prose = render_prose(
        text[len(head) :],
        page=page,
        source=path,
        where=where,
        macros=macros,
        sources=site.uses.given,
        first_line=head.count("\n") + 1,
        html=True,
        lists_uncited=False,
    )
    references = f"\n\n## References\n\n{prose.references}\n" if prose.claims and not prose.lists_references else ""
    body, notes = str(prose.text).rstrip(), own.record_notes()
    title = _HEADING.search(body)
    at = title.end() if notes and title else 0
    body = f"{body[:at]}\n{notes}{body[at:]}" if notes else body
    return f"{_with_source(head or _head(text), where)}{body}{references}\n"


def _own(own: PageMacros, answers: Answers) -> dict[str, Callable[..., object]]:
    """Macros that only hand-written pages have."""
    site, page = own.site, own.page

    def workflow(question_id: str) -> Markup:
        if question_id not in answers:
            raise CatalogError(f"there is no question {question_id!r}", hint=suggestion(question_id, answers))
        return question_canvas(site, page, question_id)

    def questions(most: int = SHOWN) -> Markup:
        """A card for each of the first `most` questions, and a link to all where there are more."""
        count = site.uses.counts["questions"]
        rest = link(page, "questions/index.md", f"All {count} questions") + "\n\n" if count > most else ""
        return cards(site, page, question_cards(answers.written_first(0, most))) + rest

    def samples() -> Markup:
        return cards(site, page, sample_cards(site, site.catalog.samples))

    return {
        "workflow": workflow,
        "questions": questions,
        "samples": samples,
        "cli_reference": lambda: describe_commands(site.commands()),
        "catalog_reference": field_tables,
        "exhibits_reference": exhibit_guide,
        "measures_reference": measure_table,
        "model_kinds_reference": model_kinds,
        "operations_reference": operations,
        "group_tables": lambda: Markup(f"\n\n{group_tables(own.record('groups'), base_url(page))}\n\n"),
        "web_audit": lambda: web_table(own.record("web")),
        "benchmarks": lambda: benchmark_tables(own.record("bench")),
        "scale": lambda: scale_table(own.record("bench")),
        "benchmark_aims": lambda: benchmark_aims(own.record("bench")),
    }


def _head(text: str) -> str:
    """Front matter made from the first heading, for documents that bring none."""
    heading = _HEADING.search(text)
    return f'---\ntitle: "{head_text(heading[1], 90)}"\n---\n' if heading else ""


def _with_source(head: str, source: str) -> str:
    """Front matter that also names the file that a page is made from."""
    opened = head.removesuffix("---\n") or "---\n"
    return f"{opened}made_from: {source}\n---\n"
