from __future__ import annotations

import pytest
from exhibits.fake_run import scores
from hypothesis import given
from hypothesis import strategies as st

from seamline.exhibits.numbers import PLAIN_LABELS, SHORT_LABELS, best_of, numbers, scale_text, value_text, verdict
from seamline.exhibits.view import crop
from seamline.exhibits.word_ablation.context import differing
from seamline.measures.registry import MEASURES


def test_numbers_keep_the_order_asked_for_and_skip_what_was_not_measured() -> None:
    found = numbers({"change_outside": 0.012, "psnr_face": 21.44}, ("psnr_face", "identity", "change_outside"))
    assert [(item.name, item.text) for item in found] == [("psnr_face", "21.4 dB"), ("change_outside", "1 %")]


def test_one_attribute_is_spelt_out_and_several_are_counted() -> None:
    (found,) = numbers({"attribute_hair_colour": 1.0}, ("attribute",))
    assert (found.label, found.text) == ("Hair colour arrived", "yes")
    three = {"attribute_age": 1.0, "attribute_glasses": 0.0, "attribute_hair_style": 1.0}
    (found,) = numbers(three, ("attribute",))
    assert (found.label, found.text) == ("Attributes", "2 of 3")
    assert best_of([three, three | {"attribute_glasses": 1.0}], 1) == {"attribute"}


def test_labels_can_be_said_more_plainly() -> None:
    (found,) = numbers({"change_outside": 0.5}, ("change_outside",), labels=PLAIN_LABELS)
    assert (found.name, found.label) == ("change_outside", "Pixels changed elsewhere")
    assert set(PLAIN_LABELS) | set(SHORT_LABELS) <= set(MEASURES)


def test_best_leads_at_least_one_and_trails_none() -> None:
    rivals = [{"light_angle": 70.0, "identity": 1.0}, {"light_angle": 9.0, "identity": 1.0, "edit_strength": 0.9}]
    assert best_of(rivals, 1) == {"light_angle"}
    assert best_of(rivals, 0) == frozenset()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"identity": 0.0}, "Fails: the face asked for does not arrive."),
        ({"edit_strength": 0.2}, "Fails: only 20 % of the change is made."),
        ({"edit_strength": -0.1}, "Fails: only 0 % of the change is made."),
        ({"expression": 0.0}, "Fails: the expression is not the one it should be."),
        ({"change_outside": 0.31}, "Fails: 31 % of the pixels outside change."),
        (
            {"edit_strength": 0.2, "change_outside": 0.31},
            "Fails: only 20 % of the change is made, 31 % of the pixels outside change.",
        ),
    ],
)
def test_a_verdict_says_how_it_fails(given: dict[str, float], words: str) -> None:
    assert verdict(scores(**given)) == (True, words)


def test_a_good_edit_says_what_it_keeps() -> None:
    assert verdict(scores()) == (False, "Does what was asked, and keeps 99 % of the pixels outside.")
    assert verdict(scores(change_outside=0.001))[1].endswith("keeps over 99 % of the pixels outside.")
    assert verdict(scores(change_outside=0.0))[1].endswith("keeps 100 % of the pixels outside.")


def test_an_attribute_that_does_not_arrive_is_named_though_the_face_does() -> None:
    measured = {"attribute_hair_colour": 0.0, "edit_strength": 0.9}
    assert verdict(measured) == (True, "Fails: the hair colour asked for does not arrive.")
    assert verdict(measured | {"identity": 1.0}) == (True, "Fails: the hair colour asked for does not arrive.")


def test_a_photo_gets_no_verdict() -> None:
    assert verdict({"change": 0.3, "light_agreement": 0.9}) == (False, "")


@pytest.mark.parametrize(("value", "text"), [(3.0, "3"), (7.5, "7.5"), (1.2, "1.2"), (12.0, "12")])
def test_scales_are_written_short(value: float, text: str) -> None:
    assert scale_text(value) == value_text(str(value)) == text


def test_a_setting_that_is_no_number_stays_as_it_is() -> None:
    assert value_text("DDIMScheduler") == "DDIMScheduler"


def test_differing_finds_the_word_wherever_it_stands() -> None:
    marked = [word.text for word in differing("a red hat on the man", "a blue hat on the man") if word.differs]
    assert marked == ["red"]
    assert not any(word.differs for word in differing("the same", "the same"))


@given(
    st.integers(0, 150), st.integers(0, 100), st.integers(1, 100), st.integers(1, 60), st.sampled_from([192, 256, 512])
)
def test_a_close_up_is_a_square_inside_the_picture_that_holds_the_region(
    left: int, top: int, wide: int, tall: int, width: int
) -> None:
    height = width * 2 // 3
    right, bottom = min(left + wide, width), min(top + tall, height)
    found = crop((left, top, right, bottom), width, height)
    if right - left > 0.55 * width:
        assert found == ""
        return
    x, y, across, down = map(int, found.split())
    assert across == down
    assert x >= 0
    assert y >= 0
    assert x + across <= width
    assert y + down <= height
    if across >= max(right - left, bottom - top) + 2:
        assert x <= left
        assert x + across >= right
        assert y <= top
        assert y + down >= bottom


@pytest.mark.parametrize("spill", [0.049, 0.0501, 0.05077, 0.0534, 0.0549])
def test_a_share_that_is_printed_as_allowed_is_allowed(spill: float) -> None:
    """`At most 5 %` and `fails: 5 %` cannot both be printed: the rule goes by the number that readers see."""
    assert verdict(scores(change_outside=spill))[0] is False
    assert not verdict(scores(edit_strength=0.4951))[0], "printed as 50 %"


@pytest.mark.parametrize(("spill", "said"), [(0.0551, "6 %"), (0.07, "7 %")])
def test_a_share_that_is_printed_as_more_fails(spill: float, said: str) -> None:
    assert verdict(scores(change_outside=spill)) == (True, f"Fails: {said} of the pixels outside change.")


def test_the_best_seam_is_the_one_nearest_to_the_true_pictures() -> None:
    paste, blurred, edit, truth = ({"seam_visibility": value} for value in (0.32, 0.02, 0.30, 0.34))
    rivals = [paste, blurred, edit]
    assert [best_of(rivals, at, truth) for at in range(3)] == [{"seam_visibility"}, set(), set()]
    assert best_of(rivals, 1) == set(), "without the truth, none can be said to be best"
    assert MEASURES["seam_visibility"].better == MEASURES["luminance_slope"].better == "nearest"


def test_an_age_that_does_not_arrive_fails_an_edit_of_it() -> None:
    assert verdict({"attribute_age": 0.0, "edit_strength": 0.9}) == (True, "Fails: the age asked for does not arrive.")
