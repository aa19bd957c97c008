"""A reading is quoted as long as the question and its summaries are what was read, and a bad record is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seamline.catalog.entries import Model, Paper, Question
from seamline.catalog.evidence import readings
from seamline.catalog.evidence.readings import (
    FILE,
    Chosen,
    Reading,
    digest_of_what_is_read,
    evidence_read,
    is_stale,
    load_readings,
    readable,
    record_of,
)
from seamline.catalog.sources import Source
from seamline.errors import RecordError
from seamline.files import write_if_changed
from seamline.seals import sealed

ASKED = Question(asked="How does the model know what is far away?", models=("m",))


def sources(summary: str = "The first sentence is here. The second one answers it.") -> dict[str, Source]:
    return {"a": Source("a", "paper", "A", "", Paper(title="A", summary=summary))}


def reading(*places: int) -> Reading:
    read = digest_of_what_is_read(ASKED, readable(ASKED, sources()))
    return Reading(read=read, reader="r", chosen=tuple(Chosen(key="a", position=one, score=1.0) for one in places))


def test_a_fresh_reading_is_quoted_in_its_order() -> None:
    found = evidence_read(ASKED, sources(), reading(2, 1))
    assert found is not None
    assert [one.sentence for one in found] == ["The second one answers it.", "The first sentence is here."]


@pytest.mark.parametrize(
    ("question", "summary"),
    [
        (ASKED.model_copy(update={"asked": "How does the model know what is near?"}), None),
        (ASKED, "The first sentence is here. The second one has changed."),
    ],
)
def test_a_reading_of_other_words_is_not(question: Question, summary: str | None) -> None:
    assert evidence_read(question, sources(summary) if summary else sources(), reading(2)) is None
    assert evidence_read(question, sources(), None) is None


def test_a_reading_with_models_of_another_task_is_stale() -> None:
    depth, edit = (Model(block=f"{kind}-HuggingFace-a-model") for kind in ("Img2Dep", "ImgTxt2Img"))
    sentences = readable(ASKED, sources())
    made = reading(2).model_copy(update={"read": digest_of_what_is_read(ASKED, sentences, [depth])})
    assert evidence_read(ASKED, sources(), made, [depth]) is not None
    assert not is_stale(ASKED, sources(), made, [depth])
    assert is_stale(ASKED, sources(), made, [edit])
    assert not is_stale(ASKED, sources(), None, [edit])


def test_a_reading_with_other_weights_is_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    made = reading(2)
    for name in ("WORDS", "KIND"):
        with monkeypatch.context() as patch:
            patch.setattr(readings, name, 0.5)
            assert is_stale(ASKED, sources(), made)
    assert not is_stale(ASKED, sources(), made)


def test_a_place_that_no_summary_has_is_not_quoted() -> None:
    assert evidence_read(ASKED, sources(), reading(1, 3)) is None


def test_questions_in_other_languages_and_those_with_key_concepts_are_left_to_words() -> None:
    german = Question(asked="Wie weiß das Modell, was weit weg ist und was nicht?", models=("m",))
    named = Question(asked=ASKED.asked, models=("m",), key_concepts=({"name": "far", "terms": ["far"]},))  # type: ignore[arg-type]
    assert readable(ASKED, sources())
    assert not readable(german, sources())
    assert not readable(named, sources())


def test_a_record_is_read_as_it_was_written_with_a_line_for_each_question(tmp_path: Path) -> None:
    assert load_readings(tmp_path) == {}
    written = {"b": reading(1), "a": reading(2, 1)}
    write_if_changed(tmp_path / FILE, record_of(written))
    assert load_readings(tmp_path) == written
    lines = (tmp_path / FILE).read_text().splitlines()
    assert [line.split(":")[0].strip() for line in lines if '"read"' in line] == ['"a"', '"b"']
    write_if_changed(tmp_path / FILE, record_of({}))
    assert load_readings(tmp_path) == {}


ONE = '{"key": "a", "position": 1, "score": 1.0}'
RECORD = '{\n "questions": {"a": {"read": "x", "reader": "y", "chosen": [%s]}}\n}\n'


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        '{\n "questions": []\n}\n',
        RECORD % ONE.replace(": 1,", ": 0,"),
        RECORD % ONE.replace("1.0", "NaN"),
        RECORD % ONE.replace("}", ', "more": 1}'),
        RECORD % ", ".join([ONE] * 9),
        '{\n "questions": ' + "[" * 100_000,
    ],
)
def test_what_is_no_record_of_readings_is_refused_with_what_mends_it(tmp_path: Path, body: str) -> None:
    write_if_changed(tmp_path / FILE, sealed(body) if body.startswith("{") else body)
    with pytest.raises(RecordError, match="seamline read"):
        load_readings(tmp_path)


def test_a_record_changed_by_hand_is_refused(tmp_path: Path) -> None:
    changed = record_of({"a": reading(1)}).replace(b'"position": 1', b'"position": 2')
    assert json.loads(changed)
    write_if_changed(tmp_path / FILE, changed)
    with pytest.raises(RecordError, match="torn or altered"):
        load_readings(tmp_path)
