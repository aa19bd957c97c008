"""Answers to questions, as their pages show them and as other pages refer to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from markupsafe import Markup

from seamline.catalog import WrittenQuestion
from seamline.catalog.entries import Question
from seamline.pages import urls
from seamline.pages.figures import QuestionWorkflow, question_workflow
from seamline.pages.html import link
from seamline.pages.kinds.draft_page import (
    best_sentence,
    composed,
    coverage_table,
    draft,
    evidence_list,
    paper_list,
    task_words,
)
from seamline.pages.layout import PAGE_LANGUAGE
from seamline.pages.prose.answer_language import OWN_MARKS, framed, in_its_language
from seamline.pages.prose.citation_marks import Claim
from seamline.pages.prose.expansion import Macro, Prose, render_prose
from seamline.pages.prose.macros import PageMacros
from seamline.pages.prose.own_words import NOTE
from seamline.pages.site_data import SiteData
from seamline.pages.workflow_canvas.canvas_figure import question_canvas


@dataclass(frozen=True, slots=True)
class Answer:
    """A question as its page shows it, and as other pages refer to it. Each part is made when it is asked for.

    Attributes:
        id: of the question.
    """

    site: SiteData
    id: str

    @property
    def question(self) -> WrittenQuestion:
        """What the catalog holds."""
        return self.site.catalog.questions[self.id]

    @property
    def title(self) -> str:
        """The question in few words; else as it was asked."""
        return self.question.entry.title or self.question.entry.asked

    @property
    def title_language(self) -> str:
        """Language of the title, ISO 639, where the catalog gives it one of its own."""
        entry = self.question.entry
        # Said even where it is the page's, as this is not known here: a site may have set `theme.language`.
        return entry.answer_language if entry.title else title_language(entry)

    @property
    def page(self) -> str:
        """Path of its page."""
        return urls.question(self.id)

    def link_from(self, page: str) -> Markup:
        """A link in Markdown on `page` to it, with its title as words."""
        return link(page, self.page, self.title, language=self.title_language)

    @property
    def workflow(self) -> QuestionWorkflow:
        """The workflow that its models form.

        Raises:
            WorkflowError: a block name cannot be read.
        """
        return self.site.once(("workflow", self.id), lambda: question_workflow(self.site, self.id))

    @property
    def prose(self) -> Prose:
        """The answer, expanded; a draft's is composed from the summaries it was given.

        Raises:
            CatalogError: it calls a macro that does not exist, or cites what it may not.
            WorkflowError: a block name cannot be read.
        """
        return self.site.once(("prose", self.id), lambda: _prose(self.site, self))

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Sentences that cite a source.

        What a program composed cites its sources and claims nothing: papers' pages list what people wrote of them.
        """
        return self.site.once(("claims", self.id), self._claims)

    def _claims(self) -> tuple[Claim, ...]:
        question = self.question
        return self.prose.claims if question.entry.status == "written" or question.body.strip() else ()


def title_language(entry: Question, page: str = PAGE_LANGUAGE) -> str:
    """Language of what a question is called, ISO 639, where it is not that of the `page`.

    A title is in the language of the answer; without one, it is called what was asked.
    """
    language = (entry.answer_language or page) if entry.title else entry.language
    return "" if language == page else language


class Answers(Mapping[str, Answer]):
    """The answer of each question of a site, by its id."""

    def __init__(self, site: SiteData) -> None:
        self._site = site

    def __getitem__(self, question_id: str) -> Answer:
        """The answer to a question; nothing of it is made yet."""
        if question_id not in self._site.catalog.questions:
            raise KeyError(question_id)
        return Answer(self._site, question_id)

    def __iter__(self) -> Iterator[str]:
        """Ids in the order of the catalog."""
        return iter(self._site.catalog.questions)

    def __len__(self) -> int:
        """How many questions there are."""
        return len(self._site.catalog.questions)

    def written_first(self, first: int = 0, most: int | None = None) -> list[Answer]:
        """The answers in the order of lists: of persons, newest first, then drafts.

        Args:
            first: place of the first one, counted from 0.
            most: how many at most; all that follow by default.
        """
        uses = self._site.uses
        end = uses.counts["questions"] if most is None else min(uses.counts["questions"], first + most)
        return [self[uses.by_place[place]] for place in range(first, end)]


def _prose(site: SiteData, answer: Answer) -> Prose:
    question_id, question, page, workflow = answer.id, answer.question, answer.page, answer.workflow
    own = PageMacros(site, page, question_id)
    macros = question_macros(site, question_id, workflow, own)
    language = question.entry.answer_language
    written = question.entry.status == "written"
    prose = render_prose(
        question.body if written else draft(site, question_id, workflow),
        page=page,
        source=f"questions/{question_id}.md",
        where=question.path.relative_to(site.catalog.root).as_posix(),
        macros=framed(macros) if language else macros,
        sources=site.uses.sources[question_id],
        first_line=question.body_line,
        own_marks=OWN_MARKS if language else None,
    )
    text = in_its_language(prose.text, language, question.body) if language else prose.text
    return replace(prose, text=Markup(own.record_notes() + text))


def composed_draft(site: SiteData, question_id: str) -> str:
    """The draft that a program composes for a question, as Markdown to go on with."""
    return str(composed(site, question_id, question_workflow(site, question_id)))


def question_macros(
    site: SiteData, question_id: str, workflow: QuestionWorkflow | None = None, own: PageMacros | None = None
) -> Mapping[str, Macro]:
    """What the answer to a question can call, beside `references`."""
    page, drawn = urls.question(question_id), workflow or question_workflow(site, question_id)
    return {
        **(own or PageMacros(site, page, question_id)).all(),
        "workflow": lambda: question_canvas(site, page, question_id),
        "coverage": lambda: coverage_table(site, question_id),
        "evidence": lambda: evidence_list(site, question_id),
        "best": lambda: best_sentence(site, question_id),
        "papers": lambda: paper_list(site, question_id),
        "ours": lambda: NOTE,
        "task": lambda: task_words(site, question_id, drawn),
    }
