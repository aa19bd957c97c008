"""Groups: two sets of edits that differ in traits alone, their figures by hand, and the committed record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy")
torch = pytest.importorskip("torch", reason="drawing needs the `draw` extra")

from scipy import stats

from seamline.formulation.declared_traits import TraitFile
from seamline.formulation.trait_reading import read_traits
from seamline.measures import standing
from seamline.runners.base import Picture
from seamline.scenes.edits import apply
from seamline.seals import read_sealed
from tools.groups import edited_sets
from tools.groups.edited_sets import DEMOGRAPHIC, SYSTEMATIC, GroupEdit, edits_of, made_and_measured
from tools.groups.group_figures import (
    all_figures,
    compared,
    figures_of,
    groups_of,
    holm,
    judged,
    outcome,
    standing_apart,
)
from tools.groups.group_sheets import cells_of, pair_of
from tools.record_text import compact_text_of, plain
from tools.training.evaluation import rasterized
from tools.training.held_out import HeldOut

ROOT = Path(__file__).parents[2]
RECORD = ROOT / standing.GROUPS


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Rasterizing is thousands of small operations: threads would wait for each other at each of them."""
    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(cores)


@pytest.fixture(scope="module")
def declared() -> TraitFile:
    return read_traits(ROOT / edited_sets.TRAITS)


@pytest.fixture(scope="module")
def edits(declared: TraitFile) -> dict[str, list[GroupEdit]]:
    return edits_of(declared, 0)


def row(edit: GroupEdit, **values: float) -> dict[str, Any]:
    """A row of an edit that went right in everything but `values`."""
    attributes = {f"attribute_{name}": 1.0 for name in edit.prompt.told if name in ("skin", "hair_style", "hat", "age")}
    right = {"identity": 1.0, "expression": 1.0, "light_angle": 3.0, "psnr_face": 20.0, **attributes}
    nothing = {
        "identity": 0.0,
        "expression": 1.0,
        "light_angle": 30.0,
        "psnr_face": 10.0,
        **dict.fromkeys(attributes, 0.0),
    }
    return {
        "place": edit.place,
        "seed": edit.held_out.seed,
        "instruction": edit.held_out.instruction,
        "traits": dict(edit.prompt.row),
        "told": list(edit.prompt.told),
        "ways": {"edit": {**right, **values}, "no_edit": nothing, "ceiling": right},
    }


def test_the_two_sets_differ_in_what_is_not_demographic_alone(edits: dict[str, list[GroupEdit]]) -> None:
    assert len(edits[SYSTEMATIC]) == len(edits[DEMOGRAPHIC]) < 60
    for one, other in zip(edits[SYSTEMATIC], edits[DEMOGRAPHIC], strict=True):
        assert (one.held_out.seed, one.held_out.scene) == (other.held_out.seed, other.held_out.scene)
        shared = ("presentation", "age", "skin", "person", "expression", "light")
        assert [one.prompt.row[name] for name in shared] == [other.prompt.row[name] for name in shared]
        assert other.held_out.instruction.endswith("short brown hair and a round face")
        for edit in (one, other):
            assert apply(edit.held_out.edit, edit.held_out.scene) != edit.held_out.scene


