"""Every page of the site, from one project."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from seamline.errors import CatalogError
from seamline.pages import answers, charts, documents, leaves, sample_pages
from seamline.pages.answers import Answer
from seamline.pages.project import Project

Tree = dict[str, str | bytes]
Section = Callable[[Project, Mapping[str, Answer]], Mapping[str, str | bytes]]

SECTIONS: tuple[Section, ...] = (
    answers.pages,
    answers.workflow_pages,
    leaves.model_pages,
    leaves.paper_pages,
    leaves.reference_pages,
    sample_pages.pages,
    documents.pages,
    lambda project, _: charts.files(project.evaluation),
)


def render(project: Project) -> Tree:
    """The whole site below `generated/`, by path, in order; text as `str`, anything else as `bytes`.

    Pure: the same project gives the same bytes, whatever the machine's locale, clock or hash seed.

    Raises:
        CatalogError: prose calls a macro that does not exist or cites what it may not.
        WorkflowError: a question's models do not form a workflow.
    """
    written = {question_id: answers.answer(project, question_id) for question_id in project.catalog.questions}
    tree: Tree = {}
    for section in SECTIONS:
        tree.update(_unclaimed(section(project, written), tree))
    return dict(sorted(tree.items()))


def _unclaimed(pages: Mapping[str, str | bytes], tree: Tree) -> Iterator[tuple[str, str | bytes]]:
    for path, content in pages.items():
        if path in tree:
            raise CatalogError(f"two sources would both become {path}", where=f"docs/{path}", hint="rename one of them")
        yield path, content
