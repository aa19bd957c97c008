"""What the next release changes is written down, one file a change, and becomes its section of the changelog."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FRAGMENTS = sorted(path for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md")


def draft(project: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "9.8.7", "--date", "2030-01-02"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("pyproject.toml", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "changelog.d", tmp_path / "changelog.d")
    return tmp_path


def test_every_fragment_becomes_an_entry() -> None:
    done = draft(ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("## 9.8.7 (2030-01-02)\n")
    entries = re.findall(r"^- (.*)$", done.stdout, re.MULTILINE)
    assert sorted(entries) == sorted(path.read_text("utf-8").splitlines()[0] for path in FRAGMENTS)


@pytest.mark.parametrize("name", ["+x.improved.md", "x.md", "notes.txt"])
def test_a_name_that_is_no_fragments_is_an_error(project: Path, name: str) -> None:
    (project / "changelog.d" / name).write_text("Anything.\n", encoding="utf-8")
    assert draft(project).returncode != 0


def test_a_release_goes_below_the_head_and_takes_the_fragments_along(project: Path) -> None:
    before = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    command = [sys.executable, "-m", "towncrier", "build", "--yes", "--version", "9.8.7", "--date", "2030-01-02"]
    subprocess.run(["git", "init", "--quiet"], cwd=project, check=True)
    subprocess.run(command, cwd=project, capture_output=True, check=True)
    after = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    head, mark, _ = before.partition("<!-- releases -->\n")
    assert mark and after.startswith(f"{head}{mark}\n## 9.8.7 (2030-01-02)\n")
    assert not [path for path in (project / "changelog.d").iterdir() if path.suffix == ".md" and path.name[0] == "+"]
