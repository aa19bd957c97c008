"""Which entries of a catalog use which, looked up from the used side; made in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from seamline.catalog.closed_catalog import Catalog, WrittenQuestion
from seamline.catalog.entries import Model
from seamline.catalog.entries.question_topics import slug_of, topics_of
from seamline.catalog.sources import Source, sources_for

Ids = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Uses:
    """An inverse index of a catalog. Ids stand in the order of the catalog; what nobody uses has no entry.

    Attributes:
        sources: what each question was given, by question and citation key.
        given: what any question was given, by citation key.
        by_source: questions that were given a source, by its key.
        by_model: questions that recommend a model.
        by_sample: questions that show a sample.
        models_of: models that a paper introduces.
        in_role_of: models of the project's own that play the role of what a paper introduces.
        samples_of: samples in which a model runs.
        by_place: questions in the order of lists, by their place, counted from 0: the answers that a person wrote, the
            newest first, then the drafts; else in the order of the catalog.
        by_topic: questions that are filed under a topic, by its slug, in the order of lists; nothing where all share
            one topic.
        topics: name of each topic and how many questions it has, by its slug; those of most questions first.
        counts: how many questions there are, as `questions`.
    """

    sources: Mapping[str, Mapping[str, Source]]
    given: Mapping[str, Source]
    by_source: Mapping[str, Ids]
    by_model: Mapping[str, Ids]
    by_sample: Mapping[str, Ids]
    models_of: Mapping[str, Ids]
    in_role_of: Mapping[str, Ids]
    samples_of: Mapping[str, Ids]
    by_place: Mapping[int, str]
    by_topic: Mapping[str, Ids]
    topics: Mapping[str, tuple[str, int]]
    counts: Mapping[str, int]


def uses_of(catalog: Catalog) -> Uses:
    """The inverse index of `catalog`, in time that grows with its size."""
    sources = {question_id: sources_for(catalog, question_id) for question_id in catalog.questions}
    given: dict[str, Source] = {}
    for of_one in sources.values():
        given |= of_one
    questions = catalog.questions.items()
    listed = sorted(catalog.questions.values(), key=_place)
    names, by_topic = _by_topic(listed, catalog.models)
    return Uses(
        sources=sources,
        given=given,
        by_source=_inverted(sources.items()),
        by_model=_inverted((name, question.entry.models) for name, question in questions),
        by_sample=_inverted((name, question.entry.samples) for name, question in questions),
        models_of=_inverted((name, model.papers) for name, model in catalog.models.items()),
        in_role_of=_inverted(
            (name, (model.in_role_of.paper,) if model.in_role_of and model.in_role_of.paper else ())
            for name, model in catalog.models.items()
        ),
        samples_of=_inverted((name, sample.models) for name, sample in catalog.samples.items()),
        by_place=dict(enumerate(question.id for question in listed)),
        by_topic=by_topic,
        topics={slug: (names[slug], len(ids)) for slug, ids in by_topic.items()},
        counts={"questions": len(catalog.questions)},
    )


def _place(question: WrittenQuestion) -> tuple[bool, int]:
    day = question.entry.revised or question.entry.answered
    return question.entry.status == "draft", -day.toordinal() if day else 0


def _by_topic(
    listed: Iterable[WrittenQuestion], models: Mapping[str, Model]
) -> tuple[Mapping[str, str], Mapping[str, Ids]]:
    """Name, as the first question spells it, and questions of each topic by its slug."""
    names: dict[str, str] = {}
    filed: dict[str, dict[str, None]] = {}
    for question in listed:
        for topic in topics_of(question.entry, models):
            slug = slug_of(topic)
            names.setdefault(slug, topic)
            filed.setdefault(slug, {})[question.id] = None
    found = sorted(filed.items(), key=lambda one: (-len(one[1]), one[0])) if len(filed) > 1 else []
    return names, {slug: tuple(ids) for slug, ids in found}


def _inverted(pairs: Iterable[tuple[str, Iterable[str]]]) -> dict[str, Ids]:
    users: dict[str, dict[str, None]] = {}
    for user, used in pairs:
        for name in used:
            users.setdefault(name, {})[user] = None
    return {name: tuple(of_one) for name, of_one in users.items()}
