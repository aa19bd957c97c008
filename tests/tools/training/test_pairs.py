"""Pairs can be learnt in both directions, and graphs never leave the training range."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamline.scenes.edits import Swap, apply
from seamline.scenes.sampling import FIRST_TRAINING_SEED, scene_from_seed
from seamline.scenes.state import ACCESSORIES, Scene
from tools.training import data
from tools.training.config import TrainingPlan
from tools.training.data import pair_graph, training_graph
from tools.training.pairs import between, edit_for

KINDS = ("swap", "exchange", "attribute", "expression")


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(KINDS), st.randoms(use_true_random=False))
def test_every_edit_can_be_undone_in_words(seed: int, kind: str, rng: random.Random) -> None:
    scene = scene_from_seed(seed)
    edit = edit_for(scene, kind, rng)
    after = apply(edit, scene)
    assert apply(between(scene, after, edit), scene) == after
    assert apply(between(after, scene, edit), after) == scene


def test_a_swap_names_what_strikes_the_eye() -> None:
    for seed in range(100):
        edit = edit_for(scene_from_seed(seed), "swap", random.Random(seed))
        assert isinstance(edit, Swap)
        assert {"presentation", "age", "hair_style"} <= set(edit.to)
        assert "hair_colour" in edit.to or edit.to["hair_style"] == "bald"
        assert all(edit.to[name] != "none" for name in ACCESSORIES if name in edit.to)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no kind of edit"):
        edit_for(scene_from_seed(1), "teleport", random.Random(0))


def test_pairs_of_a_graph_lead_where_they_say() -> None:
    graph = pair_graph(range(2_000_000, 2_000_012), TrainingPlan().pictures, random.Random(0))
    assert {pair.kind for pair in graph.pairs} <= set(KINDS)
    for pair in graph.pairs:
        assert apply(pair.edit, graph.scenes[pair.before]) == graph.scenes[pair.after]


def test_training_graphs_never_touch_reserved_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def remembered(seed: int, people: int | None = None) -> Scene:
        asked.append(seed)
        return scene_from_seed(seed, people)

    monkeypatch.setattr(data, "scene_from_seed", remembered)
    plan = TrainingPlan()
    for index in (0, 1, 400):
        training_graph(index, plan)
    assert len(set(asked)) == 3 * plan.unet.scenes_per_shard
    assert min(asked) >= FIRST_TRAINING_SEED


def test_a_graph_is_the_same_every_time() -> None:
    assert training_graph(3, TrainingPlan()) == training_graph(3, TrainingPlan())
