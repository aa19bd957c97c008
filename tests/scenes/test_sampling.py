"""Scenes come from seeds alone, and no attribute is tied to another."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter

import pytest

from seamline.scenes.sampling import FIRST_TRAINING_SEED, identity_from, scene_from_seed
from seamline.scenes.state import EXPRESSIONS, IDENTITY_GRID, Identity

STYLES_OF_SEED_1 = ["bun", "short", "short"]
PEOPLE = [person for seed in range(2_500) for person in scene_from_seed(seed).people]


def test_a_seed_always_gives_the_same_scene() -> None:
    assert scene_from_seed(7) == scene_from_seed(7)
    assert scene_from_seed(7) != scene_from_seed(8)
    # Written down, so that a change of the sampling cannot silently change committed pictures.
    assert [person.identity.hair_style for person in scene_from_seed(1, 3).people] == STYLES_OF_SEED_1


def test_the_number_of_people_can_be_asked_for() -> None:
    assert {len(scene_from_seed(seed).people) for seed in range(40)} == {2, 3}
    assert len(scene_from_seed(5, people=3).people) == 3


@pytest.mark.parametrize(("seed", "people"), [(-1, None), (3, 4), (3, 1)])
def test_impossible_scenes_are_refused(seed: int, people: int | None) -> None:
    with pytest.raises(ValueError, match="2 or 3 people"):
        scene_from_seed(seed, people)


@pytest.mark.parametrize("name", [name for name in IDENTITY_GRID if name not in ("glasses", "beard", "hat")])
def test_every_value_of_the_grid_is_as_frequent_as_its_neighbours(name: str) -> None:
    counts = Counter(getattr(person.identity, name) for person in PEOPLE)
    fair = len(PEOPLE) / len(IDENTITY_GRID[name])
    assert set(counts) == set(IDENTITY_GRID[name])
    assert all(abs(count - fair) < 5 * math.sqrt(fair) for count in counts.values()), counts


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(IDENTITY_GRID, 2)))
def test_no_attribute_tells_another(first: str, second: str) -> None:
    pairs = Counter((getattr(p.identity, first), getattr(p.identity, second)) for p in PEOPLE)
    alone, other = (Counter(getattr(p.identity, name) for p in PEOPLE) for name in (first, second))
    for a, b in itertools.product(IDENTITY_GRID[first], IDENTITY_GRID[second]):
        expected = alone[a] * other[b] / len(PEOPLE)
        assert abs(pairs[a, b] - expected) < 5 * math.sqrt(expected), (a, b)


def test_every_expression_occurs_with_every_age() -> None:
    seen = {(person.expression, person.identity.age) for person in PEOPLE}
    assert seen == set(itertools.product(EXPRESSIONS, IDENTITY_GRID["age"]))


def test_an_identity_outside_the_grid_is_refused() -> None:
    good = identity_from(random.Random(0))
    values = {name: getattr(good, name) for name in IDENTITY_GRID}
    with pytest.raises(ValueError, match="hair_style: 'mohawk' is not one of short"):
        Identity(**{**values, "hair_style": "mohawk"})


def test_shown_seeds_are_below_the_training_seeds() -> None:
    from seamline.catalog.entries import SceneInput

    highest = next(rule.lt for rule in SceneInput.model_fields["seed"].metadata if hasattr(rule, "lt"))
    assert highest == FIRST_TRAINING_SEED
