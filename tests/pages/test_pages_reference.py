"""Reference pages are made from the program: nothing can be missing from them."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from page_projects import DOCS, REPOSITORY, make_project
from page_reading import html_of

from seamline.catalog.io.json_schema import field_table
from seamline.cli import program
from seamline.cli.reference import commands
from seamline.pages import render
from seamline.site import tree as site_tree

REFERENCE = {
    **DOCS,
    "reference/cli.md": "# Commands\n\n{{ cli_reference() }}\n",
    "reference/catalog.md": "# Fields\n\n{{ catalog_reference() }}\n",
    "benchmarks.md": "# Benchmarks\n\n{{ benchmarks() }}\n",
}


@pytest.fixture(scope="module")
def tree() -> dict[str, str | bytes]:
    return render(make_project(docs=REFERENCE, commands=commands))


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


def test_pages_need_no_command_line() -> None:
    script = "import sys; from pathlib import Path; from seamline.pages import load_site_data, render\n"
    script += "print(len(render(load_site_data(Path('.')))), {'click', 'seamline.cli'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    pages, loaded = done.stdout.split(maxsplit=1)
    assert int(pages) > 20 and loaded.strip() == "set()"


def test_whoever_renders_the_project_gets_its_commands_described() -> None:
    page = site_tree.site_data(REPOSITORY).commands()
    assert page == commands() and page[0].name == "seamline"
    (render_command,) = (one for one in page if one.name == "seamline render")
    assert render_command.usage == "[OPTIONS]"
    assert [block.verbatim for block in render_command.help] == [False, False, True]
    assert "--check" in [option.name for option in render_command.options]