def test_finished_edits_are_kept_and_measured_against_their_own_truth(
    edits: dict[str, list[GroupEdit]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def perfect(_: Any, some: Sequence[HeldOut], inputs: Mapping[int, Picture], *, steps: int) -> list[Picture]:
        assert steps == edited_sets.STEPS
        made.extend(one.seed for one in some)
        assert set(inputs) == {one.seed for one in some}
        return [rasterized(apply(one.edit, one.scene)) for one in some]

    monkeypatch.setattr(edited_sets, "edit_pictures", perfect)
    monkeypatch.setattr(edited_sets, "autoencoder_round_trip", lambda _, picture: picture)
    monkeypatch.setattr(edited_sets, "BATCH", 1)
    two = edits[SYSTEMATIC][:2]
    first = list(made_and_measured(None, two[:1], tmp_path))
    rows = list(made_and_measured(None, two, tmp_path))
    assert rows[:1] == first
    assert made == [one.held_out.seed for one in two], "the first was made once"
    for one in rows:
        assert all(outcome(one, "edit", name) == 1 for name in ("identity", "attributes", "expression"))
        assert outcome(one, "no_edit", "identity") == 0
        assert one["ways"]["edit"]["psnr_face"] > 40
        assert one["ways"]["no_edit"]["psnr_face"] < 20


def test_shares_have_wilsons_interval_and_nothing_done_beside_them(edits: dict[str, list[GroupEdit]]) -> None:
    rows = [row(edit, attribute_skin=float(edit.place >= 3)) for edit in edits[SYSTEMATIC]]
    figures = figures_of(rows)["attributes"]
    n = len(rows)
    wilson = stats.binomtest(n - 3, n).proportion_ci(method="wilson")
    assert (figures["edit"].n, figures["edit"].value) == (n, round((n - 3) / n, 5))
    assert (figures["edit"].low, figures["edit"].high) == (round(wilson.low, 5), round(wilson.high, 5))
    assert figures["no_edit"].value == 0 and figures["ceiling"].value == 1


def test_age_counts_like_any_attribute_and_light_has_a_threshold(edits: dict[str, list[GroupEdit]]) -> None:
    one = edits[SYSTEMATIC][0]
    assert outcome(row(one, attribute_age=0.0), "edit", "attributes") == 0
    assert outcome(row(one, attribute_skin=0.0), "edit", "attributes") == 0
    assert [outcome(row(one, light_angle=angle), "edit", "light") for angle in (20.0, 20.1)] == [1, 0]
    assert judged(row(one, attribute_skin=0.0, attribute_age=0.0))["missed"] == ["age", "skin"]


def test_what_a_prompt_does_not_tell_is_no_group(edits: dict[str, list[GroupEdit]], declared: TraitFile) -> None:
    for edit in edits[SYSTEMATIC]:
        groups = groups_of(row(edit), declared)
        untold = edit.prompt.row["hair_style"] == "bald" and edit.prompt.row["beard"] == "none"
        assert ("hair_colour" in groups) is not untold
        assert groups["hat"] == edit.prompt.row["hat"], "none is told by silence"
        assert groups["accessories"] == str(
            sum(edit.prompt.row[name] != "none" for name in ("glasses", "beard", "hat"))
        )


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]


def test_a_group_that_fails_stands_apart_and_luck_does_not(declared: TraitFile) -> None:
    some = edits_of(declared, 150)[SYSTEMATIC]
    planted = [row(edit, attribute_skin=float(edit.prompt.row["hat"] != "headscarf")) for edit in some]
    found = standing_apart(planted, declared)
    assert (found[0]["trait"], found[0]["value"], found[0]["outcome"]) == ("hat", "headscarf", "attributes")
    assert (found[0]["wrong"], found[0]["n"], found[0]["rest_wrong"]) == (50, 50, 0)
    assert {one["outcome"] for one in found} == {"attributes"}
    lucky = [row(edit, attribute_skin=float(edit.place % 7 != 3)) for edit in some]
    assert standing_apart(lucky, declared) == []


def test_sets_are_compared_by_pairs(edits: dict[str, list[GroupEdit]]) -> None:
    grid = [row(edit, attribute_skin=float(edit.place >= 5), psnr_face=19.0) for edit in edits[SYSTEMATIC]]
    plain = [row(edit, attribute_skin=float(edit.place != 40)) for edit in edits[DEMOGRAPHIC]]
    found = compared(grid, plain, ["attributes", "psnr_face", "identity"])
    assert (found["attributes"]["only_second"], found["attributes"]["only_first"]) == (5, 1)
    assert found["attributes"]["p"] == pytest.approx(2 * (1 + 6) / 2**6, rel=1e-2)
    assert found["psnr_face"]["difference"].value == -1
    assert found["identity"]["p"] == 1


def test_cells_open_what_went_wrong_first_and_the_pair_is_one_place(
    edits: dict[str, list[GroupEdit]], declared: TraitFile
) -> None:
    grid = [row(edit, attribute_skin=float(edit.prompt.row["hat"] != "hat")) for edit in edits[SYSTEMATIC]]
    plain = [row(edit) for edit in edits[DEMOGRAPHIC]]
    cells = cells_of(grid, declared)
    wrong = {one["place"] for one in grid if one["traits"]["hat"] == "hat"}
    assert set(cells["hat"]["hat"]["attributes"]) <= wrong and len(cells["hat"]["hat"]["attributes"]) == 2
    assert not set(cells["hat"]["none"]["attributes"]) & wrong
    mixed = cells["skin"]["dark"]["attributes"]
    assert [place in wrong for place in mixed] == [True, True, False]
    assert pair_of(grid, plain, declared) == min(wrong)


def test_the_committed_record_is_whole_and_of_this_code_and_its_figures_follow_from_its_rows(
    declared: TraitFile,
) -> None:
    body = read_sealed(RECORD, "make groups")
    assert body is not None
    record = json.loads(body)
    assert standing.why_outdated(ROOT, record) == ""
    rows = record.pop("rows")
    again = plain(all_figures(rows, declared))
    assert {"sets": record["sets"], "harder": record["harder"]} == json.loads(json.dumps(again))
    assert all(judged(one) == one for some in rows.values() for one in some)
    assert len(rows[SYSTEMATIC]) == len(rows[DEMOGRAPHIC]) == record["facts"]["edits"] == 300
    for name, some in rows.items():
        assert (ROOT / "docs" / record["shown"][name]["file"]).is_file()
        assert [one["place"] for one in some] == list(range(300))
    assert json.loads(compact_text_of({**record, "rows": rows}))["rows"] == rows


def test_a_changed_file_of_traits_outdates_the_record() -> None:
    record = json.loads(read_sealed(RECORD, "make groups") or b"")
    record["made_with"]["files"][standing.GROUPED_TRAITS] = "0" * 64
    assert standing.why_outdated(ROOT, record) == f"{standing.GROUPED_TRAITS} has changed since"
