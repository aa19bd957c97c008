"""The wheel holds what a curator uses, and works without what it leaves out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTE = "evaluation.json: not fully checked: the code that evaluates the mini editor is not part of this installation"
ALONE = """
import importlib.abc, sys

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "tools":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import seamline
from seamline.cli import main
print(seamline.__file__)
main(sys.argv[1:])
"""
"""The program, with no `tools` to import wherever the environment may have them."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what hatch puts into the wheel, and nothing else."""
    folder = tmp_path_factory.mktemp("site-packages")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel.keys() == {"packages"}, "hatch would add or leave out other files too"
    for package in wheel["packages"]:
        shutil.copytree(ROOT / package, folder / Path(package).name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_the_tools_are_left_out(installed: Path) -> None:
    assert [path.name for path in installed.iterdir()] == ["seamline"]
    assert (installed / "seamline/py.typed").is_file()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with every record, and none of the repository's programs."""
    folder = tmp_path_factory.mktemp("project")
    for part in ("catalog", "docs", "generated"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "mkdocs.yml", folder)
    return folder


def run(installed: Path, project: Path, *words: str) -> str:
    """What a command that must succeed says on standard error."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE, "--project", str(project), *words],
        cwd=installed,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith(str(installed)), done.stderr
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    return done.stderr


@pytest.mark.slow
def test_the_program_works_without_them_and_says_what_it_cannot_check(installed: Path, project: Path) -> None:
    assert NOTE in run(installed, project, "check")
    assert NOTE in run(installed, project, "samples", "--status")
    run(installed, project, "render")
    assert (project / "generated/mini-editor/index.md").is_file()


@pytest.mark.slow
def test_in_a_clone_it_checks_everything(installed: Path) -> None:
    assert "not fully checked" not in run(installed, ROOT, "check")
