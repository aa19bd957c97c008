"""The house keeps its own rules: which way imports point, what loads when, how large a module may grow."""

from __future__ import annotations

import ast
import graphlib
import re
import tokenize
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
from importlinter.cli import lint_imports

from seamline.cli import program
from tools import import_graph

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "scripts"
PACKAGE, TOOLS = SCRIPTS / "seamline", SCRIPTS / "tools"

TABLES = {"tools/training/templates.py"}
"""Lists of words, as long as language is."""

HEAVY = {
    "torch",
    "diffusers",
    "transformers",
    "accelerate",
    "safetensors",
    "ray",
    "numpy",
    "skimage",
    "scipy",
    "imagehash",
}

HEAVY_ROOMS = {"scenes", "reader", "runners", "measures"}
"""Rooms that compute: some of their modules import torch or numpy at the top. Every other room is loaded by commands
that need no model, and imports such modules inside the function that needs them."""

FULL_FOLDERS = {"seamline/catalog": 16, "tools/training": 27}
"""Folders that hold more modules than a reader keeps in mind, and how many they hold. The aim is `MOST` for each:
lower a number when modules move into a folder of their own, and never raise one."""

MOST = 15
"""Modules directly in a folder, `__init__.py` and `__main__.py` not counted."""

HOMONYMS = {"catalog": {"seamline.catalog", "seamline.cli.catalog"}}
"""Names that several modules have. The aim is none, but for a command's module that is named as the room it calls:
a name in an editor's tab, a traceback or a search then says which module it is."""

PLUGIN_FOLDERS = ("seamline.runners", "seamline.exhibits", "seamline.measures")
"""In folders of these rooms file names are fixed (`runner.py`, `parameters.py`), so they repeat."""

FIXED_NAMES = {"base", "registry"}
"""Names that mean one thing wherever they stand: the contract of what a folder holds, and the list of what it found."""

MODULES = sorted([*PACKAGE.rglob("*.py"), *TOOLS.rglob("*.py")])
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def relative(path: Path) -> str:
    return path.relative_to(SCRIPTS).as_posix()


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(SCRIPTS).with_suffix("").parts).removesuffix(".__init__")


BY_NAME = {name_of(path): path for path in MODULES}


def contract(key: str) -> dict[str, Any]:
    (found,) = (one for one in CONFIG["tool"]["importlinter"]["contracts"] if one["id"] == key)
    return dict(found)


def room_map() -> list[str]:
    """Rooms in the order of CONTRIBUTING's table."""
    return re.findall(r"^\| `([a-z]+)` \|", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)


def imported_names(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """Modules and members that a statement names; `from a import b` names `a` and `a.b`."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    else:
        yield node.module or ""
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_at_start(tree: ast.Module) -> Iterator[str]:
    """What importing the module imports: everything outside functions and `if TYPE_CHECKING`."""
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imported_names(node)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]


@cache
def loaded_by(name: str) -> frozenset[str]:
    """What importing a module of ours names directly: modules of ours with the packages around them, and libraries."""
    named = set(imports_at_start(ast.parse(BY_NAME[name].read_text(encoding="utf-8"))))
    ours = {one for one in named if one in BY_NAME}
    around = {".".join(one.split(".")[:depth]) for one in {*ours, name} for depth in range(1, one.count(".") + 1)}
    libraries = {one.split(".")[0] for one in named} - {"seamline", "tools"}
    return frozenset(ours | around | libraries)


def way_to_heavy(start: str) -> list[str]:
    """The first chain of imports by which importing `start` loads a heavy library; empty if there is none."""
    ways = {start: [start]}
    waiting = [start]
    while waiting:
        at = waiting.pop(0)
        for one in sorted(loaded_by(at) - ways.keys()):
            ways[one] = [*ways[at], one]
            if one in HEAVY:
                return ways[one]
            if one in BY_NAME:
                waiting.append(one)
    return []


def test_the_contracts_on_imports_hold(capsys: pytest.CaptureFixture[str]) -> None:
    """As `make check` runs them; a failure says which import, in which line, points the wrong way."""
    passed = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True) == 0
    assert passed, capsys.readouterr().out


def test_the_contract_has_the_order_of_the_room_map() -> None:
    layers = [layer.strip("()") for layer in contract("rooms")["layers"]]
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    assert [room for room in reversed(layers) if room in rooms] == room_map()


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Function-local imports count: they hide a circle from Python, not from whoever reads the code."""
    order = graphlib.TopologicalSorter(import_graph.module_graph("seamline", "tools"))
    try:
        order.prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"a circle: {' <- '.join(error.args[1])}")


