"""Reference pages are made from the program: nothing can be missing from them."""

from __future__ import annotations

import click
import pytest
from page_projects import DOCS, make_project
from page_reading import html_of

from seamline.catalog.schema import field_table
from seamline.cli import program
from seamline.pages import render

REFERENCE = {
    **DOCS,
    "reference/cli.md": "# Commands\n\n{{ cli_reference() }}\n",
    "reference/catalog.md": "# Fields\n\n{{ catalog_reference() }}\n",
    "benchmarks.md": "# Benchmarks\n\n{{ benchmarks() }}\n",
}


@pytest.fixture(scope="module")
def tree() -> dict[str, str | bytes]:
    return render(make_project(docs=REFERENCE, commands=program))


def words(tree: dict[str, str | bytes], path: str) -> str:
    return " ".join(html_of(str(tree[path])).text_content().split())


def test_every_command_and_option_is_documented(tree: dict[str, str | bytes]) -> None:
    page = words(tree, "reference/cli/index.md")
    context = click.Context(program, info_name="seamline")
    names = program.list_commands(context)
    assert {"import", "check", "samples", "render", "build", "serve", "audit", "doctor"} <= set(names)
    for name in names:
        assert f"seamline {name}" in page
        command = program.get_command(context, name)
        assert command is not None
        for option in (one for one in command.params if isinstance(one, click.Option) and not one.hidden):
            assert option.opts[0] in page, f"{name} {option.opts[0]}"


@pytest.mark.parametrize("kind", ["question", "model", "paper", "sample"])
def test_every_catalog_field_is_documented(kind: str, tree: dict[str, str | bytes]) -> None:
    names = [code.text_content() for code in html_of(str(tree["reference/catalog/index.md"])).iter("code")]
    rows = field_table(kind)
    assert rows
    for row in rows:
        assert row.name in names, f"{kind}.{row.name}"
        assert row.description, f"{kind}.{row.name} is not described"


def test_benchmarks_that_were_not_run_are_said_to_be_missing(tree: dict[str, str | bytes]) -> None:
    assert "Not measured yet" in words(tree, "benchmarks/index.md")
