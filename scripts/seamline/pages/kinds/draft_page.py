"""A draft: what can be said about a question before a person has written its answer.

Nothing is made up: the task follows from the block names, the sentences are quoted from the
given summaries, and the coverage table says which key concepts no source mentions.
"""

from __future__ import annotations

from markupsafe import Markup

from seamline.catalog import Source
from seamline.catalog.bibliography import authors_short
from seamline.catalog.evidence.coverage import Mention, coverage_of, is_whole, why_nothing
from seamline.catalog.evidence.retrieval import evidence_for
from seamline.catalog.origins import model_title
from seamline.pages import urls
from seamline.pages.figures import QuestionWorkflow
from seamline.pages.html import element, link, markdown, quotation, relative_url, table
from seamline.pages.site_data import SiteData

_WORDS = {
    "summary": "in its summary",
    "title": "in its title",
    "nowhere": "not mentioned",
    "unread": "no summary given",
    "elsewhere": "in another language",
    "unsure": "not looked up",
}
_WHY_NOTHING = {
    "other": "The summaries are in another language than the question; nothing was looked up.",
    "unmeasured": "Not measured for this language: no concept of the question was looked up in the summaries.",
    "unsure": "Which language the question and the summaries are in could not be told; no concept was looked up.",
}


def draft(site: SiteData, question_id: str, workflow: QuestionWorkflow) -> Markup:
    """The drafted answer, as prose: its macros and citations are still to be expanded."""
    question = site.catalog.questions[question_id]
    return Markup(
        "\n\n".join(
            [
                "## What task is this?",
                "The models' block names say what goes in and what comes out.",
                "{{ task() }}",
                "{{ workflow() }}",
                "## What the summaries say",
                "{{ evidence() }}",
                "## What they mention, and what they do not",
                "{{ coverage() }}",
                "## Papers and tools",
                "Everything that was given with the question, and nothing else:",
                "{{ references() }}",
            ]
            + ([question.body] if question.body.strip() else [])
        )
    )


def task_words(site: SiteData, question_id: str, workflow: QuestionWorkflow) -> Markup:
    """The task that the types of the blocks imply, and the models that do it."""
    page = urls.question(question_id)
    models = site.catalog.questions[question_id].entry.models
    links = ", ".join(link(page, urls.model(name), model_title(site.catalog.models[name])) for name in models)
    notes = "".join(f"\n- {markdown(note)}" for note in workflow.graph.notes)
    task = f"**{markdown(workflow.task.name.capitalize())}.** {markdown(workflow.task.sentence)}"
    return Markup(f"\n\n{task}\nRecommended: {links}.\n{notes}\n\n")


def evidence_list(site: SiteData, question_id: str) -> Markup:
    """The sentences of the summaries that bear on the question, each quoted with its source."""
    sources = site.uses.sources[question_id]
    found = evidence_for(site.catalog.questions[question_id].entry, sources)
    if not found:
        reason = why_nothing(site.catalog.questions[question_id].entry, sources)
        return Markup(_WHY_NOTHING[reason] if reason else "No given summary shares a word with the question.")
    quotes = [
        f"{quotation(one.sentence)}\n>\n> – {_source(question_id, sources[one.key].title, one.key)}" for one in found
    ]
    lead = "These sentences of the given summaries share most with the question's words, the closest first."
    return Markup(f"\n\n{lead}\n\n" + "\n\n<!-- -->\n\n".join(quotes) + "\n\n")


def coverage_table(site: SiteData, question_id: str) -> Markup:
    """Which source mentions which concept of the question, with the sentence that does, and where none does."""
    sources = site.uses.sources[question_id]
    question = site.catalog.questions[question_id].entry
    rows = coverage_of(question, sources)
    if reason := why_nothing(question, sources):
        return Markup(_WHY_NOTHING[reason])
    if not rows:
        return Markup("The question has no key concepts to look up.")
    page = urls.question(question_id)
    head = ["Key concept", *(_column(page, sources[mention.key]) for mention in rows[0].mentions)]
    lines = [[element("strong", {}, row.concept.name), *(_cell(mention) for mention in row.mentions)] for row in rows]
    silent = [row.concept.name for row in rows if not row.mentioned]
    searched = "summary or title" if is_whole(rows) else "summary or title that was looked through"
    words = (
        f"No {searched} mentions: **{markdown(', '.join(silent))}**."
        if silent
        else "Every concept is mentioned somewhere."
    )
    return Markup(f"\n\n{table(head, lines)}\n\n{words}\n\n")


def _column(page: str, source: Source) -> Markup:
    name = authors_short(source.paper) if source.paper else source.title
    year = f" {source.paper.year}" if source.paper and source.paper.year else ""
    attributes = {"href": relative_url(page, urls.paper(source.key)), "title": source.title}
    return element("a", attributes, name + year)


def _cell(mention: Mention) -> Markup:
    attributes = {"class": f"sl-mention sl-mention--{mention.where}", "title": mention.sentence or None}
    return element("span", attributes, _WORDS[mention.where])


def _source(question_id: str, title: str, key: str) -> str:
    return link(urls.question(question_id), urls.paper(key), title)
