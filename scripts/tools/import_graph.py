"""The structure of `scripts/seamline/` as its imports show it, drawn for CONTRIBUTING.md.

    python -m tools.import_graph            print the drawing, as Mermaid text
    python -m tools.import_graph --write    put it into CONTRIBUTING.md

For one room's inside, in Graphviz' language: `import-linter drawgraph seamline.runs`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import click
import grimp

from seamline.files import write_if_changed

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "CONTRIBUTING.md"

_DRAWING = re.compile(r"(?<=<!-- imports -->\n).*?(?=<!-- /imports -->)", re.DOTALL)


def module_graph(*packages: str) -> Mapping[str, frozenset[str]]:
    """Which modules each module imports, inside functions too; what only a type checker reads does not count."""
    graph = grimp.build_graph(*packages, exclude_type_checking_imports=True, cache_dir=None)
    return {module: frozenset(graph.find_modules_directly_imported_by(module)) for module in sorted(graph.modules)}


def room_graph(modules: Mapping[str, frozenset[str]], package: str = "seamline") -> Mapping[str, frozenset[str]]:
    """Which rooms each room imports, itself left out. A room is a package directly below `package`."""
    rooms = {module.split(".")[1] for module in modules if module.startswith(f"{package}.") and module.count(".") > 1}

    def room_of(module: str) -> str:
        return module.split(".")[1] if module.startswith(f"{package}.") else ""

    found: dict[str, set[str]] = {room: set() for room in sorted(rooms)}
    for module, imported in modules.items():
        if room_of(module) in rooms:
            found[room_of(module)] |= {room_of(one) for one in imported} & rooms - {room_of(module)}
    return {room: frozenset(imported) for room, imported in found.items()}


def reduced(graph: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    """The fewest arrows that lead to the same rooms: the transitive reduction, where the graph has no circle.

    Source: Aho, Garey, Ullman, "The Transitive Reduction of a Directed Graph", SIAM J. Comput. 1(2), 1972.
    """

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            new = graph[waiting.pop()] - seen
            seen |= new
            waiting += new
        return seen

    return {room: frozenset(imported - set().union(*map(reached, imported))) for room, imported in graph.items()}


def mermaid(graph: Mapping[str, frozenset[str]]) -> str:
    """The drawing as a Mermaid code block: an arrow from each room to a room that it imports."""
    arrows = [f"    {room} --> {one}" for room in sorted(graph) for one in sorted(graph[room])]
    alone = [f"    {room}" for room in sorted(graph.keys() - set().union(*graph.values())) if not graph[room]]
    return "\n".join(["```mermaid", "flowchart TD", *arrows, *alone, "```"]) + "\n"


def drawing() -> str:
    """The rooms of Seamline, without the imports that the contract `rooms` in pyproject.toml excepts."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    excepted = {
        one for contract in contracts if contract["id"] == "rooms" for one in contract.get("ignore_imports", ())
    }
    modules = module_graph("seamline")
    kept = {
        name: frozenset(one for one in imported if f"{name} -> {one}" not in excepted)
        for name, imported in modules.items()
    }
    return mermaid(reduced(room_graph(kept)))


def in_guide(text: str) -> str:
    """The drawing that a text of CONTRIBUTING.md holds; empty where it has no place for one."""
    found = _DRAWING.search(text)
    return found[0] if found else ""


@click.command()
@click.option("--write", is_flag=True, help="Put the drawing into CONTRIBUTING.md instead of printing it.")
def main(write: bool) -> None:
    """Draw what the rooms of the package import."""
    if write:
        text = GUIDE.read_text(encoding="utf-8")
        write_if_changed(GUIDE, _DRAWING.sub(lambda _: drawing(), text))
    else:
        print(drawing(), end="")


if __name__ == "__main__":
    main()
