"""Instructions say what the edit asks for, and held-out words stay held out."""

from __future__ import annotations

import random
from itertools import islice

import pytest

from seamline.scenes.edits import Exchange, SetAttribute, SetExpression, Swap
from seamline.scenes.sampling import FIRST_TRAINING_SEED, scene_from_seed
from tools.training import templates
from tools.training.held_out import held_out
from tools.training.instructions import description, phrase
from tools.training.pairs import edit_for
from tools.training.templates import Templates
from tools.training.text_encoder import instruction_examples

ALL_SENTENCES = [
    templates.WHO,
    templates.SWAP,
    templates.EXCHANGE,
    templates.EXPRESSION,
    templates.DESCRIPTION,
    *templates.SET.values(),
]


def test_no_sentence_is_on_both_sides_of_the_split() -> None:
    for sentences in ALL_SENTENCES:
        assert sentences.training and sentences.held_out
        assert not set(sentences.training) & set(sentences.held_out)


def test_no_evaluated_instruction_is_in_training() -> None:
    trained = {example.instruction.removeprefix("please ") for example in islice(instruction_examples(0), 30_000)}
    evaluated = {edit.instruction for edit in held_out(300)}
    assert not trained & evaluated


def test_evaluated_scenes_are_reserved() -> None:
    assert all(edit.seed < FIRST_TRAINING_SEED for edit in held_out(300))


@pytest.mark.parametrize("kind", ["swap", "exchange", "attribute", "expression"])
@pytest.mark.parametrize("unseen", [False, True])
def test_every_sentence_is_whole(kind: str, unseen: bool) -> None:
    rng = random.Random(0)
    for seed in range(300):
        scene = scene_from_seed(seed)
        sentence = phrase(edit_for(scene, kind, rng), scene, rng, held_out=unseen)
        assert not set("{}") & set(sentence)
        assert "  " not in sentence and " ," not in sentence
        assert not sentence.endswith(("with", "and", ",", "has"))


def test_a_description_names_everything_it_was_given_and_nothing_else() -> None:
    rng = random.Random(3)
    for _ in range(50):
        text = description(
            {"presentation": "woman", "age": "old", "hair_colour": "red", "hair_style": "curly", "glasses": "glasses"},
            rng,
        )
        assert any(word in text for word in ("old", "elderly"))
        assert any(word in text for word in ("woman", "lady"))
        assert any(word in text for word in ("red", "ginger"))
        assert "curl" in text and "glasses" in text
        assert "skin" not in text and "beard" not in text and "hat" not in text


def test_articles_suit_the_next_word() -> None:
    rng = random.Random(5)
    to = {"presentation": "man", "age": "old", "hair_style": "bald"}
    for _ in range(60):
        text = f" {description(to, rng)} "
        assert " a old" not in text and " a elderly" not in text


def test_people_are_named_by_their_place() -> None:
    scene = scene_from_seed(4, people=3)
    rng = random.Random(0)
    words = {"left": "left", "middle": ("middle", "cent"), "right": "right"}
    for position in scene.positions:
        for edit in (SetExpression(position, "sad"), SetAttribute(position, "hair_colour", "red")):
            sentence = phrase(edit, scene, rng)
            named = words[position]
            assert any(word in sentence for word in ([named] if isinstance(named, str) else named)), sentence


def test_an_exchange_names_both_people_unless_there_are_only_two() -> None:
    scene = scene_from_seed(4, people=3)
    for seed in range(100):
        sentence = phrase(Exchange("left", "right"), scene, random.Random(seed))
        assert "left" in sentence and "right" in sentence


def test_nobody_is_in_the_middle_of_two() -> None:
    with pytest.raises(ValueError, match="nobody stands at 'middle'"):
        phrase(Swap("middle"), scene_from_seed(1, people=2), random.Random(0))


def test_choices_pick_a_side() -> None:
    sentences = Templates(("a",), ("b",))
    assert sentences.choices(False) == ("a",)
    assert sentences.choices(True) == ("b",)
