"""An instruction and its truth mean the same person."""

from __future__ import annotations

import pytest

from seamline.catalog import load
from seamline.catalog.positions import contradicts, positions_in
from seamline.errors import CatalogError

from .conftest import FILES, REPOSITORY, Project

SAMPLE = "catalog/samples/wave.yml"


@pytest.mark.parametrize(
    ("instruction", "places"),
    [
        ("give the person on the left grey hair", {"left"}),
        ("give the left person grey hair", {"left"}),
        ("make the rightmost woman smile", {"right"}),
        ("swap the face in the centre with an old man", {"middle"}),
        ("make the middle one older", {"middle"}),
        ("swap the faces of the person on the left and the person on the right", {"left", "right"}),
        ("make the right-hand man smile", {"right"}),
        ("make the left person's right neighbour smile", set()),
        ("make whoever stands to the right of the left person smile", set()),
        ("give her a scar on the right cheek", set()),
        ("light the face from the left", set()),
        ("make her right away smile, in the right light", set()),
        ("turn the wall behind them into a beach", set()),
    ],
)
def test_places_that_an_instruction_names(instruction: str, places: set[str]) -> None:
    assert positions_in(instruction) == places


@pytest.mark.parametrize(
    ("instruction", "people", "wrong"),
    [
        ("swap the face on the right with an old man", {"left"}, True),
        ("swap the face on the left with that of the man on the right", {"left"}, False),
        ("swap the faces on the left and in the middle", {"left", "right"}, True),
        ("exchange the left person's face", {"left", "right"}, False),
        ("make them smile", {"left"}, False),
    ],
)
def test_what_contradicts(instruction: str, people: set[str], wrong: bool) -> None:
    assert contradicts(instruction, frozenset(people)) is wrong


def test_a_truth_of_another_person_is_a_problem_with_its_line(project: Project) -> None:
    with pytest.raises(CatalogError) as caught:
        load(project(**{SAMPLE: FILES[SAMPLE].replace("the left person", "the right person")}))
    (found,) = caught.value.problems
    assert (found.file, found.line, found.field) == (SAMPLE, 10, "truth.attribute.person")
    assert "`left`" in found.what and "right" in found.what


def test_our_own_samples_mean_whom_they_say() -> None:
    assert load(REPOSITORY).samples
