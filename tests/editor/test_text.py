"""The text encoder's vocabulary, and what it is taught to say."""

from __future__ import annotations

from itertools import islice

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from seamline.editor import text
from seamline.editor.config import TextPlan
from seamline.editor.text import Lesson, answers, build_text_encoder, build_tokenizer, lessons, token_ids
from seamline.scenes.edits import Exchange, SetAttribute, Swap
from seamline.scenes.sampling import FIRST_TRAINING_SEED, scene_from_seed

PLAN = TextPlan(width=32, layers=1, heads=2, steps=60, batch=32, rate=5e-3)


@pytest.fixture(scope="module")
def tokenizer() -> text.Tokenizer:
    return build_tokenizer(PLAN)


def test_our_own_words_are_single_tokens(tokenizer: text.Tokenizer) -> None:
    sentence = "swap the face on the left with an old woman with curly grey hair and glasses"
    assert len(tokenizer.tokenize(sentence)) == len(sentence.split())


@pytest.mark.parametrize("sentence", ["zorblax", "vertausche die Gesichter", "交換 🙂", "", "LEFT"])
def test_any_text_can_be_read(tokenizer: text.Tokenizer, sentence: str) -> None:
    ids = token_ids(tokenizer, [sentence])
    assert ids.shape == (1, PLAN.tokens)
    assert ids.max() < len(tokenizer)
    assert tokenizer.decode(ids[0], skip_special_tokens=True).strip() == sentence.lower()


def test_instructions_fit(tokenizer: text.Tokenizer) -> None:
    for unseen in (False, True):
        for lesson in islice(lessons(1, held_out=unseen), 1500):
            assert len(tokenizer(lesson.instruction).input_ids) <= PLAN.tokens


def test_answers_say_what_is_asked() -> None:
    scene = scene_from_seed(1, people=3)
    swap = answers(Swap("left", {"age": "old", "glasses": "glasses"}), scene)
    assert (swap["kind"], swap["person"], swap["age"], swap["skin"]) == ("swap", "left", "old", "unnamed")
    assert answers(SetAttribute("right", "hat", "none"), scene)["take off"] == "hat"
    assert answers(Exchange("left", "right"), scene) == answers(Exchange("right", "left"), scene)


def test_lessons_keep_to_their_side(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(text, "scene_from_seed", lambda seed: asked.append(seed) or scene_from_seed(seed))
    for _ in islice(lessons(0), 300):
        pass
    assert min(asked) >= FIRST_TRAINING_SEED
    asked.clear()
    for _ in islice(lessons(0, held_out=True), 300):
        pass
    assert max(asked) < FIRST_TRAINING_SEED


def test_parsing_can_be_taught(tokenizer: text.Tokenizer) -> None:
    import torch

    torch.manual_seed(0)
    encoder = build_text_encoder(PLAN, tokenizer)
    told: list[str] = []
    text.teach_parsing(encoder, tokenizer, PLAN, seed=0, say=told.append)
    left, right = encoder(
        token_ids(tokenizer, ["make the left person smile", "make the right person smile"])
    ).pooler_output
    assert (left - right).square().mean().sqrt() > 0.1
    assert "held-out" in told[-1]


def test_lessons_are_the_same_every_time() -> None:
    assert list(islice(lessons(7), 5)) == list(islice(lessons(7), 5))
    assert isinstance(next(lessons(7)), Lesson)
