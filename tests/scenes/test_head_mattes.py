"""True mattes belong to the picture pixel by pixel, hold the neck and nothing of the clothes; strands are soft."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("torch", reason="scenes need the `draw` extra")

import torch

from seamline.scenes.head_mattes import rasterize_mattes, without_headwear
from seamline.scenes.rasterizer import rasterize
from seamline.scenes.sampling import scene_from_seed

SCENES = [scene_from_seed(seed) for seed in range(4)]


def test_the_picture_is_the_rasterizers_to_the_bit_and_a_batch_changes_nothing() -> None:
    plain, matted = rasterize(SCENES), rasterize_mattes(SCENES)
    assert torch.equal(plain.picture, matted.picture)
    alone = rasterize_mattes(SCENES[2:3])
    assert torch.equal(alone.mattes[0], matted.mattes[2])


def test_a_matte_holds_the_head_and_the_neck_and_shares_no_pixel_with_others() -> None:
    plain, matted = rasterize(SCENES), rasterize_mattes(SCENES)
    assert (matted.mattes - plain.face_masks).min() > -1e-6, "no part of the head is left out"
    assert (matted.mattes - plain.person_masks).max() < 1e-6
    assert matted.mattes.sum(1).max() < 1 + 1e-5
    neck = (matted.mattes - plain.face_masks).sum((-1, -2))
    for index, scene in enumerate(SCENES):
        for place, person in enumerate(scene.people):
            assert person.identity.hat == "headscarf" or neck[index, place] > 60
    assert not matted.mattes[[index for index, scene in enumerate(SCENES) if len(scene.people) == 2], 2].any()


def test_other_clothes_change_exactly_what_the_matte_leaves_out() -> None:
    """The neck is bounded from both sides: it takes none of the clothes, and leaves none of the skin."""
    for scene in map(without_headwear, SCENES):
        person = replace(scene.people[0], clothes=(scene.people[0].clothes + 3) % 10)
        other = replace(scene, people=(person, *scene.people[1:]))
        drawn, matted = rasterize([scene, other]), rasterize_mattes([scene, other])
        change = (matted.picture[0] - matted.picture[1]).abs().amax(0)
        matte, whole = matted.mattes[0, 0], drawn.person_masks[0, 0]
        assert (change > 1 - matte + 1e-5).sum() == 0
        clothes = (whole - matte) > 0.99
        assert clothes.sum() > 200 and (change[clothes] > 0.004).float().mean() > 0.95
        assert change[matte == 1].max() < 1e-5


def test_a_person_in_front_hides_the_matte_behind() -> None:
    scene = SCENES[0]
    first, second = scene.people[:2]
    near = replace(second, x=first.x + 0.05)
    hidden = rasterize_mattes([replace(scene, people=(first, near))]).mattes[0]
    free = rasterize_mattes([replace(scene, people=(first,))]).mattes[0]
    assert hidden[0].sum() < 0.8 * free[0].sum()


def test_strands_are_soft_and_part_of_the_matte() -> None:
    bare = [without_headwear(scene_from_seed(seed)) for seed in (500_002, 500_005)]
    plain, loose = (rasterize_mattes(bare, 384, 256, strands=which) for which in (False, True))

    def soft(mattes: torch.Tensor) -> float:
        return ((mattes > 0.02) & (mattes < 0.98)).float().mean().item()

    assert soft(loose.mattes) > 1.5 * soft(plain.mattes)
    added = (loose.mattes - plain.mattes)[0, 0]
    changed = (loose.picture - plain.picture)[0].abs().amax(0)
    assert added.max() < 0.6, "a hair is thinner than a pixel"
    assert changed[added > 0.1].median() > 0.01
