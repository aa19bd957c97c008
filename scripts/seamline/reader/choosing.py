"""Which sentences of the given summaries answer a question, as the reader sees it: the order in which drafts quote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seamline.catalog.entries import Model, Question
from seamline.catalog.evidence.readings import KIND, MOST, WORDS, Chosen
from seamline.catalog.evidence.retrieval import in_turn, scores_by_words
from seamline.catalog.evidence.sentence_kinds import kind_of_sentence
from seamline.catalog.evidence.sentences import sentences_of

_DIGITS = 3
"""Decimals that count: closer than that, the earlier sentence comes first, on any machine."""


class Measures(Protocol):
    """What tells how near sentences are to a question; `Reader` does."""

    def closeness(self, question: str, summary: Sequence[str]) -> NDArray[np.float32]:
        """Cosine of the question and each sentence of a summary."""


def chosen_by(
    reader: Measures, question: Question, models: Sequence[Model], sentences: Mapping[str, Sequence[str]]
) -> tuple[Chosen, ...]:
    """Up to `MOST` sentences, the nearest to the question first, at most two of a source before the others speak.

    Scores of the reader and by words are in standard deviations from the mean of the question's sentences.

    Args:
        models: what the question recommends: the words of their tasks count among the question's.
        sentences: those that may be chosen, by citation key; at least one.
    """
    found = [(key, text, place) for key, some in sentences.items() for place, text in enumerate(some, start=1)]
    near = np.concatenate([reader.closeness(question.asked, some) for some in sentences.values() if some])
    last = (sentences_of(question.asked) or [""])[-1]
    kinds = np.array([kind_of_sentence(text, last) for _, text, _ in found])
    scores = _standard(near) + WORDS * _standard(scores_by_words(question, found, models)) + KIND * kinds
    rounded = [round(float(score), _DIGITS) for score in scores]
    ranked = sorted(range(len(found)), key=lambda place: (-rounded[place], place))
    order = [ranked[place] for place in in_turn([found[index][0] for index in ranked])][:MOST]
    return tuple(Chosen(key=found[one][0], position=found[one][2], score=rounded[one]) for one in order)


def _standard(scores: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(scores, np.float64)
    spread = values.std()
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)
