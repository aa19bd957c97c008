"""Question pages: a written answer, or an honest draft; and the pages of their workflows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from markupsafe import Markup

from seamline.catalog import WrittenQuestion
from seamline.catalog.evidence.text_direction import direction_of
from seamline.pages import urls
from seamline.pages.cards import Card, cards, index_page
from seamline.pages.figures import QuestionWorkflow, question_workflow
from seamline.pages.html import element, fence, link, source_link, table
from seamline.pages.inside import inside_figure
from seamline.pages.kinds.answer_citation import cite_this
from seamline.pages.kinds.draft_page import (
    best_sentence,
    composed,
    coverage_table,
    draft,
    evidence_list,
    paper_list,
    task_words,
)
from seamline.pages.labels import state_note
from seamline.pages.layout import fill
from seamline.pages.not_run import not_run
from seamline.pages.prose.citation_marks import Claim
from seamline.pages.prose.expansion import Macro, Prose, render_prose
from seamline.pages.prose.macros import PageMacros
from seamline.pages.prose.own_words import NOTE
from seamline.pages.site_data import SiteData
from seamline.workflow import export


@dataclass(frozen=True, slots=True)
class Answer:
    """A question as its page shows it, and as other pages refer to it."""

    question: WrittenQuestion
    title: str
    page: str
    workflow: QuestionWorkflow
    prose: Prose

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Sentences that cite a source."""
        return self.prose.claims


def answer(site: SiteData, question_id: str) -> Answer:
    """Expand the answer of one question; a draft's is composed from the summaries it was given."""
    question = site.catalog.questions[question_id]
    page = urls.question(question_id)
    workflow = question_workflow(site, question_id)
    own = PageMacros(site, page, question_id)
    macros = question_macros(site, question_id, workflow, own)
    written = question.entry.status == "written"
    prose = render_prose(
        question.body if written else draft(site, question_id, workflow),
        page=page,
        source=f"questions/{question_id}.md",
        where=question.path.relative_to(site.catalog.root).as_posix(),
        macros=macros,
        sources=site.uses.sources[question_id],
        first_line=question.body_line,
    )
    # What a program composed cites its sources and claims nothing: papers' pages list what people wrote of them.
    claims = prose.claims if written or question.body.strip() else ()
    prose = replace(prose, text=Markup(own.record_notes() + prose.text), claims=claims)
    return Answer(question, question.entry.title or question.entry.asked, page, workflow, prose)


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
        "workflow": lambda: drawn.figure(site, page),
        "coverage": lambda: coverage_table(site, question_id),
        "evidence": lambda: evidence_list(site, question_id),
        "best": lambda: best_sentence(site, question_id),
        "papers": lambda: paper_list(site, question_id),
        "ours": lambda: NOTE,
        "task": lambda: task_words(site, question_id, drawn),
    }


def pages(site: SiteData, answers: Mapping[str, Answer]) -> dict[str, str]:
    """A page for each question, and their index."""
    tree = {answer.page: _page(site, answer) for answer in answers.values()}
    return tree | index_page(site, "questions", question_cards(answers))


def question_cards(answers: Mapping[str, Answer]) -> list[Card]:
    """A card for each question, with the asker's words where its title says something else; drafts are last."""
    entries = ((answer, answer.question.entry) for answer in written_first(answers))
    return [
        Card(
            answer.title,
            answer.page,
            entry.asked if entry.title else "",
            next(iter(entry.samples), None),
            draft=entry.status == "draft",
        )
        for answer, entry in entries
    ]


def written_first(answers: Mapping[str, Answer]) -> list[Answer]:
    """The answers that a person wrote, then the drafts, each in the order of the catalog."""
    return sorted(answers.values(), key=lambda answer: answer.question.entry.status == "draft")


def _page(site: SiteData, answer: Answer) -> str:
    entry = answer.question.entry
    # Where the written answer does not show a run, its state is still the reader's business.
    states = [
        state_note(state.state, state.why, sample_id)
        for sample_id in entry.samples
        if (state := site.states.get(sample_id)) and state.state == "failed"
    ]
    return fill(
        "question",
        title=answer.title,
        head_title=f"Draft: {answer.title}" if entry.status == "draft" else answer.title,
        description=entry.asked,
        asked=element(
            "blockquote",
            {"class": "sl-asked", "lang": entry.language, "dir": direction_of(entry.asked) or None},
            element("p", {}, entry.asked),
        ),
        # What a reader came for is the answer; a title of its own says the question in fewer words.
        titled=bool(entry.title) and entry.status == "written",
        made_from=f"catalog/questions/{answer.question.id}.md",
        draft=entry.status == "draft",
        document=entry.document,
        states=Markup("\n".join(states)),
        not_run=not_run(site, answer.page, entry.models),
        prose=answer.prose.text,
        cite_this=cite_this(answer.question) if entry.status == "written" else "",
        references=Markup("") if answer.prose.lists_references else answer.prose.references,
        workflow_link=Markup(source_link(answer.page, urls.workflow(answer.question.id))),
        samples=cards(
            site,
            answer.page,
            [Card(site.catalog.samples[name].title, urls.sample(name), "", name) for name in entry.samples],
        )
        if entry.samples
        else None,
    )


def workflow_pages(site: SiteData, answers: Mapping[str, Answer]) -> dict[str, str]:
    """A page and three downloads for the workflow of each question, and their index."""
    tree: dict[str, str] = {}
    for question_id, answer in answers.items():
        page = urls.workflow(question_id)
        graph = answer.workflow.graph
        tree[page] = fill(
            "workflow",
            title=f"Workflow: {answer.title}",
            description=answer.workflow.task.sentence,
            searched=False,  # the answer, which says the same and more, is what a search should find
            task=answer.workflow.task,
            figure=answer.workflow.figure(site, page),
            inside=inside_figure(site, page, question_id),
            notes=graph.notes,
            not_run=not_run(site, page, answer.question.entry.models),
            steps=table(
                ("Box", "Kind", "Takes", "Gives"),
                (
                    (
                        node.label,
                        node.kind,
                        ", ".join(f"{port.name} ({port.type.code})" for port in node.takes) or "–",
                        ", ".join(f"{port.name} ({port.type.code})" for port in node.gives) or "–",
                    )
                    for node in graph.nodes
                ),
            ),
            question_title=answer.title,
            question_link=Markup(source_link(page, answer.page)),
            downloads=Markup(
                " · ".join(
                    link(page, urls.workflow_file(question_id, suffix), kind)
                    for kind, suffix in (("JSON", "json"), ("Mermaid text", "mmd"), ("SVG", "svg"))
                )
            ),
            mermaid=fence(export.to_mermaid(graph), "text"),
        )
        tree[urls.workflow_file(question_id, "json")] = export.to_json(graph)
        tree[urls.workflow_file(question_id, "mmd")] = export.to_mermaid(graph)
        tree[urls.workflow_file(question_id, "svg")] = answer.workflow.file(site)
    return tree | index_page(
        site,
        "workflows",
        [
            Card(
                answer.title,
                urls.workflow(answer.question.id),
                answer.workflow.task.sentence,
                draft=answer.question.entry.status == "draft",
            )
            for answer in written_first(answers)
        ],
    )