def test_the_drawing_of_the_rooms_is_what_the_code_imports() -> None:
    held = import_graph.in_guide((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert held == import_graph.drawing(), "run: python -m tools.import_graph --write"


def test_an_arrow_that_follows_from_others_is_not_drawn() -> None:
    graph = {"a": frozenset("bcd"), "b": frozenset("c"), "c": frozenset("d"), "d": frozenset[str]()}
    assert import_graph.reduced(graph) == {"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": set()}


def test_a_room_that_nothing_imports_is_drawn_too() -> None:
    graph = {"a": frozenset("b"), "b": frozenset[str](), "c": frozenset[str]()}
    assert import_graph.mermaid(graph) == "```mermaid\nflowchart TD\n    a --> b\n    c\n```\n"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_no_import_is_relative(path: Path) -> None:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    assert not [node.lineno for node in nodes if isinstance(node, ast.ImportFrom) and node.level], "name the room"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_no_program_needs_what_only_tests_need(path: Path) -> None:
    nodes = [
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    needed = {name.split(".")[0] for node in nodes for name in imported_names(node)}
    assert not needed & {"hypothesis", "pytest", "unittest"}


LIGHT = sorted(
    name
    for name in BY_NAME
    if name.startswith("seamline") and (name.count(".") < 1 or name.split(".")[1] not in HEAVY_ROOMS)
)


@pytest.mark.parametrize("name", LIGHT)
def test_light_rooms_load_nothing_heavy_when_imported(name: str) -> None:
    """Neither by themselves nor through what they import; `import torch` inside the function that needs it is fine."""
    assert way_to_heavy(name) == []


def test_rooms_that_are_not_light_have_a_reason() -> None:
    for room in HEAVY_ROOMS:
        assert any(way_to_heavy(name) for name in BY_NAME if name.startswith(f"seamline.{room}.")), f"{room} is light"


def test_no_folder_is_a_heap_of_modules() -> None:
    counted = Counter(path.parent for path in MODULES if path.stem not in ("__init__", "__main__"))
    found = {relative(folder): count for folder, count in counted.items() if count > MOST}
    assert found.keys() <= FULL_FOLDERS.keys(), f"more than {MOST} modules: sort them into folders by what they are for"
    assert {folder: FULL_FOLDERS[folder] for folder in found} == found, "lower the number where it fell; never raise it"
    assert found.keys() == FULL_FOLDERS.keys(), "strike out what is sorted now"


def test_a_name_is_one_modules() -> None:
    having: dict[str, set[str]] = {}
    for name in BY_NAME:
        if name.startswith(tuple(f"{room}." for room in PLUGIN_FOLDERS)) and name.count(".") > 2:
            continue
        having.setdefault(name.split(".")[-1], set()).add(name)
    shared = {
        name: modules for name, modules in having.items() if len(modules) > 1 and name not in {"__main__", *FIXED_NAMES}
    }
    assert shared == HOMONYMS, "give the new module a name that says what is in it, and strike out names that are gone"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_module_stays_small_and_finished(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") < 320 or relative(path) in TABLES, "one idea a module: move one out"
    with path.open("rb") as file:
        comments = [token.string for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
    assert not [comment for comment in comments if re.search(r"\b(TODO|FIXME|XXX)\b", comment)]


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) or not tree.body, "a module with code has a docstring"


def test_every_room_is_a_package_with_types() -> None:
    assert (PACKAGE / "py.typed").is_file()
    for folder in {path.parent for path in MODULES}:
        assert (folder / "__init__.py").is_file(), folder


def verbs() -> list[str]:
    assert isinstance(program, click.Group)
    return sorted(program.commands)


@pytest.mark.parametrize("verb", verbs())
def test_every_verb_is_in_the_readme_with_an_example_in_its_help(verb: str) -> None:
    assert f"`{verb}`" in (ROOT / "README.md").read_text(encoding="utf-8")
    command = program.commands[verb]
    assert "Examples:" in (command.help or "")
    assert f"seamline {verb}" in (command.help or "")


def test_the_readme_names_no_verb_that_does_not_exist() -> None:
    table = re.findall(r"^\| (`[^|]*`) \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    named = {verb for row in table for verb in re.findall(r"`([a-z]+)`", row)}
    assert named == set(verbs())


def test_links_and_pictures_of_the_readme_are_there() -> None:
    named = re.findall(r"\]\(([^)#]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_what_is_pinned_runs_on_the_oldest_python_that_is_asked_for() -> None:
    """A pin that asks for a later patch of Python breaks set-up with a resolver's riddle."""
    from importlib.metadata import distributions

    from packaging.specifiers import SpecifierSet

    pins = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    asked = [
        (found.metadata["Name"], found.metadata.get("Requires-Python") or "")
        for found in distributions()
        if found.metadata["Name"].lower().replace("_", "-") in pins
    ]
    assert len(asked) > 50
    assert [name for name, python in asked if not SpecifierSet(python).contains("3.11.0")] == []


def test_constraints_pin_what_the_project_asks_for_and_name_no_index() -> None:
    pinned = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line), f"not a plain pin: {line}"
            name, version = line.split("==")
            pinned[name.lower().replace("_", "-")] = version
    project = CONFIG["project"]
    asked = [*project["dependencies"], *(name for extra in project["optional-dependencies"].values() for name in extra)]
    own = {"seamline", "seamline-mini-editor", "seamline-reader"}
    names = {re.split(r"[\[<>=!~ ]", name)[0].lower() for name in asked} - own
    assert names <= pinned.keys()
    assert pinned["torch"] == "2.13.0", "no build suffix: which build is installed is the machine's own choice"
