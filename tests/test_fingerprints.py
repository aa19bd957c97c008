"""Code that decides pixels and numbers is noticed when it changes, and not when it only reads otherwise."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from seamline.fingerprints import (
    DECIDES_NOTHING,
    PACKAGE,
    SETS,
    WORDS,
    fingerprint,
    fingerprint_of,
    source_of,
    statements,
)
from seamline.hashing import Hashes, digest_of
from seamline.runners.registry import runners

RUNNER_CODE = {name: runner.code for name, runner in runners().items()}
CODE = {**SETS, **RUNNER_CODE}
TOGETHER = {
    **{name: {"scenes", "inputs", "photos", "encoding", name} for name in RUNNER_CODE},
    "measures": {"measures", "run measures", "scenes"},
    "evaluation": {"evaluation", "measures", "scenes", "instruct_pix2pix"},
}
"""Code that one key or record holds together: sets, and what decides a runner's outputs."""

PLAIN = "LIMIT = 0.5\ndef f(x, y=2):\n    if x > LIMIT:\n        raise ValueError('too much')\n    return x * y\n"


class Forgetful:
    def digest(self, computed_from: str, compute: Callable[[], Any]) -> str:
        return digest_of(compute())


@pytest.mark.parametrize(
    "source",
    [
        "# a comment\n" + PLAIN,
        "'what it is for'\nimport os\nfrom seamline import files\n" + PLAIN,
        PLAIN.replace("LIMIT = 0.5", "LIMIT: float = 0.5\n'half'"),
        PLAIN.replace("def f(x, y=2):", "def f(x: float, y: int = 2) -> float:\n    'Docs.'\n    import math\n"),
        PLAIN.replace("return x * y", "return (\n        x\n        * y\n    )  # why"),
        PLAIN.replace("too much", "more than half"),
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy\n" + PLAIN,
        PLAIN.partition("def")[1] + PLAIN.partition("def")[2] + PLAIN.partition("def")[0],
    ],
)
def test_what_changes_nothing_is_not_noticed(source: str) -> None:
    assert sorted(statements(source)) == sorted(statements(PLAIN))


@pytest.mark.parametrize(
    ("old", "new"),
    [("0.5", "0.6"), ("x * y", "y * x"), ("x > L", "x >= L"), ("y=2", "y=3"), ("y=2", "y=True"), ("0.5", "'0.5'")],
)
def test_what_changes_something_is_noticed(old: str, new: str) -> None:
    assert sorted(statements(PLAIN.replace(old, new))) != sorted(statements(PLAIN))


def test_one_definition_of_a_module_can_count_alone() -> None:
    assert statements(PLAIN + "def g(): pass\n", "f") == statements(PLAIN, "f") != []


@pytest.fixture
def package(tmp_path: Path) -> Path:
    without_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE.parent / "tools", tmp_path / "tools", ignore=without_caches)
    return Path(shutil.copytree(PACKAGE, tmp_path / "seamline", ignore=without_caches))


@pytest.mark.parametrize(
    ("module", "old", "new", "noticed"),
    [
        ("measures/builtin/change.py", "CHANGE_THRESHOLD = ", "CHANGE_THRESHOLD = 3 * ", {"measures"}),
        ("measures/builtin/candidates.py", 'people="lowest"', 'people="mean"', {"measures"}),
        ("measures/builtin/change.py", 'label="Changed pixels"', 'label="Pixels that changed"', set()),
        ("measures/builtin/change.py", 'source="ours"', 'source="plain counting"', set()),
        ("runners/instruct_pix2pix/sampler.py", "guidance.text * (", "guidance.text + (", {"instruct_pix2pix"}),
        ("runs/store/encoding.py", "_QUALITY = ", "_QUALITY = 1 + ", {"encoding"}),
        ("runs/inputs/photos.py", "def fitted(", "def fitted(slack=3, *, ", {"photos"}),
        ("runners/instruct_pix2pix/sampler.py", "# ", "# truly ", set()),
        ("errors.py", "def ", "def other_", set()),
    ],
)
def test_each_set_notices_its_own(module: str, old: str, new: str, noticed: set[str], package: Path) -> None:
    def taken() -> dict[str, str]:
        return {name: fingerprint_of(name, code, Forgetful(), package) for name, code in CODE.items()}

    before = taken()
    path = package / module
    text = path.read_text("utf-8")
    assert old in text or not noticed
    path.write_text(text.replace(old, new, 1), "utf-8")
    after = taken()
    assert {name for name in CODE if before[name] != after[name]} == noticed


def test_sources_are_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[int] = []
    own = ast.parse
    monkeypatch.setattr(ast, "parse", lambda source: parsed.append(1) or own(source))
    for _ in range(2):
        hashes = Hashes(tmp_path)
        found = {name: fingerprint(name, hashes) for name in SETS}
        hashes.save()
    assert len(parsed) == sum(map(len, SETS.values()))
    assert found == {name: fingerprint(name, Forgetful()) for name in SETS}


def imported(module: str) -> Iterator[str]:
    """Modules of the package that a member of a set imports; of a single definition, those its names come from."""
    path, _, only = module.partition(":")
    tree = ast.parse(source_of(path).read_text("utf-8"))
    checking = {id(node) for one in tree.body if isinstance(one, ast.If) for node in ast.walk(one)}
    [scope] = [one for one in tree.body if getattr(one, "name", None) == only] if only else [tree]
    used = {node.id for node in ast.walk(scope) if isinstance(node, ast.Name)}
    inner = {id(node) for node in ast.walk(scope)}
    for node in ast.walk(tree):
        if (
            not isinstance(node, ast.ImportFrom)
            or not (node.module or "").startswith(("seamline", "tools"))
            or id(node) in checking
        ):
            continue
        for alias in node.names:
            if id(node) in inner or (alias.asname or alias.name) in used:
                base = PACKAGE.parent / str(node.module).replace(".", "/")
                found = base / f"{alias.name}.py" if (base / f"{alias.name}.py").is_file() else base.with_suffix(".py")
                found = found if found.is_file() else base / "__init__.py"
                inside = found.is_relative_to(PACKAGE)
                yield found.relative_to(PACKAGE if inside else PACKAGE.parent).as_posix()


@pytest.mark.parametrize("key", TOGETHER)
def test_sets_are_closed_under_imports(key: str) -> None:
    """Unseen cases too: a new module that a member asks for must be put somewhere."""
    members = {module for name in TOGETHER[key] for module in CODE[name]}
    covered = {module.partition(":")[0] for module in members} | DECIDES_NOTHING
    missing = {(module, needed) for module in members for needed in imported(module) if needed not in covered}
    assert missing == set()


def test_every_set_has_words_and_every_member_exists() -> None:
    assert WORDS.keys() == SETS.keys()
    for module in (one for members in CODE.values() for one in members):
        path, _, only = module.partition(":")
        assert statements(source_of(path).read_bytes(), only), module
    assert all(source_of(module).is_file() for module in DECIDES_NOTHING)
