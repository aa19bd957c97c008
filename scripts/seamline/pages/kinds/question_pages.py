"""Question pages: a written answer, or an honest draft; and the pages of their workflows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from markupsafe import Markup

from seamline.catalog.evidence.text_direction import direction_of
from seamline.pages import urls
from seamline.pages.cards import INDEXES, PER_PAGE, Card, cards, list_page, pages_for
from seamline.pages.html import element, fence, link, relative_url, source_link, table
from seamline.pages.kinds.answer_citation import byline, cite_this
from seamline.pages.kinds.answers import Answer, Answers
from seamline.pages.kinds.sample_workflow import for_comfyui
from seamline.pages.labels import state_note
from seamline.pages.layout import PAGE_LANGUAGE, fill
from seamline.pages.not_run import not_run
from seamline.pages.site_data import SiteData
from seamline.pages.watching.page_unit import PageUnit
from seamline.pages.workflow_canvas.canvas_figure import question_canvas
from seamline.pages.workflow_canvas.chains import chains_of
from seamline.workflow import export


def units(site: SiteData, answers: Answers) -> Iterator[PageUnit]:
    """A page for each question, one with three downloads for its workflow, and their indexes."""
    for one in answers.values():
        yield PageUnit(f"question {one.id}", partial(_question, site, one))
        yield PageUnit(f"workflow {one.id}", partial(_workflow, site, one))
    for number in range(1, pages_for(len(answers)) + 1):
        yield PageUnit(f"questions {number}", partial(_question_list, site, answers, number))
        yield PageUnit(f"workflows {number}", partial(_workflow_list, site, answers, number))
    for slug, (_, count) in site.uses.topics.items():
        for number in range(1, pages_for(count) + 1):
            yield PageUnit(f"topic {slug} {number}", partial(_topic_list, site, answers, slug, number))


def _question(site: SiteData, answer: Answer) -> dict[str, str]:
    written = {answer.page: _page(site, answer)}
    _ = answer.claims  # papers' pages ask for them when the prose is not remembered any more
    return written


def _question_list(site: SiteData, answers: Answers, number: int) -> dict[str, str]:
    listed = question_cards(answers.written_first((number - 1) * PER_PAGE, PER_PAGE))
    count = pages_for(site.uses.counts["questions"])
    about = {"title": "Questions", "description": INDEXES["questions"]}
    topics = partial(topic_list, topics=site.uses.topics)
    return list_page(site, "questions", "questions", listed, number, count, **about, topics=topics)


def topic_list(page: str, topics: Mapping[str, tuple[str, int]]) -> Markup:
    """The topics with how many questions each has, as links."""
    items = [
        element(
            "li",
            {},
            element("a", {"href": relative_url(page, urls.page_of_list(urls.topic(slug), 1))}, name),
            element("span", {}, f" {count}"),
        )
        for slug, (name, count) in topics.items()
    ]
    return element("ul", {"class": "sl-topics", "aria-label": "Topics"}, *items) if items else Markup("")


def _topic_list(site: SiteData, answers: Answers, slug: str, number: int) -> dict[str, str]:
    """One page of the questions of a topic."""
    name, count = site.uses.topics[slug]
    part = site.uses.by_topic[slug][(number - 1) * PER_PAGE : number * PER_PAGE]
    return list_page(
        site,
        "topic",
        urls.topic(slug),
        question_cards(answers[question_id] for question_id in part),
        number,
        pages_for(count),
        title=f"Questions: {name}",
        description=f"Questions about AI models that are filed under {name}.",
        all_questions=lambda page: Markup(source_link(page, "questions/index.md")),
    )


def question_cards(answers: Iterable[Answer]) -> list[Card]:
    """A card for each of these questions, with the asker's words where its title says something else."""
    entries = ((answer, answer.question.entry) for answer in answers)
    return [
        Card(
            answer.title,
            answer.page,
            entry.asked if entry.title else "",
            next(iter(entry.samples), None),
            draft=entry.status == "draft",
            language=answer.title_language,
            words_language=entry.language if entry.title and entry.language != PAGE_LANGUAGE else "",
        )
        for answer, entry in entries
    ]


def _page(site: SiteData, answer: Answer) -> str:
    entry = answer.question.entry
    # Where the written answer does not show a run, its state is still the reader's business.
    states = [
        state_note(state.state, state.why, sample_id)
        for sample_id in entry.samples
        if (state := site.states.get(sample_id)) and state.state in ("failed", "incomplete")
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
        language=answer.title_language,
        byline=byline(entry) if entry.status == "written" else "",
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


def _to_run(site: SiteData, page: str, sample_id: str) -> Markup:
    """A sample's workflow as files that run, with its name."""
    files = [("JSON", urls.sample_workflow(sample_id))]
    if for_comfyui(site, sample_id).graph:
        files.append(("for ComfyUI", urls.sample_comfyui(sample_id)))
    title = link(page, urls.sample(sample_id), site.catalog.samples[sample_id].title)
    return Markup(f"{title}: {' · '.join(link(page, target, words) for words, target in files)}")


def _workflow(site: SiteData, answer: Answer) -> dict[str, str]:
    page, graph = urls.workflow(answer.id), answer.workflow.graph
    question_id = answer.id
    written = fill(
        "workflow",
        title=answer.title,
        lead="Workflow:",
        language=_said(answer),
        description=answer.workflow.task.sentence,
        searched=False,  # the answer, which says the same and more, is what a search should find
        task=answer.workflow.task,
        figure=question_canvas(site, page, question_id),
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
        question=answer.link_from(page),
        downloads=Markup(
            " · ".join(
                link(page, urls.workflow_file(question_id, suffix), kind)
                for kind, suffix in (("JSON", "json"), ("Mermaid text", "mmd"), ("SVG", "svg"))
            )
        ),
        samples=[_to_run(site, page, chain.sample) for chain in chains_of(site, answer.question.entry.samples)],
        mermaid=fence(export.to_mermaid(graph), "text"),
    )
    return {
        page: written,
        urls.workflow_file(question_id, "json"): export.to_json(graph),
        urls.workflow_file(question_id, "mmd"): export.to_mermaid(graph),
        urls.workflow_file(question_id, "svg"): answer.workflow.file(site),
    }


def _said(answer: Answer) -> str:
    """Language of the title where the catalog says that of the answer; "" else."""
    return answer.title_language if answer.question.entry.answer_language else ""


def _workflow_list(site: SiteData, answers: Answers, number: int) -> dict[str, str]:
    """One page of the list: what a workflow does takes longer to say than to print, and most stay as they are."""
    listed = [
        Card(
            answer.title,
            urls.workflow(answer.id),
            answer.workflow.task.sentence,
            draft=answer.question.entry.status == "draft",
            language=_said(answer),
        )
        for answer in answers.written_first((number - 1) * PER_PAGE, PER_PAGE)
    ]
    count = pages_for(site.uses.counts["questions"])
    about = {"title": "Workflows", "description": INDEXES["workflows"]}
    return list_page(site, "workflows", "workflows", listed, number, count, **about)
