"""What errors, docstrings and pages tell people to type exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from seamline.cli import program

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "scripts/seamline").rglob("*.py"))
PAGES = [
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "Makefile")),
]
TEMPLATES = sorted((ROOT / "scripts/seamline").rglob("*.j2"))

COMMAND = re.compile(r"(?:(?<=[`(: ])|(?<=^))seamline ((?:--project \S+ )?)([a-z][a-z-]*)([^`\n#;|&]*)", re.MULTILINE)
"""A command line in prose, a fence or a hint; `seamline.catalog`, `pip install seamline` and the like are none."""


def texts(path: Path) -> Iterator[str]:
    if path.suffix != ".py":
        yield path.read_text(encoding="utf-8")
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def wrong(text: str) -> list[str]:
    """Command lines in `text` of a verb, or with an option, that does not exist."""
    assert isinstance(program, click.Group)
    found = []
    for line in COMMAND.finditer(text):
        if line[0].startswith("seamline program"):
            continue  # prose about it
        verb, rest = line[2], re.split(r"  |, |\)|->", line[3])[0]
        command = program.commands.get(verb)
        known = {option for one in (command.params if command else ()) for option in (*one.opts, *one.secondary_opts)}
        unknown = set(re.findall(r"(?<!\S)--[a-z][a-z-]*", rest)) - known - {"--help", "--version"}
        if command is None or unknown:
            found.append(line[0].strip())
    return found


@pytest.mark.parametrize("path", [*SOURCES, *PAGES, *TEMPLATES], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_that_is_named_exists(path: Path) -> None:
    assert [line for text in texts(path) for line in wrong(text)] == []


def test_a_command_that_does_not_exist_is_noticed() -> None:
    assert wrong("train it anew with `seamline editor train`") == ["seamline editor train"]
    assert wrong("hint: seamline samples --againn") == ["seamline samples --againn"]
    assert wrong("seamline serve --address 127.0.0.1:8001") == []
    assert sum(len(COMMAND.findall(text)) for path in SOURCES for text in texts(path)) > 50
