"""Evidence: the sentences of the given summaries that bear most on a question, each with its source.

Ranked by BM25 (Robertson and Zaragoza, *The Probabilistic Relevance Framework: BM25 and Beyond*, 2009)
over word stems, as bm25s computes it. bm25s is imported when a draft is rendered and not before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from seamline.catalog.entries import Question
from seamline.catalog.evidence.key_concepts import (
    comparison,
    content_words,
    mentions,
    question_language,
    stems_of,
)
from seamline.catalog.evidence.languages import language_of
from seamline.catalog.evidence.sentences import sentences_of
from seamline.catalog.sources import Source


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


def evidence_for(question: Question, sources: Mapping[str, Source], limit: int = 8) -> tuple[Evidence, ...]:
    """Up to `limit` sentences that share a word or a concept with the question, best first.

    Summaries in another language than the question's are left out, unless a curator named the key concepts to look for.

    Args:
        sources: what the question was given, as `sources_for` tells; summaries of its papers are read.
    """
    found = [
        (source.key, sentence, position)
        for source in sources.values()
        if source.paper and comparison(question, source.paper.summary) != "other"
        for position, sentence in enumerate(sentences_of(source.paper.summary), start=1)
    ]
    if not found:
        return ()
    scores = _scores(question, [sentence for _, sentence, _ in found])
    ranked = sorted(range(len(found)), key=lambda index: (-scores[index], index))
    return tuple(Evidence(*found[index], scores[index]) for index in ranked[:limit] if scores[index] > 0)


def _scores(question: Question, sentences: list[str]) -> list[float]:
    """Score of each sentence: BM25 of the question's stems and of every word that a concept's terms cover."""
    import bm25s

    language = language_of(" ".join(sentences))
    corpus = [stems_of(sentence, language) for sentence in sentences]
    covered = {
        word
        for sentence in sentences
        for word in re.findall(r"[\w-]+", sentence)
        if any(mentions(concept, word) for concept in question.key_concepts)
    }
    asked = content_words(question.asked, question_language(question) or question.language)
    query = {*stems_of(" ".join(asked), language), *stems_of(" ".join(sorted(covered)), language)}
    vocabulary = {stem for stems in corpus for stem in stems}
    if not (shared := sorted(query & vocabulary)):
        return [0.0] * len(sentences)
    index = bm25s.BM25()
    index.index(corpus, show_progress=False)
    return [round(float(score), 4) for score in index.get_scores(shared)]
