"""The guide to model kinds is true: its table lists the runners that there are, and its examples work."""

from __future__ import annotations

import re
import tomllib
from inspect import isabstract
from pathlib import Path

from seamline.plugins import RUNNERS
from seamline.runners.base import Runner
from seamline.runners.registry import runners

GUIDE = (Path(__file__).parents[2] / "docs/guides/add-a-model-kind.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The back-quoted words of each cell, row by row, of the table whose first column is called `heading`."""
    table = GUIDE.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0]
    return [re.findall(r"`([^`]+)`", line) for line in table.splitlines()[2:]]


def test_the_table_lists_every_runner_and_its_classes() -> None:
    shown = {(name, signature, *classes) for name, signature, *classes in rows("Runner")}
    assert shown == {(name, one.signature, *sorted(one.pipelines)) for name, one in runners().items()}


def test_each_declaration_and_each_method_to_write_is_explained() -> None:
    assert isabstract(Runner)
    declared = {name for name in Runner.__annotations__ if not name.startswith("_")} - {"stand_in_size"}
    explained = set(re.findall(r"`([a-z_]+)`", GUIDE))
    assert declared | set(Runner.__abstractmethods__) <= explained


def test_the_entry_point_shown_is_the_one_that_is_read() -> None:
    [shown] = re.findall(r"(?ms)^```toml\n(.*?)^```$", GUIDE)
    assert list(tomllib.loads(shown)["project"]["entry-points"]) == [RUNNERS.group]


def test_every_file_named_is_there() -> None:
    root = Path(__file__).parents[2]
    named = re.findall(r"`((?:tests|scripts)/[^`<>…]+)`", GUIDE)
    assert named
    assert all((root / name).exists() for name in named)
