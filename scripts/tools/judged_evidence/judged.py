"""The judged questions, as the ranker meets them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from seamline.catalog import Source
from seamline.catalog.entries import Model, Paper, Question
from seamline.catalog.evidence.field_words import near_stems
from seamline.catalog.evidence.key_concepts import content_words, stems_of
from seamline.catalog.evidence.retrieval import evidence_for, nearest_answer
from seamline.catalog.evidence.sentences import sentences_of

PATH = Path(__file__).parent / "judged.yml"
SECOND_READER = Path(__file__).parent / "second_reader.yml"
FIRST = 5
"""A sentence counts as found among so many."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One question.

    Attributes:
        sentences: (source, position from 1) of every sentence, in the order of the sources.
        answer: which of them answers.
        fresh: whether it was written after the ranker, and nothing was changed for it.
    """

    question: Question
    models: tuple[Model, ...]
    sources: dict[str, Source]
    sentences: tuple[tuple[str, int], ...]
    answer: tuple[str, int]
    fresh: bool

    def found(self) -> bool:
        """Whether the answer is among the first sentences of evidence."""
        ranked = evidence_for(self.question, self.sources, FIRST, models=self.models)
        return self.answer in [(one.key, one.position) for one in ranked]

    def opens(self) -> bool:
        """Whether the answer is the sentence that a draft opens with."""
        ranked = evidence_for(self.question, self.sources, models=self.models)
        chosen = nearest_answer(self.question, ranked)
        return chosen is not None and (chosen.key, chosen.position) == self.answer

    def shares_a_word(self) -> bool:
        """Whether the answer has the stem of a word of the question, or one that the field's thesaurus gives for it."""
        key, position = self.answer
        paper = self.sources[key].paper
        assert paper is not None
        answer = {*stems_of(sentences_of(paper.summary)[position - 1], "en")}
        asked = self.question.asked
        own = stems_of(" ".join(content_words(asked, "en")), "en")
        near = (near_stems(word) for word in re.findall(r"[\w-]+", asked.lower()))
        return bool(answer.intersection(own)) or any(answer & stems for stems in near)


def judged() -> Iterator[Judged]:
    """All of them, in the order of the file."""
    for topic in yaml.safe_load(PATH.read_text(encoding="utf-8")):
        sources, sentences = {}, []
        for key, text in topic["sources"].items():
            lines = text.strip().split("\n")
            paper = Paper(title=key, summary=" ".join(lines))
            sources[key] = Source(key, "paper", key, "", paper)
            sentences += [(key, position) for position in range(1, len(lines) + 1)]
        models = tuple(Model(block=block) for block in topic["models"])
        for one in topic["questions"]:
            source, position = one["answer"].split()
            question = Question(asked=one["asked"], models=tuple(f"m{place}" for place in range(len(models))))
            yield Judged(
                question, models, sources, tuple(sentences), (source, int(position)), topic.get("fresh", False)
            )


def second_choices() -> Mapping[str, tuple[tuple[str, int], ...]]:
    """What a second reader chose, who saw no judgement: sentences by question, best first, as many as `FIRST`."""
    return {
        one["asked"]: tuple((source, int(position)) for source, position in map(str.split, one["chosen"]))
        for one in yaml.safe_load(SECOND_READER.read_text(encoding="utf-8"))
    }


def plainly_found(one: Judged) -> bool:
    """Whether plain BM25 of the question's words finds the answer: what drafts did once, and what search engines do."""
    return one.answer in _plainly(one)[:FIRST]


def unranked_found(one: Judged) -> bool:
    """Whether the answer is found where nothing is ranked: the first sentence of each source, then the second."""
    return one.answer in sorted(one.sentences, key=lambda sentence: sentence[1])[:FIRST]


def _plainly(one: Judged) -> list[tuple[str, int]]:
    import bm25s

    words = [text for source in one.sources.values() if source.paper for text in sentences_of(source.paper.summary)]
    corpus = [stems_of(text, "en") for text in words]
    asked = stems_of(" ".join(content_words(one.question.asked, "en")), "en")
    shared = sorted({*asked} & {stem for stems in corpus for stem in stems})
    if not shared:
        return []
    index = bm25s.BM25()
    index.index(corpus, show_progress=False)
    scores = index.get_scores(shared)
    return [one.sentences[at] for at in sorted(range(len(words)), key=lambda at: (-scores[at], at)) if scores[at] > 0]


def chance(questions: Sequence[Judged]) -> float:
    """The share that sentences drawn at random are expected to find."""
    return sum(FIRST / len(one.sentences) for one in questions) / len(questions)
