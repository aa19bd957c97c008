"""Every page of the site, from one project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seamline.errors import CatalogError
from seamline.pages import references
from seamline.pages.cards import index_page
from seamline.pages.project import Project

Tree = dict[str, str | bytes]


def render(project: Project) -> Tree:
    """The whole site below `generated/`, by path, in order; text as `str`, anything else as `bytes`.

    Pure: the same project gives the same bytes, whatever the machine's locale, clock or hash seed.

    Raises:
        CatalogError: prose calls a macro that does not exist or cites what it may not.
        WorkflowError: a question's models do not form a workflow.
    """
    tree: Tree = {}
    for section in _sections(project):
        tree.update(_unclaimed(section, tree))
    return dict(sorted(tree.items()))


def _sections(project: Project) -> Iterator[Mapping[str, str | bytes]]:
    """The pages, part by part. What makes pages of a kind is imported only where there is something of that kind."""
    catalog, written = project.catalog, {}
    yield references.pages(project)
    if catalog.questions:
        from seamline.pages import answers

        written = {question_id: answers.answer(project, question_id) for question_id in catalog.questions}
        yield answers.pages(project, written)
        yield answers.workflow_pages(project, written)
    else:
        yield index_page(project, "questions") | index_page(project, "workflows")
    if catalog.models:
        from seamline.pages import leaves

        yield leaves.model_pages(project, written)
    else:
        yield index_page(project, "models")
    if catalog.papers:
        from seamline.pages import leaves

        yield leaves.paper_pages(project, written)
    else:
        yield index_page(project, "papers")
    if catalog.samples:
        from seamline.pages import sample_pages

        yield sample_pages.pages(project, written)
    else:
        yield index_page(project, "samples")
    if project.docs:
        from seamline.pages import documents

        yield documents.pages(project, written)
    if project.evaluation:
        from seamline.pages import charts

        yield charts.files(project.evaluation)


def _unclaimed(pages: Mapping[str, str | bytes], tree: Tree) -> Iterator[tuple[str, str | bytes]]:
    for path, content in pages.items():
        if path in tree:
            raise CatalogError(f"two sources would both become {path}", where=f"docs/{path}", hint="rename one of them")
        yield path, content
