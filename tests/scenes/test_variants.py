"""A scene in another light or mood."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from seamline.scenes.sampling import scene_from_seed
from seamline.scenes.variants import SceneVariant, lit_from, name_in, variant_from, variant_in

SCENE = scene_from_seed(5, people=3)
MOOD = SceneVariant("another-occasion", -20.5, ("sad", "neutral", "smiling"))


def test_nothing_changes_but_the_lamp() -> None:
    lit = lit_from(-50).of(SCENE)
    assert lit.light.azimuth == -50 != SCENE.light.azimuth
    assert replace(lit, light=replace(lit.light, azimuth=SCENE.light.azimuth)) == SCENE
    assert lit_from(SCENE.light.azimuth).of(SCENE) == SCENE


def test_each_person_gets_the_expression_of_its_place() -> None:
    other = MOOD.of(SCENE)
    assert tuple(person.expression for person in other.people) == MOOD.expressions
    own = tuple(person.expression for person in SCENE.people)
    assert own != MOOD.expressions
    back = SceneVariant("back", SCENE.light.azimuth, own).of(other)
    assert back == SCENE


@pytest.mark.parametrize("count", [1, 2, 4])
def test_too_few_or_too_many_expressions_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="zip"):
        SceneVariant("odd", 0, ("sad",) * count).of(SCENE)


@pytest.mark.parametrize("variant", [lit_from(-50), lit_from(0), lit_from(2.5), MOOD], ids=lambda one: one.name)
def test_what_is_recorded_leads_back_to_it(variant: SceneVariant) -> None:
    assert variant_from(json.loads(json.dumps(variant.facts))) == variant
    assert variant_from({**variant.facts, "guidance_scale": 3}) == variant


def test_names_tell_variants_apart_and_come_back() -> None:
    names = [lit_from(azimuth).name for azimuth in (-75, -50, 0, 2.5, 25, 50)]
    assert names == ["lamp-at--75", "lamp-at--50", "lamp-at-0", "lamp-at-2.5", "lamp-at-25", "lamp-at-50"]
    for variant in (lit_from(-75), lit_from(2.5), MOOD):
        assert variant_in(name_in("one:scene", variant)) == variant.name
    assert variant_in("one:scene") == ""


def test_it_needs_no_torch() -> None:
    code = "import seamline.scenes.variants, sys; assert not {'torch', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
