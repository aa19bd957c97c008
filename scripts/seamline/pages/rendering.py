"""Every page of the site, from one `SiteData`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING

from seamline.errors import CatalogError
from seamline.pages.cards import index_page
from seamline.pages.kinds import references_page
from seamline.pages.site_data import SiteData
from seamline.pages.watching.page_unit import PageUnit

if TYPE_CHECKING:
    from seamline.pages.kinds.answers import Answers

Tree = dict[str, str | bytes]


def render(site: SiteData) -> Tree:
    """The whole site below `generated/`, by path, in order; text as `str`, anything else as `bytes`.

    Pure: the same data give the same bytes, whatever the machine's locale, clock or hash seed.

    Raises:
        CatalogError: prose calls a macro that does not exist or cites what it may not.
        WorkflowError: a question's models do not form a workflow.
    """
    return tree_of(unit.make() for unit in units(site))


def tree_of(parts: Iterable[Mapping[str, str | bytes]]) -> Tree:
    """What several units made, as one tree.

    Raises:
        CatalogError: two of them made the same file.
    """
    tree: Tree = {}
    for part in parts:
        tree.update(_unclaimed(part, tree))
    return dict(sorted(tree.items()))


def units(site: SiteData) -> Iterator[PageUnit]:
    """What makes the pages, piece by piece. What makes a kind is imported only where there is something of that kind.

    Which units there are, follows from the keys of the site's tables: a list of nothing has another name than the list
    that comes in its place, as nobody notes that the table was found empty.
    """
    catalog = site.catalog

    @cache
    def answers() -> Answers:
        from seamline.pages.kinds.answers import Answers

        return Answers(site)

    yield PageUnit("references", partial(references_page.pages, site))
    if catalog.questions:
        from seamline.pages.kinds import question_pages

        yield from question_pages.units(site, answers())
    else:
        yield PageUnit("no questions", partial(index_page, site, "questions"))
        yield PageUnit("no workflows", partial(index_page, site, "workflows"))
    if catalog.models:
        from seamline.pages.kinds import model_pages

        yield from model_pages.units(site, answers())
    else:
        yield PageUnit("no models", partial(index_page, site, "models"))
    if catalog.papers:
        from seamline.pages.kinds import paper_pages

        yield from paper_pages.units(site, answers())
    else:
        yield PageUnit("no papers", partial(index_page, site, "papers"))
    if catalog.samples:
        from seamline.pages.kinds import sample_pages

        yield from sample_pages.units(site, answers())
    else:
        yield PageUnit("no samples", partial(index_page, site, "samples"))
    if site.docs:
        from seamline.pages.kinds import docs_pages

        yield from docs_pages.units(site, answers())
    if site.live:
        from seamline.live import manifest

        scripts = {f"{manifest.FOLDER}/{name}": script for name, script in manifest.scripts().items()}
        yield PageUnit("live", lambda: scripts)
    if site.evaluation:
        from seamline.charts import evaluation_charts

        yield PageUnit("charts", partial(evaluation_charts.files, site.evaluation))


def _unclaimed(pages: Mapping[str, str | bytes], tree: Tree) -> Iterator[tuple[str, str | bytes]]:
    for path, content in pages.items():
        if path in tree:
            raise CatalogError(f"two sources would both become {path}", where=f"docs/{path}", hint="rename one of them")
        yield path, content
