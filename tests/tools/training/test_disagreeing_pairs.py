"""Pairs that do not agree: another light and other expressions in each picture, and nothing else."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace

from seamline.scenes.edits import SetExpression, apply
from seamline.scenes.state import Scene
from tools.training.config import TrainingPlan
from tools.training.data import PairGraph, pair_graph

SEEDS = range(2_000_000, 2_000_024)
AGREE = TrainingPlan().pictures
DIFFER = AGREE.model_copy(update={"pairs_agree": False, "edits": {**AGREE.edits, "expression": 0.5}})

GRAPH_BEFORE = "914dce8135485369"
"""Start of the sha256 of the graph of `SEEDS` as it was before pairs could differ."""


def differing() -> PairGraph:
    return pair_graph(SEEDS, DIFFER, random.Random(0))


def bare(scene: Scene) -> Scene:
    """A scene without its light, and everybody neutral."""
    people = tuple(replace(person, expression="neutral") for person in scene.people)
    return replace(scene, people=people, light=None)  # type: ignore[arg-type]


def test_pairs_that_agree_are_what_they_were() -> None:
    graph = pair_graph(SEEDS, AGREE, random.Random(0))
    assert hashlib.sha256(repr(graph).encode()).hexdigest().startswith(GRAPH_BEFORE)


def test_light_and_expressions_are_drawn_anew_for_each_picture() -> None:
    graph = differing()
    lights = [(graph.scenes[pair.before].light, graph.scenes[pair.after].light) for pair in graph.pairs]
    assert all(one != other for one, other in lights)
    moods = [
        [person.expression for person in graph.scenes[at].people]
        for pair in graph.pairs
        if pair.kind == "swap"
        for at in (pair.before, pair.after)
    ]
    same = sum(one == other for one, other in zip(moods[::2], moods[1::2], strict=True))
    assert same / (len(moods) / 2) < 0.2, "as often as chance has it"


def test_but_for_these_a_pair_leads_where_its_edit_says() -> None:
    graph = differing()
    for pair in graph.pairs:
        edited = apply(pair.edit, graph.scenes[pair.before])
        assert bare(edited) == bare(graph.scenes[pair.after]), pair.kind


def test_an_expression_that_is_asked_for_holds() -> None:
    graph = differing()
    asked = [pair for pair in graph.pairs if isinstance(pair.edit, SetExpression)]
    assert len(asked) > 8
    for pair in asked:
        assert isinstance(pair.edit, SetExpression)
        after = graph.scenes[pair.after]
        assert after.people[after.index(pair.edit.person)].expression == pair.edit.expression


def test_the_same_plan_gives_the_same_pairs() -> None:
    assert differing() == differing()
