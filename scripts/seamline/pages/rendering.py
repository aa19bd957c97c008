"""Every page of the site, from one `SiteData`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seamline.errors import CatalogError
from seamline.pages.cards import index_page
from seamline.pages.kinds import references_page
from seamline.pages.site_data import SiteData

Tree = dict[str, str | bytes]


def render(site: SiteData) -> Tree:
    """The whole site below `generated/`, by path, in order; text as `str`, anything else as `bytes`.

    Pure: the same data give the same bytes, whatever the machine's locale, clock or hash seed.

    Raises:
        CatalogError: prose calls a macro that does not exist or cites what it may not.
        WorkflowError: a question's models do not form a workflow.
    """
    tree: Tree = {}
    for section in _sections(site):
        tree.update(_unclaimed(section, tree))
    return dict(sorted(tree.items()))


def _sections(site: SiteData) -> Iterator[Mapping[str, str | bytes]]:
    """The pages, part by part. What makes pages of a kind is imported only where there is something of that kind."""
    catalog, written = site.catalog, {}
    yield references_page.pages(site)
    if catalog.questions:
        from seamline.pages.kinds import question_pages

        written = {question_id: question_pages.answer(site, question_id) for question_id in catalog.questions}
        yield question_pages.pages(site, written)
        yield question_pages.workflow_pages(site, written)
    else:
        yield index_page(site, "questions") | index_page(site, "workflows")
    if catalog.models:
        from seamline.pages.kinds import model_pages

        yield model_pages.pages(site, written)
    else:
        yield index_page(site, "models")
    if catalog.papers:
        from seamline.pages.kinds import paper_pages

        yield paper_pages.pages(site, written)
    else:
        yield index_page(site, "papers")
    if catalog.samples:
        from seamline.pages.kinds import sample_pages

        yield sample_pages.pages(site, written)
    else:
        yield index_page(site, "samples")
    if site.docs:
        from seamline.pages.kinds import docs_pages

        yield docs_pages.pages(site, written)
    if site.live:
        from seamline.live import manifest

        yield {f"{manifest.FOLDER}/{name}": script for name, script in manifest.scripts().items()}
    if site.evaluation:
        from seamline.charts import evaluation_charts

        yield evaluation_charts.files(site.evaluation)


def _unclaimed(pages: Mapping[str, str | bytes], tree: Tree) -> Iterator[tuple[str, str | bytes]]:
    for path, content in pages.items():
        if path in tree:
            raise CatalogError(f"two sources would both become {path}", where=f"docs/{path}", hint="rename one of them")
        yield path, content
