"""The judged questions are sound, and drafts find their answers more often than what is simpler does."""

from __future__ import annotations

import pytest

from seamline.catalog.entries import Paper, Question
from seamline.catalog.evidence.retrieval import A_SOURCE, evidence_for
from seamline.catalog.evidence.sentences import sentences_of
from seamline.catalog.sources import Source
from tools.judged_evidence.judged import Judged, chance, first_of_each, judged, plain, recall

EVERY = list(judged())


def some(fresh: bool) -> list[Judged]:
    return [one for one in EVERY if one.fresh is fresh]


def test_each_answer_is_one_of_the_sentences_as_the_reader_of_sentences_sees_them() -> None:
    assert len(some(False)) == 30 and len(some(True)) == 12
    for one in EVERY:
        assert one.answer in one.sentences
        for key, source in one.sources.items():
            assert source.paper is not None
            assert len(sentences_of(source.paper.summary)) == sum(name == key for name, _ in one.sentences)


def test_answers_are_found_among_the_first_five() -> None:
    known = some(False)
    assert recall(known) >= 0.8 > plain(known) > chance(known)


def test_on_questions_that_came_after_it_is_better_than_what_is_simpler_and_no_more_is_said() -> None:
    """These had no part in the ranker: the figure that a stranger may expect is this one."""
    fresh = some(True)
    assert recall(fresh) > plain(fresh) and recall(fresh) > chance(fresh) > first_of_each(fresh)


@pytest.fixture
def talkative() -> dict[str, Source]:
    texts = {"much": " ".join(f"The light is kept in picture {word}." for word in ("one", "two", "three", "four")),
             "little": "Nothing else is said of the light."}  # fmt: skip
    return {key: Source(key, "paper", key, "", Paper(title=key, summary=text)) for key, text in texts.items()}


def test_no_source_has_more_than_two_sentences_before_another_speaks(talkative: dict[str, Source]) -> None:
    found = evidence_for(Question(asked="How is the light kept?", models=("m",)), talkative)
    keys = [one.key for one in found]
    assert len(keys) == 5 and keys[: A_SOURCE + 1].count("little") == 1
