"""An edit changes what it names, and nothing else."""

from __future__ import annotations

import pytest

from seamline.scenes.edits import Exchange, SetAttribute, SetExpression, Swap, apply, edited_people
from seamline.scenes.sampling import scene_from_seed

SCENE = scene_from_seed(12, people=3)


def test_a_swap_keeps_what_it_does_not_name_but_takes_accessories_off() -> None:
    edited = apply(Swap("middle", {"age": "old", "hair_style": "curly"}), SCENE)
    before, after = SCENE.people[1], edited.people[1]
    assert (after.identity.age, after.identity.hair_style) == ("old", "curly")
    assert (after.identity.skin, after.identity.face_shape) == (before.identity.skin, before.identity.face_shape)
    assert (after.identity.glasses, after.identity.beard, after.identity.hat) == ("none",) * 3
    assert (after.expression, after.tilt, after.clothes) == (before.expression, before.tilt, before.clothes)
    assert (edited.people[0], edited.people[2], edited.light) == (SCENE.people[0], SCENE.people[2], SCENE.light)


def test_an_exchange_moves_identities_and_nothing_else() -> None:
    edited = apply(Exchange("left", "right"), SCENE)
    assert edited.people[0].identity == SCENE.people[2].identity
    assert edited.people[2].identity == SCENE.people[0].identity
    assert [p.expression for p in edited.people] == [p.expression for p in SCENE.people]
    assert apply(Exchange("left", "right"), edited) == SCENE


def test_single_attributes_and_expressions() -> None:
    assert apply(SetAttribute("left", "glasses", "glasses"), SCENE).people[0].identity.glasses == "glasses"
    assert apply(SetExpression("left", "sad"), SCENE).people[0].expression == "sad"


def test_who_is_edited() -> None:
    assert edited_people(Swap("right"), SCENE) == (2,)
    assert edited_people(Exchange("left", "middle"), SCENE) == (0, 1)


def test_nobody_stands_in_the_middle_of_two() -> None:
    with pytest.raises(ValueError, match="nobody stands at 'middle': this scene has left and right"):
        apply(Swap("middle"), scene_from_seed(12, people=2))


def test_a_value_outside_the_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="skin: 'green'"):
        apply(SetAttribute("left", "skin", "green"), SCENE)
