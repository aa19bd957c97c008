"""All measures of one edit, on scenes where the answer is known: the truth, no edit, the wrong person, a paste."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from seamline.measures.builtin.closeness import PSNR_CAP
from seamline.measures.edited_picture import measure_attention, measure_edit
from seamline.measures.ground_truth import IDENTITY_CANDIDATES, SceneTruth, scene_truth
from seamline.measures.registry import MEASURES, measure_named
from seamline.scenes.edits import Edit, Exchange, SetAttribute, SetExpression, Swap
from seamline.scenes.sampling import scene_from_seed

torch = pytest.importorskip("torch", reason="scenes are drawn with torch")

SCENE = scene_from_seed(4, people=2)
SWAP = Swap("left", {"presentation": "man", "skin": "dark", "hair_style": "short", "hair_colour": "red"})


@cache
def truth_of(kind: str) -> SceneTruth:
    other = "sad" if SCENE.people[1].expression != "sad" else "laughing"
    edits: dict[str, Edit] = {
        "swap": SWAP,
        "exchange": Exchange("left", "right"),
        "attribute": SetAttribute("right", "hat", "hat"),
        "expression": SetExpression("right", other),
    }
    return scene_truth(SCENE, edits[kind])


def measured(image: Any, truth: SceneTruth) -> dict[str, float]:
    return measure_edit(image, truth.before, truth)


@pytest.mark.parametrize("kind", ["swap", "exchange", "attribute", "expression"])
def test_the_true_picture_is_right_in_everything(kind: str) -> None:
    truth = truth_of(kind)
    values = measured(truth.picture, truth)
    assert values["psnr_face"] == PSNR_CAP
    assert values["ssim_face"] == values["edit_strength"] == 1.0
    assert values["right_person"] == values["expression"] == 1.0
    assert values["change_outside"] == 0.0
    assert values["light_angle"] < 20
    assert values["light_agreement"] > 0.85
    assert all(value == 1.0 for name, value in values.items() if name == "identity" or name.startswith("attribute_"))


def test_what_is_asked_decides_what_is_measured() -> None:
    assert {f"attribute_{name}" for name in SWAP.to} <= measured(truth_of("swap").picture, truth_of("swap")).keys()
    assert "identity" not in measured(truth_of("expression").picture, truth_of("expression"))
    assert len(truth_of("exchange").people) == 2


def test_what_cannot_be_seen_is_not_asked() -> None:
    covered = scene_truth(SCENE, Swap("left", {"hat": "headscarf", "hair_colour": "red", "hair_style": "long"}), 96, 64)
    values = measured(covered.picture, covered)
    named = {name: value for name, value in values.items() if name.startswith("attribute_")}
    assert named == {"attribute_hat": 1.0, "attribute_hair_colour": 1.0}, "eyebrows show the colour, nothing the style"


def test_no_edit_changes_nothing_and_reaches_nobody() -> None:
    truth = truth_of("swap")
    values = measured(truth.before, truth)
    assert values["psnr_outside"] == PSNR_CAP
    assert values["change"] == values["edit_strength"] == values["right_person"] == values["identity"] == 0.0
    assert values["seam_visibility"] == 0.0
    assert values["light_agreement"] == pytest.approx(1.0)


def test_the_wrong_person_is_found_out() -> None:
    truth = truth_of("swap")
    wrong = truth.before.copy()
    wrong[truth.heads[1] > 0.5] = 0.5
    assert measured(wrong, truth)["right_person"] == 0.0


def test_another_identity_and_another_expression_are_found_out() -> None:
    truth = truth_of("swap")
    person = truth.people[0]
    assert person.identity is not None
    assert len(person.identity.candidates) == IDENTITY_CANDIDATES
    for wrong in person.identity.candidates[1:]:
        assert measured(wrong, truth)["identity"] == 0.0
    for index, candidate in enumerate(person.expression.candidates):
        assert measured(candidate, truth)["expression"] == float(index == person.expression.right)


def test_a_paste_is_told_from_the_truth_by_its_light_and_its_expression() -> None:
    from seamline.scenes.paste import naive_paste

    truth = truth_of("swap")
    pasted = measured(np.moveaxis(naive_paste(SCENE, SWAP).numpy(), 0, -1), truth)
    true = measured(truth.picture, truth)
    assert pasted["expression"] == 0.0
    assert pasted["light_angle"] > true["light_angle"] + 20
    assert pasted["light_agreement"] < true["light_agreement"] - 0.3
    assert pasted["luminance_slope"] * true["luminance_slope"] < 0


def test_a_photo_has_only_what_pixels_can_tell() -> None:
    truth = truth_of("swap")
    values = measure_edit(truth.picture, truth.before)
    assert set(values) == {name for name, measure in MEASURES.items() if not measure.needs_truth}
    assert 0.05 < values["change"] < 0.5


def test_every_value_has_a_registered_measure_and_lies_in_its_range() -> None:
    rng = np.random.default_rng(0)
    for kind in ("swap", "exchange", "attribute", "expression"):
        truth = truth_of(kind)
        for image in (truth.before, truth.picture, rng.random(truth.before.shape)):
            for name, value in measured(image, truth).items():
                measure = measure_named(name)
                assert measure.low is None or value >= measure.low, name
                assert measure.high is None or value <= measure.high, name
                assert value == round(value, 5)


def test_every_registered_measure_is_taken() -> None:
    taken = {
        measure_named(name).name
        for kind in ("swap", "attribute")
        for name in measured(truth_of(kind).picture, truth_of(kind))
    }
    assert taken == {name for name, measure in MEASURES.items() if measure.of != "attention"}
    truth = truth_of("swap")
    assert measure_attention(0.1 + truth.region, truth.region).keys() == set(MEASURES) - taken
    assert measure_attention(0.1 + truth.region, None) == {}


def test_a_picture_that_is_no_picture_is_refused() -> None:
    truth = truth_of("swap")
    image = truth.picture.copy()
    image[3, 4] = np.nan
    with pytest.raises(ValueError, match=r"3 values of a picture are NaN or infinite, the first at \(3, 4\)"):
        measured(image, truth)
    with pytest.raises(ValueError, match="of one size"):
        measured(truth.picture[:-1], truth)


def test_of_several_people_averages_are_means_and_answers_are_the_worst() -> None:
    truth = truth_of("exchange")
    half = truth.before.copy()
    at = truth.heads[truth.edited[0]] > 0.5
    half[at] = truth.picture[at]
    alone = [measured(half, replace(truth, people=[person])) for person in truth.people]
    both = measured(half, truth)
    assert {one["identity"] for one in alone} == {0.0, 1.0} and both["identity"] == 0.0
    assert both["light_angle"] == pytest.approx(sum(one["light_angle"] for one in alone) / 2, abs=1e-4)


def test_truth_is_the_same_twice() -> None:
    first, second = truth_of("swap"), scene_truth(SCENE, SWAP)
    assert np.array_equal(first.picture, second.picture)
    assert first.people[0].identity is not None
    assert second.people[0].identity is not None
    for one, other in zip(first.people[0].identity.candidates, second.people[0].identity.candidates, strict=True):
        assert np.array_equal(one, other)
