"""What errors, docstrings and pages tell people to type exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from seamline.cli import program

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path for room in ("seamline", "tools") for path in (ROOT / "scripts" / room).rglob("*.py"))
PAGES = [
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "Makefile")),
    *sorted((ROOT / "catalog/weights").glob("*/README.md")),
    *sorted((ROOT / "catalog/weights").glob("*/training.yml")),
]
TEMPLATES = sorted((ROOT / "scripts/seamline").rglob("*.j2"))

COMMAND = re.compile(r"(?:(?<=[`(: ])|(?<=^))seamline ((?:--project \S+ )?)([a-z][a-z-]*)([^`\n#;|&]*)", re.MULTILINE)
"""A command line in prose, a fence or a hint; `seamline.catalog`, `pip install seamline` and the like are none."""

TARGET = re.compile(
    r"`(make [^`\n]+)`|^(?:\$ |#   )?(make [a-z-]+(?: ARGS=(?:'[^'\n]*'|[^\s']+))?)(?=\s*$| +#|  )", re.MULTILINE
)
"""In prose, "make" is also a verb: a target stands in a code span, or begins a line of code."""
TOOL = re.compile(r"python -m (tools(?:\.\w+)+)([^`\n#;|&]*)")


def texts(path: Path) -> Iterator[str]:
    if path.suffix != ".py":
        yield path.read_text(encoding="utf-8")
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def unknown_options(command: click.Command, words: str) -> set[str]:
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    words = re.split(r"  |, |\)|->", words)[0]
    return set(re.findall(r"(?<!\S)--[a-z][a-z-]*", words)) - known - {"--help", "--version"}


def tool(module: str) -> click.Command | None:
    """The command that `python -m <module>` runs."""
    try:
        spec = find_spec(module)
        if spec is None:
            return None
        loaded = import_module(f"{module}.__main__" if spec.submodule_search_locations else module)
    except ModuleNotFoundError:
        return None
    return next((value for value in vars(loaded).values() if isinstance(value, click.Command)), None)


def targets() -> dict[str, str]:
    """Targets of the Makefile, and the module of tools that each runs, if it runs one."""
    found = {}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for names, recipe in re.findall(r"^([a-z][a-z -]*):[^\n]*\n((?:\t.*\n)*)", makefile, re.MULTILINE):
        for name in names.split():
            module = re.search(r"-m (tools\.[\w$@]+) \$\(ARGS\)", recipe)
            found[name] = module[1].replace("$@", name) if module else ""
    return found


def wrong_tools(text: str) -> list[str]:
    """Command lines in `text` of a module of `tools`, or with an option, that does not exist."""
    found = []
    for line in TOOL.finditer(text):
        command = tool(line[1])
        if command is None or unknown_options(command, line[2]):
            found.append(line[0].strip())
    return found


def wrong_targets(text: str) -> list[str]:
    """`make <target>` in `text` of a target that does not exist, or with options that its command does not have."""
    found, known = [], targets()
    for quoted in TARGET.findall(text):
        line = "".join(quoted)
        words = re.fullmatch(r"make (?:[A-Z]+=\S+ )?([a-z-]+)(?: ARGS=(.*))?", line)
        command = tool(known.get(words[1]) or "tools.none") if words else None
        unknown = words and words[2] and (command is None or unknown_options(command, words[2].strip("'")))
        if words is None or words[1] not in known or unknown:
            found.append(line)
    return found


def wrong(text: str) -> list[str]:
    """Command lines in `text` of a verb, or with an option, that does not exist."""
    assert isinstance(program, click.Group)
    found = []
    for line in COMMAND.finditer(text):
        if line[0].startswith("seamline program"):
            continue  # prose about it
        command = program.commands.get(line[2])
        if command is None or unknown_options(command, line[3]):
            found.append(line[0].strip())
    return found


@pytest.mark.parametrize("path", [*SOURCES, *PAGES, *TEMPLATES], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_that_is_named_exists(path: Path) -> None:
    found = [line for text in texts(path) for line in (*wrong(text), *wrong_tools(text), *wrong_targets(text))]
    assert found == []


def test_a_command_that_does_not_exist_is_noticed() -> None:
    assert wrong("train it anew with `seamline editor train`") == ["seamline editor train"]
    assert wrong("hint: seamline samples --againn") == ["seamline samples --againn"]
    assert wrong("seamline serve --address 127.0.0.1:8001") == []
    assert sum(len(COMMAND.findall(text)) for path in SOURCES for text in texts(path)) > 40


def test_a_tool_or_a_target_that_does_not_exist_is_noticed() -> None:
    assert wrong_tools("run `python -m tools.training_of_fleas` now") == ["python -m tools.training_of_fleas"]
    assert wrong_tools("python -m tools.evaluate --count 24 --no-rekord    a look") == [
        "python -m tools.evaluate --count 24 --no-rekord    a look"
    ]
    assert wrong_tools("python -m tools.training") == ["python -m tools.training"], "a package that is no program"
    assert wrong_tools("python -m tools.bench --only engine") == []
    assert wrong_targets("`make banch` measures") == ["make banch"]
    assert wrong_targets("$ make train ARGS='--devize cuda'   # there") == ["make train ARGS='--devize cuda'"]
    assert wrong_targets("$ make train ARGS='--device cuda'   # there\n`make site` and make him smile") == []
    assert targets()["evaluate"] == "tools.evaluate" and targets()["audit-web"] == "tools.web_audit"
    assert sum(len(TARGET.findall(text)) for path in PAGES for text in texts(path)) > 20
