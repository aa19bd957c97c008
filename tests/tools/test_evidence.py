"""The judged questions are sound, and drafts find their answers more often than what is simpler does."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from seamline.catalog.entries import Paper, Question
from seamline.catalog.evidence.retrieval import A_SOURCE, evidence_for
from seamline.catalog.evidence.sentences import sentences_of
from seamline.catalog.sources import Source
from seamline.measures.standing import read_records
from tools.judged_evidence.evidence_figures import figures
from tools.judged_evidence.judged import FIRST, Judged, judged, second_choices

EVERY = list(judged())
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return figures()


def test_each_answer_is_one_of_the_sentences_as_the_reader_of_sentences_sees_them() -> None:
    assert len(EVERY) == 99
    for one in EVERY:
        assert one.answer in one.sentences
        for key, source in one.sources.items():
            assert source.paper is not None
            assert len(sentences_of(source.paper.summary)) == sum(name == key for name, _ in one.sentences)


def test_on_questions_that_were_in_view_the_answer_is_found_far_more_often_than_without_a_ranker(
    found: dict[str, Any],
) -> None:
    known = found["in_view"]
    assert known["questions"] == 63 and known["ranked"]["low"] > known["bm25"]["high"] > known["chance"]["value"]


def test_on_questions_that_came_after_no_more_is_claimed_than_was_found(found: dict[str, Any]) -> None:
    """These had no part in the ranker: the figure that a stranger may expect is this one, far below the other."""
    fresh = found["fresh"]
    assert fresh["questions"] == 36 and found["in_view"]["ranked"]["low"] > fresh["ranked"]["value"]
    assert fresh["ranked"]["value"] > fresh["bm25"]["value"] and fresh["ranked"]["value"] > fresh["chance"]["value"]


def test_a_second_reader_chose_for_each_fresh_question_by_the_rule_of_the_ranker() -> None:
    chosen = second_choices()
    assert list(chosen) == [one.question.asked for one in EVERY if one.fresh]
    for one in EVERY:
        if one.fresh:
            five = chosen[one.question.asked]
            assert len({*five}) == FIRST and {*five} <= {*one.sentences}
            assert max(Counter(key for key, _ in five).values()) <= A_SOURCE


def test_the_answers_that_drafts_miss_can_be_found_by_reading_and_mostly_not_by_words(found: dict[str, Any]) -> None:
    fresh = found["fresh"]
    assert fresh["second_reader"]["low"] > 0.8 > fresh["ranked"]["high"]
    missed = fresh["missed"]
    assert missed["questions"] == round((1 - fresh["ranked"]["value"]) * fresh["questions"])
    assert missed["questions"] > missed["sharing_no_word"] > missed["questions"] / 2


def test_the_reader_finds_the_answers_of_fresh_questions_far_more_often_than_words_do(found: dict[str, Any]) -> None:
    fresh = found["fresh"]
    assert fresh["reader"]["low"] > fresh["ranked"]["high"]
    assert fresh["reader"]["value"] >= 0.8
    assert fresh["reader_opens"]["value"] > fresh["opens"]["value"]


def test_an_answer_is_said_to_share_a_word_by_its_stem_or_by_the_thesaurus() -> None:
    def shares(asked: str, answer: str) -> bool:
        source = Source("a", "paper", "a", "", Paper(title="a", summary=answer))
        one = Judged(Question(asked=asked, models=("m",)), (), {"a": source}, (("a", 1),), ("a", 1), fresh=True)
        return one.shares_a_word()

    assert shares("How are hairs painted?", "Each hair is drawn.")
    assert shares("Why does the photo look real?", "Images are matched.")
    assert not shares("Why is it slow?", "Attention grows with length.")


def test_the_record_that_pages_print_is_of_this_ranker_and_these_questions(found: dict[str, Any]) -> None:
    assert read_records(ROOT)["evidence"] == found, "run `python -m tools.judged_evidence --record`"


@pytest.fixture
def talkative() -> dict[str, Source]:
    texts = {"much": " ".join(f"The light is kept in picture {word}." for word in ("one", "two", "three", "four")),
             "little": "Nothing else is said of the light."}  # fmt: skip
    return {key: Source(key, "paper", key, "", Paper(title=key, summary=text)) for key, text in texts.items()}


def test_no_source_has_more_than_two_sentences_before_another_speaks(talkative: dict[str, Source]) -> None:
    found = evidence_for(Question(asked="How is the light kept?", models=("m",)), talkative)
    keys = [one.key for one in found]
    assert len(keys) == 5 and keys[: A_SOURCE + 1].count("little") == 1
