"""Evidence: the sentences of the given summaries that bear most on a question, each with its source.

Ranked by BM25 (Robertson and Zaragoza, *The Probabilistic Relevance Framework: BM25 and Beyond*, 2009)
over word stems, as bm25s computes it. bm25s is imported when a draft is rendered and not before.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from seamline.blocks.names import parse_block
from seamline.blocks.tasks import named_task
from seamline.catalog.entries import Model, Question
from seamline.catalog.evidence.field_words import near_stems
from seamline.catalog.evidence.key_concepts import (
    comparison,
    content_words,
    mentions,
    question_language,
    stems_of,
)
from seamline.catalog.evidence.languages import language_of
from seamline.catalog.evidence.sentence_kinds import kind_of_sentence, sets_the_scene
from seamline.catalog.evidence.sentences import sentences_of
from seamline.catalog.sources import Source

A_SOURCE = 2
"""How many sentences of one source come before others speak."""
LAST, NEAR, OTHER, TASK = 1.5, 0.6, 0.5, 0.3
"""Weights of words: of the last sentence's, of those that stand for others, of those that stand for function words, of
the tasks'."""
BEFORE, SOURCE, KIND = 0.4, 0.1, 0.5
"""Weights of what surrounds a sentence: of the one before it, of the best one of its source; and of what it does."""


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
    scores = scores_by_words(question, found, models)
    if not any(scores):
        return ()
    ranked = sorted(range(len(found)), key=lambda index: (-scores[index], index))
    chosen = in_turn([found[index][0] for index in ranked if scores[index] > 0])
    kept = [index for index in ranked if scores[index] > 0]
    return tuple(Evidence(*found[kept[place]], scores[kept[place]]) for place in chosen[:limit])


def nearest_answer(question: Question, found: Sequence[Evidence], own: Collection[str] = ()) -> Evidence | None:
    """Of the first sentences of evidence, the one to open an answer with: the first that does what is asked for.

    None where none does: a sentence that happens to share words would pass for an answer.

    Args:
        own: keys of the papers that introduce the recommended models. One of their sentences comes before those of
            others, unless it tells of a problem or goes on from a sentence that is not quoted with it.
    """
    last = (sentences_of(question.asked) or [""])[-1]
    wanted = [one for one in found[:5] if kind_of_sentence(one.sentence, last) > 0]
    of_the_model = [one for one in wanted if one.key in own and not sets_the_scene(one.sentence)]
    return next(iter([*of_the_model, *wanted]), None)


def in_turn(keys: list[str]) -> list[int]:
    """Places of a ranking by source, so that none has more than `A_SOURCE` before the others had their turn."""
    rounds: list[tuple[int, int]] = []
    seen: Counter[str] = Counter()
    for place, key in enumerate(keys):
        rounds.append((seen[key] // A_SOURCE, place))
        seen[key] += 1
    return [place for _, place in sorted(rounds)]


def scores_by_words(question: Question, found: Sequence[tuple[str, str, int]], models: Sequence[Model]) -> list[float]:
    """Score of each sentence; 0 for those that share no word with the question and do not go on from one that does.

    BM25 over stems, summed with a weight for each word sought: the question's own, those of its last sentence, where
    people ask, twice; and all that a curator's terms cover. In English, a word of the question counts for less where
    another stands for it, and once however many do; so do the words of the models' tasks. A sentence takes over part of
    the score of the one before it, which often names the problem that it solves or the thing that it calls `it`, and of
    the best one of its source. On top comes whether it does what is asked for.
    """
    import bm25s

    sentences = [sentence for _, sentence, _ in found]
    language = language_of(" ".join(sentences))
    corpus = [stems_of(sentence, language) for sentence in sentences]
    vocabulary = {stem for stems in corpus for stem in stems}
    index = bm25s.BM25()
    index.index(corpus or [[""]], show_progress=False)

    def scores(stem: str) -> list[float]:
        return [float(one) for one in index.get_scores([stem])] if stem in vocabulary else [0.0] * len(sentences)

    nothing = [0.0] * len(sentences)
    totals = nothing
    for (stem, near), weight in _sought(question, sentences, models, language).items():
        standing = [max(column) for column in zip(nothing, *map(scores, sorted(near)), strict=True)]
        columns = zip(totals, scores(stem), standing, strict=True)
        totals = [total + weight * max(exact, NEAR * other) for total, exact, other in columns]
    if not any(totals):
        return totals
    most = max(totals)
    shares = [total / most for total in totals]
    if language != "en":
        return [round(share, 4) for share in shares]
    last = (sentences_of(question.asked) or [""])[-1]
    best = dict.fromkeys((key for key, *_ in found), 0.0)
    for share, (key, *_) in zip(shares, found, strict=True):
        best[key] = max(best[key], share)
    before = [BEFORE * shares[place - 1] if one[2] > 1 else 0.0 for place, one in enumerate(found)]
    kinds = [kind_of_sentence(sentence, last) for _, sentence, _ in found]
    return [
        round(max(0.0, own + near + SOURCE * best[key] + KIND * kind), 4) if own or (near and kind > 0) else 0.0
        for own, near, kind, (key, *_) in zip(shares, before, kinds, found, strict=True)
    ]


def _sought(
    question: Question, sentences: Sequence[str], models: Sequence[Model], language: str
) -> dict[tuple[str, frozenset[str]], float]:
    """Weight of each word sought, by its stem and the stems that may stand for it."""
    covered = {
        word
        for sentence in sentences
        for word in re.findall(r"[\w-]+", sentence)
        if any(mentions(concept, word) for concept in question.key_concepts)
    }
    asked_in = question_language(question) or question.language
    asked = content_words(question.asked, asked_in)
    last = {*stems_of(" ".join(content_words((sentences_of(question.asked) or [""])[-1], asked_in)), language)}
    weights: dict[tuple[str, frozenset[str]], float] = {}
    for word in asked:
        for stem in stems_of(word, language):
            near = near_stems(word) if language == "en" else frozenset()
            weights[stem, near] = LAST if stem in last else 1.0
    if language == "en":
        others = {*re.findall(r"[\w-]+", question.asked.lower())} - {*asked}
        weights |= {("", near): OTHER for word in sorted(others) if (near := near_stems(word))}
    own = {stem for stem, _ in weights}
    for stem in stems_of(" ".join(sorted(covered)), language):
        if stem not in own:
            weights[stem, frozenset()] = 1.0
    if language == "en":
        tasks = [named_task(parse_block(model.block), model.task) for model in models]
        words = " ".join(f"{task.name} {' '.join(task.outputs)}" for task in tasks)
        weights |= {(stem, frozenset()): TASK for stem in stems_of(words, language) if stem not in own}
    return weights
