"""What samples declare of exhibits: read, refused, written again, and described for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from exhibits.fake_run import RECIPE, SAMPLE, sample_of
from pydantic import ValidationError

from seamline.catalog.closed_catalog import Read
from seamline.catalog.cross_checks import problems_between
from seamline.catalog.entries import Sample
from seamline.catalog.entries.exhibit_declarations import Exhibits, exhibit_fields
from seamline.catalog.io.json_schema import schemas
from seamline.catalog.reading.yaml_reader import read_yaml
from seamline.exhibits.base import Exhibit
from seamline.exhibits.fragments import exhibits
from seamline.plugins import EXHIBITS

ALL = pytest.mark.parametrize("kind", exhibits(), ids=lambda kind: kind.name)
DECLARED = tuple(kind for kind in exhibits() if kind.declaration is not None)


@ALL
def test_a_folder_is_whole(kind: Exhibit[Any]) -> None:
    assert kind.folder.name == kind.name
    assert kind.text("docs.md").strip()
    assert 'extends "exhibit.html.j2"' in kind.text("template.html.j2")
    assert (kind.declaration is None) == (not kind.example) == (not kind.description)


@pytest.mark.parametrize("kind", DECLARED, ids=lambda kind: kind.name)
def test_an_example_is_a_declaration(kind: Exhibit[Any]) -> None:
    declared = sample_of(exhibits=yaml.safe_load(kind.example)).exhibits
    assert tuple(declared) == declared.declared == (kind.name,)


def test_declarations_are_a_frozen_mapping_in_the_order_of_pages() -> None:
    declared = SAMPLE.exhibits
    assert declared.declared == tuple(kind.name for kind in DECLARED), "the painted sample declares everything"
    assert declared["denoising"].snapshots == 8
    assert declared.get("mood") is None
    with pytest.raises(TypeError):
        declared["seeds"] = (1,)  # type: ignore[index]
    with pytest.raises(AttributeError):
        declared.more = 1  # type: ignore[attr-defined]


def test_what_is_declared_as_nothing_is_not_declared() -> None:
    nothing = {"attention": False, "seeds": [], "denoising": None}
    assert sample_of(exhibits=nothing).exhibits == Exhibits() == Exhibits({"attention": False, "seeds": ()})
    assert "exhibits" not in sample_of(exhibits=nothing).model_dump(exclude_defaults=True)


def test_declarations_are_written_as_a_file_spells_them() -> None:
    given = {"seeds": [3, 1], "denoising": {"snapshots": 9}, "attention": True}
    sample = sample_of(exhibits=given)
    assert sample.exhibits.model_dump(mode="json") == sample.model_dump(mode="json")["exhibits"] == given
    assert list(sample.exhibits.model_dump()) == ["denoising", "attention", "seeds"]
    plain = sample_of(exhibits={"denoising": {"snapshots": 10}}).exhibits
    assert plain.model_dump(mode="json", exclude_defaults=True) == {"denoising": {}}
    again = sample_of(exhibits=sample.exhibits.model_dump(mode="json"))
    assert again.exhibits == sample.exhibits


@pytest.mark.parametrize(
    ("declared", "loc"),
    [
        ({"seeds": [1, -2]}, ("exhibits", "seeds", 1)),
        ({"guidance_grid": {"guidance_scale": [2, 3]}}, ("exhibits", "guidance_grid", "image_guidance_scale")),
        ({"denoising": {"snapshots": 7}}, ("exhibits", "denoising", "snapshots")),
        ({"nothing": True}, ("exhibits", "nothing")),
    ],
)
def test_a_fault_is_located_and_hides_no_other(declared: dict[str, object], loc: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        sample_of(exhibits=declared, title="")
    assert {error["loc"] for error in caught.value.errors()} == {loc, ("title",)}


def test_editors_learn_every_exhibit() -> None:
    fields = json.loads(schemas()["sample.json"])["properties"]["exhibits"]
    assert list(fields["properties"]) == [kind.name for kind in DECLARED] == list(exhibit_fields().model_fields)
    assert [field["description"] for field in fields["properties"].values()] == [kind.description for kind in DECLARED]
    assert fields["additionalProperties"] is False


RECIPE_FILE = "title: A\nexhibits:\n  attention: true\n  seeds: [1, 1]\n"


def problems_of(sample: Sample) -> set[tuple[int, str, str]]:
    """Line, field and what is wrong, of a sample that `RECIPE_FILE` is taken for the text of."""
    read = Read("catalog/samples/one.yml", "one", sample, read_yaml(RECIPE_FILE))
    nothing: dict[str, dict[str, Read]] = {"questions": {}, "models": {}, "papers": {}}
    known = {name: frozenset[str]() for name in nothing} | {"models": frozenset({"instruct-pix2pix"})}
    problems = problems_between(Path("nowhere"), nothing | {"samples": {"one": read}}, known)
    return {(one.line, one.field, one.what) for one in problems}


def test_an_exhibit_checks_its_own_declaration() -> None:
    twice = (4, "exhibits.seeds", "`1` is listed 2 times")
    assert problems_of(sample_of(exhibits={"seeds": [1, 1]})) == {twice}
    photo = {"path": "a.jpg", "licence": "CC0", "credit": "me", "consent": "given"}
    of_photo = sample_of(input={"photo": photo}, truth=None, exhibits={"baseline_comparison": True})
    said = [what for _, field, what in problems_of(of_photo) if field == "exhibits.baseline_comparison"]
    assert sorted(what.partition(" ")[0] for what in said) == ["needs", "shows"]


def test_an_exhibit_of_a_runner_needs_a_step_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = sample_of(exhibits={"attention": True})
    assert problems_of(sample) == set()
    monkeypatch.setattr(type(EXHIBITS.all["attention"]), "runner", "another")
    assert problems_of(sample) == {
        (3, "exhibits.attention", "is of steps that `another` runs, and this sample has none")
    }
    unknown = Sample.model_validate({**RECIPE, "exhibits": {"attention": True}})
    assert problems_of(unknown) == set(), "of a model that is not known, nothing is said"
