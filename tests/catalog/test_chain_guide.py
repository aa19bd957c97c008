"""The guide to chains is true: its samples are sound, and its table is of the operations there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from seamline.blocks.ports import port_type
from seamline.catalog.io.loading import catalog_of, read_files
from seamline.catalog.recipe import Recipe
from seamline.catalog.recipe_reading import recipe_of
from seamline.plugins import OPERATIONS

from .conftest import REPOSITORY

GUIDE = (REPOSITORY / "docs/guides/chain-models.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"(?ms)^```yaml\n(.*?)^```$", GUIDE)


def recipe(sample: str) -> Recipe:
    models = {name: data for name, data in read_files(REPOSITORY).items() if "/models/" in name or "/papers/" in name}
    catalog = catalog_of(Path("nowhere"), {**models, "catalog/samples/s.yml": sample.encode()})
    return recipe_of(catalog.samples["s"], catalog.models)


@pytest.mark.parametrize("sample", EXAMPLES)
def test_every_sample_shown_is_sound(sample: str) -> None:
    assert recipe(sample).steps


def test_the_two_spellings_are_one_recipe() -> None:
    chain, short, long = map(recipe, EXAMPLES)
    assert short == long
    assert [step.name for step in chain.steps] == ["grey", "smile", "changed"]


def test_the_table_lists_every_operation_with_its_ports() -> None:
    rows = re.findall(r"(?m)^\| `(\w+)` \| (.*?) \| (.*?) \| (.*?) \|$", GUIDE)
    assert {name for name, *_ in rows} == set(OPERATIONS.all)
    for name, takes, gives, what in rows:
        operation = OPERATIONS.all[name]
        sides = [
            ", ".join(f"`{port}`: {port_type(code).noun}" for port, code in side.items())
            for side in (operation.inputs, operation.outputs)
        ]
        assert [takes, gives] == sides and what == operation.summary
