"""With CI=true a skipped test, a skipped module and a missing Ray are failures; and coverage has a floor."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = {
    "a test": "import pytest\ndef test_it():\n    pytest.skip('no luck')\n",
    "a mark": "import pytest\n@pytest.mark.skipif(True, reason='no luck')\ndef test_it(): pass\n",
    "a fixture": "import pytest\n@pytest.fixture\ndef x(): pytest.skip('no luck')\ndef test_it(x): pass\n",
    "a module": "import pytest\npytest.importorskip('no_such_module')\ndef test_it(): pass\n",
    "a library": "import pytest\ndef test_it():\n    pytest.importorskip('no_such_module')\n",
}


def run(folder: Path, source: str, ci: str) -> int:
    (folder / "conftest.py").write_text(Path(__file__).with_name("gate.py").read_text("utf-8"))
    (folder / "test_one.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(
        command, env={**os.environ, "CI": ci}, cwd=folder, capture_output=True, check=False
    ).returncode


@pytest.mark.parametrize("kind", MODULES)
def test_a_skip_fails_where_it_is_the_gate(kind: str, tmp_path: Path) -> None:
    assert run(tmp_path, MODULES[kind], "true") != 0
    assert run(tmp_path, MODULES[kind], "") in (0, 5)  # 5: nothing was left to run


COVERED = """\
def by_pytest() -> int:
    return 1


def by_another_process() -> int:
    return 2


def by_nobody() -> int:
    first = 3
    second = 4
    return first + second
"""
TEST = """\
import subprocess
import sys

from seamline.part import by_pytest


def test_it(tmp_path):
    assert by_pytest() == 1
    code = "from seamline.part import by_another_process; assert by_another_process() == 2"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True)
    other = subprocess.run([sys.executable, "-c", "pass"], cwd=tmp_path, check=True, capture_output=True)
    assert done.stderr == other.stderr == b""
"""


@pytest.fixture
def measured(tmp_path: Path) -> Path:
    """A small package of our name, its test, and the settings of this project."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for path, text in (("seamline/__init__.py", ""), ("seamline/part.py", COVERED), ("tests/test_part.py", TEST)):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def coverage(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    environment |= {"PYTHONPATH": str(folder), "CI": ""}
    command = [sys.executable, "-m", "coverage", *arguments]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


def test_what_the_suite_does_not_run_fails_below_the_floor_and_other_processes_count(measured: Path) -> None:
    done = coverage(measured, "run", "-m", "pytest", "-p", "no:cacheprovider", "-o", "addopts=", "tests")
    assert done.returncode == 0, done.stdout + done.stderr
    assert coverage(measured, "combine", "--quiet").returncode == 0
    report = coverage(measured, "report")
    assert re.search(r"^seamline/part\.py +8 +3 +62% +10-12$", report.stdout, re.MULTILINE), (
        report.stdout + report.stderr
    )
    floor = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["coverage"]["report"]["fail_under"]
    assert floor > 62
    assert report.returncode != 0 and f"fail-under={floor}" in report.stdout + report.stderr


def test_make_test_holds_the_floor() -> None:
    recipe = re.search(r"^test: .*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert recipe
    steps = re.findall(r"\$\(BIN\)/(coverage \w+(?: -m pytest)?)", recipe[1])
    assert steps == ["coverage erase", "coverage run -m pytest", "coverage combine", "coverage report"]
