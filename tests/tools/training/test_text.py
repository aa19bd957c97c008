"""The text encoder's vocabulary, and what it is pretrained to predict."""

from __future__ import annotations

from itertools import islice

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from seamline.scenes.edits import Exchange, SetAttribute, Swap
from seamline.scenes.sampling import FIRST_TRAINING_SEED, scene_from_seed
from tools.training import text_encoder
from tools.training.config import TextPlan
from tools.training.text_encoder import (
    InstructionExample,
    build_text_encoder,
    build_tokenizer,
    instruction_examples,
    labels_of,
    token_ids,
)

PLAN = TextPlan(width=32, layers=1, heads=2, steps=60, batch=32, rate=5e-3)


@pytest.fixture(scope="module")
def tokenizer() -> text_encoder.Tokenizer:
    return build_tokenizer(PLAN)


def test_our_own_words_are_single_tokens(tokenizer: text_encoder.Tokenizer) -> None:
    sentence = "swap the face on the left with an old woman with curly grey hair and glasses"
    assert len(tokenizer.tokenize(sentence)) == len(sentence.split())


@pytest.mark.parametrize("sentence", ["zorblax", "vertausche die Gesichter", "交換 🙂", "", "LEFT"])
def test_any_text_can_be_read(tokenizer: text_encoder.Tokenizer, sentence: str) -> None:
    ids = token_ids(tokenizer, [sentence])
    assert ids.shape == (1, PLAN.tokens)
    assert ids.max() < len(tokenizer)
    assert tokenizer.decode(ids[0], skip_special_tokens=True).strip() == sentence.lower()


def test_instructions_fit(tokenizer: text_encoder.Tokenizer) -> None:
    for unseen in (False, True):
        for example in islice(instruction_examples(1, held_out=unseen), 1500):
            assert len(tokenizer(example.instruction).input_ids) <= PLAN.tokens


def test_labels_are_what_is_asked() -> None:
    scene = scene_from_seed(1, people=3)
    swap = labels_of(Swap("left", {"age": "old", "glasses": "glasses"}), scene)
    assert (swap["kind"], swap["person"], swap["age"], swap["skin"]) == ("swap", "left", "old", "unnamed")
    assert labels_of(SetAttribute("right", "hat", "none"), scene)["take off"] == "hat"
    assert labels_of(Exchange("left", "right"), scene) == labels_of(Exchange("right", "left"), scene)


def test_examples_keep_to_their_side(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(text_encoder, "scene_from_seed", lambda seed: asked.append(seed) or scene_from_seed(seed))
    for _ in islice(instruction_examples(0), 300):
        pass
    assert min(asked) >= FIRST_TRAINING_SEED
    asked.clear()
    for _ in islice(instruction_examples(0, held_out=True), 300):
        pass
    assert max(asked) < FIRST_TRAINING_SEED


def test_parsing_can_be_trained(tokenizer: text_encoder.Tokenizer) -> None:
    import torch

    torch.manual_seed(0)
    encoder = build_text_encoder(PLAN, tokenizer)
    lines: list[str] = []
    text_encoder.train_parsing(encoder, tokenizer, PLAN, seed=0, say=lines.append)
    left, right = encoder(
        token_ids(tokenizer, ["make the left person smile", "make the right person smile"])
    ).pooler_output
    assert (left - right).square().mean().sqrt() > 0.1
    assert "held-out" in lines[-1]


def test_examples_are_the_same_every_time() -> None:
    assert list(islice(instruction_examples(7), 5)) == list(islice(instruction_examples(7), 5))
    assert isinstance(next(instruction_examples(7)), InstructionExample)
