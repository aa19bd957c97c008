"""Question pages: a written answer, or an honest draft; and the pages of their workflows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from markupsafe import Markup

from seamline.catalog import Catalog
from seamline.catalog.entries import Question
from seamline.catalog.evidence.text_direction import direction_of
from seamline.pages import urls
from seamline.pages.cards import INDEXES, PER_PAGE, Card, cards, index_page, list_page, listing, pages_for
from seamline.pages.html import element, fence, link, relative_url, source_link, table
from seamline.pages.kinds.answer_citation import byline, cite_this
from seamline.pages.kinds.answers import Answer, Answers
from seamline.pages.kinds.question_topics import slug_of, topics_of
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
    yield PageUnit("questions", partial(_question_lists, site, answers))
    for number in range(1, pages_for(len(answers)) + 1):
        yield PageUnit(f"workflows {number}", partial(_workflow_list, site, answers, number))


def _question(site: SiteData, answer: Answer) -> dict[str, str]:
    written = {answer.page: _page(site, answer)}
    _ = answer.claims  # papers' pages ask for them when the prose is not remembered any more
    return written


def _question_lists(site: SiteData, answers: Answers) -> dict[str, str]:
    topics = by_topic(answers, site.catalog)
    listed = index_page(
        site, "questions", question_cards(answers.written_first()), topics=lambda page: topic_list(page, topics)
    )
    return listed | topic_pages(site, topics)


def by_topic(answers: Answers, catalog: Catalog) -> dict[str, tuple[str, list[Answer]]]:
    """Name and answers of each topic by its slug, those of most answers first; nothing where all share one."""
    found: dict[str, tuple[str, list[Answer]]] = {}
    for answer in answers.written_first():
        for topic in topics_of(answer.question.entry, catalog):
            found.setdefault(slug_of(topic), (topic, []))[1].append(answer)
    return dict(sorted(found.items(), key=lambda one: (-len(one[1][1]), one[0]))) if len(found) > 1 else {}


def topic_list(page: str, topics: Mapping[str, tuple[str, Sequence[Answer]]]) -> Markup:
    """The topics with how many questions each has, as links."""
    items = [
        element(
            "li",
            {},
            element("a", {"href": relative_url(page, urls.page_of_list(urls.topic(slug), 1))}, name),
            element("span", {}, f" {len(about)}"),
        )
        for slug, (name, about) in topics.items()
    ]
    return element("ul", {"class": "sl-topics", "aria-label": "Topics"}, *items) if items else Markup("")


def topic_pages(site: SiteData, topics: Mapping[str, tuple[str, Sequence[Answer]]]) -> dict[str, str]:
    """Pages that list the questions of each topic."""
    tree: dict[str, str] = {}
    for slug, (name, about) in topics.items():
        tree |= listing(
            site,
            "topic",
            urls.topic(slug),
            question_cards(about),
            title=f"Questions: {name}",
            description=f"Questions about AI models that are filed under {name}.",
            all_questions=lambda page: Markup(source_link(page, "questions/index.md")),
        )
    return tree


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
            language=title_language(entry),
        )
        for answer, entry in entries
    ]


def title_language(entry: Question) -> str:
    """Language of a question's title, ISO 639, where it is not the page's: of one without a title of its own."""
    return "" if entry.title or entry.language == PAGE_LANGUAGE else entry.language


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
        language=title_language(entry),
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
        title=f"Workflow: {answer.title}",
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
        question_title=answer.title,
        question_link=Markup(source_link(page, answer.page)),
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


def _workflow_list(site: SiteData, answers: Answers, number: int) -> dict[str, str]:
    """One page of the list: what a workflow does takes longer to say than to print, and most stay as they are."""
    listed = [
        Card(
            answer.title,
            urls.workflow(answer.id),
            answer.workflow.task.sentence,
            draft=answer.question.entry.status == "draft",
        )
        for answer in answers.written_first((number - 1) * PER_PAGE, PER_PAGE)
    ]
    count = pages_for(site.uses.counts["questions"])
    about = {"title": "Workflows", "description": INDEXES["workflows"]}
    return list_page(site, "workflows", "workflows", listed, number, count, **about)
