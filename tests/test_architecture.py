"""The house keeps its own rules: which way imports point, what loads when, how large a module may grow."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from seamline.cli import program

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "scripts" / "seamline"

LINE = ("blocks", "catalog", "workflow", "samples", "measures", "pages", "site")
"""Data flows along this line; an import points back along it, or stays in its room."""

FOUNDATION = {"errors", "files", "fingerprints", "locking", "seals"}
MAY_IMPORT = {room: {*FOUNDATION, *LINE[: place + 1]} for place, room in enumerate(LINE)} | {
    "errors": set(),
    "files": {"errors"},
    "fingerprints": set(),
    "locking": {"errors", "files"},
    "seals": {"errors"},
    "scenes": {*FOUNDATION, *LINE[:2], "scenes"},
    "editor": {*FOUNDATION, *LINE[:5], "scenes", "editor"},
    "cli": {*FOUNDATION, *LINE, "scenes", "editor", "bench", "cli"},
    "bench": {*FOUNDATION, *LINE[:5], "scenes", "bench"},
}
MAY_IMPORT["samples"] |= {"scenes"}
MAY_IMPORT["measures"] |= {"scenes"}

VOCABULARY = {"seamline.scenes.state", "seamline.scenes.sampling"}
"""Words and seeds of scenes, without a pixel: the catalog checks and completes recipes with them."""

DOORS = {"site/hook.py"}
"""Entry points beside the command line: MkDocs calls the hook, and the hook calls what `seamline render` calls."""

TABLES = {"editor/wording.py"}
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
LIGHT_ROOMS = ("blocks", "catalog", "workflow", "pages", "site", "cli")

MODULES = sorted(PACKAGE.rglob("*.py"))


def relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import: name the room"
            if node.module == "seamline":
                yield from (f"seamline.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""


def imports_at_start(tree: ast.Module) -> Iterator[str]:
    """What importing the module imports: everything outside functions and `if TYPE_CHECKING`."""
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imports(node)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]


def rooms_imported(path: Path) -> set[str]:
    named = set(imports(ast.parse(path.read_text(encoding="utf-8")))) - VOCABULARY
    rooms = {name.split(".")[1] for name in named if name.startswith("seamline.")}
    return rooms - {"__version__"}


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_an_import_never_points_against_the_flow(path: Path) -> None:
    room = room_of(path)
    if room in ("__init__", "__main__") or relative(path) in DOORS:
        return
    assert rooms_imported(path) <= MAY_IMPORT[room], f"{room} may import {sorted(MAY_IMPORT[room])}"


LIGHT = [
    path
    for path in MODULES
    if room_of(path) in LIGHT_ROOMS or f"seamline.{relative(path).removesuffix('.py').replace('/', '.')}" in VOCABULARY
]


@pytest.mark.parametrize("path", LIGHT, ids=relative)
def test_light_rooms_load_nothing_heavy_when_imported(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not {name.split(".")[0] for name in imports_at_start(tree)} & HEAVY


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
    for room in (*LINE, "scenes", "editor", "cli"):
        assert (PACKAGE / room / "__init__.py").is_file(), room


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


def test_the_room_map_names_every_room() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    assert rooms <= set(re.findall(r"^\| `([a-z]+)` \|", text, re.MULTILINE))


def test_constraints_pin_what_the_project_asks_for_and_name_no_index() -> None:
    import tomllib

    pinned = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line), f"not a plain pin: {line}"
            name, version = line.split("==")
            pinned[name.lower().replace("_", "-")] = version
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(name for extra in project["optional-dependencies"].values() for name in extra)]
    names = {re.split(r"[\[<>=!~ ]", name)[0].lower() for name in asked} - {"seamline"}
    assert names <= pinned.keys()
    assert pinned["torch"] == "2.13.0", "no build suffix: which build is installed is the machine's own choice"
