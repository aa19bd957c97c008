"""Evidence: the sentences of the given summaries that bear most on a question, each with its source.

Ranked by BM25 (Robertson and Zaragoza, *The Probabilistic Relevance Framework: BM25 and Beyond*, 2009)
over word stems, as bm25s computes it. bm25s is imported when a draft is rendered and not before.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seamline.blocks.names import parse_block
from seamline.blocks.tasks import named_task
from seamline.catalog.entries import Model, Question
from seamline.catalog.evidence.key_concepts import (
    comparison,
    content_words,
    mentions,
    question_language,
    stems_of,
)
from seamline.catalog.evidence.languages import language_of
from seamline.catalog.evidence.sentences import sentences_of
from seamline.catalog.evidence.wording import kind_of_sentence, near_words
from seamline.catalog.sources import Source

A_SOURCE = 2
"""How many sentences of one source come before others speak."""
LAST, ADDED, KIND = 2.0, 0.6, 0.4
"""Weights: of the last sentence's words, of words that were added, of what kind of sentence it is."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence of one summary.

    Attributes:
        key: citation key of the source.
        sentence: as the summary has it, on one line.
        position: 1-based place of the sentence in its summary.
        score: BM25 score, over 0; comparable within one ranking only.
    """

    key: str
    sentence: str
    position: int
    score: float


def evidence_for(
    question: Question, sources: Mapping[str, Source], limit: int = 8, *, models: Sequence[Model] = ()
) -> tuple[Evidence, ...]:
    """Up to `limit` sentences that bear on the question, best first; none where no sentence shares a word with it.

    At most `A_SOURCE` sentences of one source come before each other source has spoken as often, if it can. Summaries
    in another language than the question's are left out, unless a curator named the key concepts to look for.

    Args:
        sources: what the question was given, as `sources_for` tells; summaries of its papers are read.
        models: what the question recommends: the words of their tasks are looked for, too.
    """
    found = [
        (source.key, sentence, position)
        for source in sources.values()
        if source.paper and comparison(question, source.paper.summary) != "other"
        for position, sentence in enumerate(sentences_of(source.paper.summary), start=1)
    ]
    if not found:
        return ()
    scores = _scores(question, [sentence for _, sentence, _ in found], models)
    if not any(scores):
        return ()
    ranked = sorted(range(len(found)), key=lambda index: (-scores[index], index))
    chosen = _in_turn([found[index][0] for index in ranked if scores[index] > 0])
    kept = [index for index in ranked if scores[index] > 0]
    return tuple(Evidence(*found[kept[place]], scores[kept[place]]) for place in chosen[:limit])


def nearest_answer(question: Question, found: Sequence[Evidence]) -> Evidence | None:
    """Of the first sentences of evidence, the one to open an answer with: the first that says how; None of none."""
    first = found[:5]
    return next((one for one in first if kind_of_sentence(one.sentence, question.asked) > 0), next(iter(first), None))


def _in_turn(keys: list[str]) -> list[int]:
    """Places of a ranking by source, so that none has more than `A_SOURCE` before the others had their turn."""
    rounds: list[tuple[int, int]] = []
    seen: Counter[str] = Counter()
    for place, key in enumerate(keys):
        rounds.append((seen[key] // A_SOURCE, place))
        seen[key] += 1
    return [place for _, place in sorted(rounds)]


def _scores(question: Question, sentences: list[str], models: Sequence[Model]) -> list[float]:
    """Score of each sentence, 0 for those that do not bear on the question.

    BM25 over stems, summed with a weight for each word sought: the question's own, those of its last sentence, where
    people ask, twice; all that a curator's terms cover; and, in English, words that mean the same to others, and those
    of the models' tasks. On top comes what kind of sentence it is.
    """
    import bm25s

    language = language_of(" ".join(sentences))
    corpus = [stems_of(sentence, language) for sentence in sentences]
    own = _weights(question, sentences, language)
    added = dict.fromkeys(_added(question, models, language), ADDED) if language == "en" else {}
    vocabulary = {stem for stems in corpus for stem in stems}
    if not own.keys() & vocabulary and not added.keys() & vocabulary:
        return [0.0] * len(sentences)
    index = bm25s.BM25()
    index.index(corpus, show_progress=False)
    totals = [0.0] * len(sentences)
    for stem, weight in {**added, **own}.items():
        if stem in vocabulary:
            totals = [total + weight * float(one) for total, one in zip(totals, index.get_scores([stem]), strict=True)]
    most = max(totals) or 1.0
    if language != "en":
        return [round(total / most, 4) for total in totals]
    kinds = [KIND * kind_of_sentence(sentence, question.asked) for sentence in sentences]
    return [round(max(0.0, total / most + kind), 4) for total, kind in zip(totals, kinds, strict=True)]


def _weights(question: Question, sentences: list[str], language: str) -> dict[str, float]:
    """Weight by stem of the question's own words and of what its key concepts cover."""
    covered = {
        word
        for sentence in sentences
        for word in re.findall(r"[\w-]+", sentence)
        if any(mentions(concept, word) for concept in question.key_concepts)
    }
    asked_in = question_language(question) or question.language
    asked = content_words(question.asked, asked_in)
    last = content_words((sentences_of(question.asked) or [""])[-1], asked_in)
    weights = dict.fromkeys((*stems_of(" ".join(asked), language), *stems_of(" ".join(sorted(covered)), language)), 1.0)
    return weights | dict.fromkeys(stems_of(" ".join(last), language), LAST)


def _added(question: Question, models: Sequence[Model], language: str) -> list[str]:
    """Stems of what the question's words mean to others, and of the models' tasks."""
    tasks = [named_task(parse_block(model.block), model.task) for model in models]
    words = " ".join(f"{task.name} {' '.join(task.outputs)}" for task in tasks)
    near = " ".join(near_words(re.findall(r"[\w-]+", question.asked.lower())))
    return stems_of(f"{near} {words}", language)
