"""A draft: what can be said about a question before a person has written its answer.

Nothing is made up: the task follows from the block names, the sentences are quoted from the
given summaries, and the coverage table says which key concepts no source mentions.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from seamline.blocks.names import parse_block
from seamline.blocks.tasks import named_task, with_articles
from seamline.catalog import Source
from seamline.catalog.bibliography import authors_short
from seamline.catalog.entries import Model
from seamline.catalog.evidence.claims import claim_of
from seamline.catalog.evidence.coverage import Mention, coverage_of, is_whole, why_nothing
from seamline.catalog.evidence.readings import evidence_read, is_stale
from seamline.catalog.evidence.retrieval import Evidence, evidence_for, nearest_answer
from seamline.catalog.origins import model_title
from seamline.pages import urls
from seamline.pages.figures import QuestionWorkflow
from seamline.pages.html import (
    element,
    external_link,
    isolated,
    link,
    markdown,
    quotation,
    relative_url,
    table,
)
from seamline.pages.site_data import SiteData

_WORDS = {
    "summary": "in its summary",
    "title": "in its title",
    "nowhere": "not mentioned",
    "unread": "no summary given",
    "elsewhere": "in another language",
    "unsure": "not looked up",
}
_CHOSEN_BY_READER = (
    "A small language model, helped by shared words, chose these sentences of the given summaries in English, those "
    "that it finds nearest to an answer first; at most two of one source come before the others speak."
)
_CHOSEN_BY_WORDS = (
    "These sentences of the given summaries share most with the question's words and with what they mean in the "
    "field, the closest first; at most two of one source come before the others speak."
)
_READ_BEFORE = (
    "What was read for this question, or the way sentences are chosen, has changed since a small language model read "
    "the summaries; sentences are ranked by words until `seamline read` reads them again."
)
_WHY_NOTHING = {
    "other": "The summaries are in another language than the question; nothing was looked up.",
    "unmeasured": "Not measured for this language: no concept of the question was looked up in the summaries.",
    "unsure": "Which language the question and the summaries are in could not be told; no concept was looked up.",
}


def draft(site: SiteData, question_id: str, workflow: QuestionWorkflow) -> Markup:
    """The drafted answer, as prose: its macros and citations are still to be expanded.

    What a curator has begun to write below the front matter takes its place.
    """
    question = site.catalog.questions[question_id]
    if question.body.strip():
        return Markup(question.body)
    return composed(site, question_id, workflow)


def composed(site: SiteData, question_id: str, workflow: QuestionWorkflow) -> Markup:
    """A draft as a person may go on with it: Markdown with citations and macros in place."""
    return Markup(
        "\n\n".join(
            [
                "## In short",
                "{{ task() }}",
                "{{ best() }}",
                "## Block by block",
                _blocks(site, question_id, workflow),
                "{{ workflow() }}",
                "## What the summaries say",
                "{{ evidence() }}",
                "## Paper by paper",
                "{{ papers() }}",
                "## What they mention, and what they do not",
                "{{ coverage() }}",
                "## Papers and tools",
                "Everything that was given with the question, and nothing else:",
                "{{ references() }}",
            ]
        )
    )


def _blocks(site: SiteData, question_id: str, workflow: QuestionWorkflow) -> str:
    """What each model takes and gives, in the order of the chain, and its paper or else its repository, cited."""
    models, given = site.catalog.models, site.uses.sources[question_id]
    lines = []
    for number, node in enumerate(workflow.graph.models, start=1):
        model = models[node.model]
        task = named_task(parse_block(model.block), model.task)
        keys = [key for key in model.papers or (f"{node.model}-code",) if key in given]
        cited = f" [{'; '.join(f'@{key}' for key in keys)}]" if keys else ""
        words = f"takes {with_articles(task.inputs)} and gives {with_articles(task.outputs)}"
        lines.append(f"{number}. **{markdown(model_title(model))}** {markdown(words)}: {markdown(task.name)}{cited}.")
    return "\n".join(lines)


def best_sentence(site: SiteData, question_id: str) -> Markup:
    """The sentence that the reader chose first; where nothing was read, the one that shares most with the question and
    says how, of the models' own papers if one does so.

    Where none does, what the first paper says that it brings, and where no summary was given, that none was.
    """
    entry, sources = site.catalog.questions[question_id].entry, site.uses.sources[question_id]
    models = _models(site, question_id)
    own = [key for model in models for key in model.papers]
    if chosen := _read(site, question_id):
        lead = (
            "Of the sentences given, a small language model, helped by shared words, ranks this one first; "
            "judge whether it answers the question:"
        )
        return Markup(f"\n\n{lead}\n\n{_quoted(site, question_id, chosen[0].key, chosen[0].sentence)}\n\n")
    ranked = evidence_for(entry, sources, models=models)
    found = nearest_answer(entry, ranked, own)
    if found:
        which = "given" if found == nearest_answer(entry, ranked) else _of_papers(own)
        lead = (
            f"Of the sentences {which}, this one shares most with the question and says how; "
            "judge whether it answers it:"
        )
        return Markup(f"\n\n{lead}\n\n{_quoted(site, question_id, found.key, found.sentence)}\n\n")
    papers = [source for source in sources.values() if source.paper and source.paper.summary]
    if not papers:
        return Markup("\n\nNo summary was given, so nothing can be quoted: the papers have to be read.\n\n")
    first = next((source for source in papers if source.key in own), papers[0])
    paper = "the model's paper" if first.key in own else "the first paper"
    reason = why_nothing(entry, sources)
    why = _WHY_NOTHING[reason] if reason else "No sentence of the summaries says plainly how."
    lead = f"{why} This is what {paper} says that it brings:"
    claim = claim_of(first.paper.summary if first.paper else "")
    return Markup(f"\n\n{lead}\n\n{_quoted(site, question_id, first.key, claim)}\n\n")


def _of_papers(own: Sequence[str]) -> str:
    return "of the model's own paper" if len(own) == 1 else "of the models' own papers"


def paper_list(site: SiteData, question_id: str) -> Markup:
    """Each paper with the sentence in which its summary says what it brings, and its repository."""
    page, items = urls.question(question_id), []
    for source in site.uses.sources[question_id].values():
        if source.paper is None:
            continue
        claim = claim_of(source.paper.summary)
        said = f": {quoted_words(claim)}" if claim else ": no summary was given."
        code = f" {external_link(source.paper.github, 'Code')}." if source.paper.github else ""
        items.append(f"- {link(page, urls.paper(source.key), source.title)}{said}{code}")
    return Markup("\n\n" + ("\n".join(items) or "No paper was given.") + "\n\n")


def quoted_words(sentence: str) -> Markup:
    """A sentence within a line, as a quotation; isolated where its script runs right to left."""
    return Markup(f"“{isolated(sentence)}”")


def _models(site: SiteData, question_id: str) -> list[Model]:
    return [site.catalog.models[name] for name in site.catalog.questions[question_id].entry.models]


def _quoted(site: SiteData, question_id: str, key: str, sentence: str) -> str:
    title = site.uses.sources[question_id][key].title
    return f"{quotation(sentence)}\n>\n> – {_source(question_id, title, key)}"


def task_words(site: SiteData, question_id: str, workflow: QuestionWorkflow) -> Markup:
    """The task that the types of the blocks imply, and the models that do it."""
    page = urls.question(question_id)
    models = site.catalog.questions[question_id].entry.models
    links = ", ".join(link(page, urls.model(name), model_title(site.catalog.models[name])) for name in models)
    notes = "".join(f"\n- {markdown(note)}" for note in workflow.graph.notes)
    name = workflow.task.name[:1].upper() + workflow.task.name[1:]
    task = f"**{markdown(name)}.** {markdown(workflow.task.sentence)}"
    return Markup(f"\n\n{task}\nRecommended: {links}.\n{notes}\n\n")


def evidence_list(site: SiteData, question_id: str) -> Markup:
    """The sentences of the summaries that bear on the question, each quoted with its source."""
    sources = site.uses.sources[question_id]
    chosen = _read(site, question_id)
    found = chosen or evidence_for(
        site.catalog.questions[question_id].entry, sources, models=_models(site, question_id)
    )
    before = f"{_READ_BEFORE} " if not chosen and _is_stale(site, question_id) else ""
    if not found:
        reason = why_nothing(site.catalog.questions[question_id].entry, sources)
        nothing = _WHY_NOTHING[reason] if reason else "No given summary shares a word with the question."
        return Markup(before + nothing)
    quotes = [_quoted(site, question_id, one.key, one.sentence) for one in found]
    lead = _CHOSEN_BY_READER if chosen else _CHOSEN_BY_WORDS
    return Markup(f"\n\n{before}{lead}\n\n" + "\n\n<!-- -->\n\n".join(quotes) + "\n\n")


def _read(site: SiteData, question_id: str) -> tuple[Evidence, ...]:
    """What the reader chose for the question as it is now; empty where it has not read that."""

    def chosen() -> tuple[Evidence, ...]:
        question, reading = site.catalog.questions[question_id].entry, site.readings.get(question_id)
        return evidence_read(question, site.uses.sources[question_id], reading, _models(site, question_id)) or ()

    return site.once(("read", question_id), chosen)


def _is_stale(site: SiteData, question_id: str) -> bool:
    """Whether the reader read something else for the question than is here."""
    question, reading = site.catalog.questions[question_id].entry, site.readings.get(question_id)
    return is_stale(question, site.uses.sources[question_id], reading, _models(site, question_id))


def coverage_table(site: SiteData, question_id: str) -> Markup:
    """Which source mentions which concept of the question, with the sentence that does, and where none does."""
    sources = site.uses.sources[question_id]
    question = site.catalog.questions[question_id].entry
    tasks = [named_task(parse_block(model.block), model.task).name for model in _models(site, question_id)]
    rows = coverage_of(question, sources, tasks)
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


_WORDS_OF_A_NAME = 3
"""A title such as `DreamBooth: Fine Tuning …` begins with what its method is called, in so many words at most."""


def _column(page: str, source: Source) -> Markup:
    head, colon, _ = source.title.partition(": ")
    named = head if colon and len(head.split()) <= _WORDS_OF_A_NAME else source.title
    name = authors_short(source.paper) if source.paper and source.paper.authors else named
    year = f" {source.paper.year}" if source.paper and source.paper.year else ""
    attributes = {"href": relative_url(page, urls.paper(source.key)), "title": source.title}
    return element("a", attributes, name + year)


def _cell(mention: Mention) -> Markup:
    attributes = {"class": f"sl-mention sl-mention--{mention.where}", "title": mention.sentence or None}
    return element("span", attributes, _WORDS[mention.where])


def _source(question_id: str, title: str, key: str) -> str:
    return link(urls.question(question_id), urls.paper(key), title)
