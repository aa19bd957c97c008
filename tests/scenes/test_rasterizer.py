"""Drawn scenes: the same pixels for the same scene, and truth that matches them."""

from __future__ import annotations

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch", reason="drawing scenes needs the extra `draw`")

from seamline.scenes.edits import Exchange, SetAttribute, SetExpression, Swap, apply
from seamline.scenes.paste import elsewhere, naive_paste
from seamline.scenes.rasterizer import light_vector, rasterize
from seamline.scenes.sampling import scene_from_seed
from seamline.scenes.state import EXPRESSIONS, IDENTITY_GRID, PICTURE_SIZE, Light

SCENES = [scene_from_seed(seed) for seed in range(6)]
WIDTH, HEIGHT = PICTURE_SIZE


@pytest.fixture(scope="module")
def drawn():  # type: ignore[no-untyped-def]
    return rasterize(SCENES)


def test_shapes_and_ranges(drawn) -> None:  # type: ignore[no-untyped-def]
    assert drawn.picture.shape == (6, 3, HEIGHT, WIDTH)
    assert drawn.picture.dtype == torch.float32
    assert drawn.picture.min() >= 0 and drawn.picture.max() <= 1
    assert drawn.picture.isfinite().all()
    assert drawn.face_masks.shape == drawn.person_masks.shape == drawn.skin_masks.shape == (6, 3, HEIGHT, WIDTH)
    assert drawn.landmarks.shape == (6, 3, 5, 2)


def test_a_picture_does_not_depend_on_its_batch(drawn) -> None:  # type: ignore[no-untyped-def]
    alone = rasterize([SCENES[3]])
    assert (alone.picture[0] - drawn.picture[3]).abs().max() < 1e-5


def test_any_size(drawn) -> None:  # type: ignore[no-untyped-def]
    small = rasterize(SCENES[:1], WIDTH // 2, HEIGHT // 2)
    averaged = torch.nn.functional.avg_pool2d(drawn.picture[:1], 2)[0]
    assert (averaged - small.picture[0]).abs().mean() < 0.02


def test_a_pixel_where_a_jaw_has_no_width_is_finite() -> None:
    """In held-out scene 500069, edited, at 384 x 256, pixel (216, 382) lay exactly where the taper leaves no width."""
    from seamline.scenes.traits import head_outline

    class Jaw:
        u, v = torch.tensor([[[0.0, 0.7, -0.7]]]), torch.tensor([[[2.0, 2.0, 2.0]]])

    class Tapered:
        width, taper, power = torch.tensor(0.8), torch.tensor(0.25), torch.tensor(2.6)

    radius, u, _ = head_outline(Jaw(), Tapered())  # type: ignore[arg-type]
    assert radius.isfinite().all() and u.isfinite().all()
    assert radius[0, 0, 1] > 1000, "outside the head"
    drawn = rasterize([apply(Exchange("middle", "right"), scene_from_seed(500_069))], 384, 256)
    assert drawn.picture.isfinite().all() and drawn.normals.isfinite().all()


def test_masks_are_shares_of_a_pixel(drawn) -> None:  # type: ignore[no-untyped-def]
    assert drawn.person_masks.sum(1).max() <= 1 + 1e-4
    assert (drawn.face_masks <= drawn.person_masks + 1e-5).all()
    assert (drawn.skin_masks <= drawn.face_masks + 1e-5).all()
    for index, scene in enumerate(SCENES):
        present = drawn.face_masks[index].amax((1, 2)) > 0.5
        assert present.tolist() == [place < len(scene.people) for place in range(3)]


def test_normals_are_unit_on_people_and_zero_on_the_wall(drawn) -> None:  # type: ignore[no-untyped-def]
    size = drawn.normals.norm(dim=1)
    people = drawn.person_masks.sum(1)
    assert (size[people > 0.99] - 1).abs().max() < 1e-4
    assert size[people == 0].max() == 0


def test_landmarks_lie_on_their_heads(drawn) -> None:  # type: ignore[no-untyped-def]
    for index, scene in enumerate(SCENES):
        for place in range(len(scene.people)):
            x, y = drawn.landmarks[index, place, 2].round().long().tolist()
            covered = drawn.person_masks[index, place + 1 :, y, x].sum() if place < 2 else 0
            assert drawn.face_masks[index, place, y, x] + covered > 0.9


@pytest.mark.parametrize("attribute", IDENTITY_GRID)
def test_every_value_of_every_attribute_can_be_seen(attribute: str) -> None:
    values = IDENTITY_GRID[attribute]
    plain = apply(Swap("left", {"hat": "none", "hair_style": "short"}), scene_from_seed(21, people=2))
    pictures = rasterize([apply(SetAttribute("left", attribute, value), plain) for value in values])
    for one in range(len(values)):
        for other in range(one):
            change = (pictures.picture[one] - pictures.picture[other]).abs().amax(0)
            assert (change > 0.06).sum() > 20, (values[one], values[other])


def test_every_expression_can_be_seen() -> None:
    plain = apply(Swap("left", {}), scene_from_seed(21, people=2))
    pictures = rasterize([apply(SetExpression("left", expression), plain) for expression in EXPRESSIONS]).picture
    for one in range(len(EXPRESSIONS)):
        for other in range(one):
            assert ((pictures[one] - pictures[other]).abs().amax(0) > 0.1).sum() > 25


def test_an_edit_leaves_the_rest_of_the_people_alone() -> None:
    scene = scene_from_seed(33, people=3)
    pair = rasterize([scene, apply(Swap("left", {"age": "old", "skin": "dark", "hair_style": "long"}), scene)])
    others = torch.minimum(pair.person_masks[0, 1:].sum(0), pair.person_masks[1, 1:].sum(0)) > 0.999
    assert (pair.picture[0] - pair.picture[1]).abs()[:, others].max() < 1e-5


def test_the_lit_side_is_the_brighter_side() -> None:
    scene = scene_from_seed(21, people=2)
    for azimuth in (-60.0, 60.0):
        lit = replace(scene, light=Light(azimuth, 20.0, 0.0, 0.7))
        drawing = rasterize([lit])
        skin, normals = drawing.skin_masks[0, 0] > 0.9, drawing.normals[0, 0]
        luminance = drawing.picture[0].mean(0)
        towards = normals * light_vector(lit.light)[0] > 0
        assert luminance[skin & towards].mean() > luminance[skin & ~towards].mean() + 0.05


def test_pasting_takes_another_light_and_expression_and_touches_only_the_face() -> None:
    scene, edit = scene_from_seed(9, people=2), Swap("left", {"age": "old"})
    donor = elsewhere(apply(edit, scene), 0)
    assert donor.light.azimuth * scene.light.azimuth <= 0 or abs(scene.light.azimuth) <= 30
    assert all(a.expression != b.expression for a, b in zip(donor.people, scene.people, strict=True))
    pasted, before = naive_paste(scene, edit), rasterize([scene])
    changed = (pasted - before.picture[0]).abs().amax(0) > 0.01
    assert changed.sum() > 300
    assert not changed[:, int(0.73 * WIDTH) :].any()
