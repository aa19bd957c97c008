"""What importing, rendering, building and auditing cost a question, as a catalog grows; beside the builders alone."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seamline.errors import SeamlineError
from tools.bench.machine import PATIENCE, command
from tools.bench.question_documents import write_documents

SIZES = "SEAMLINE_BENCH_QUESTIONS"
"""Variable that names other numbers of questions, `10 500 2000`."""
USUAL = (10, 100, 500)

_PATIENCE_A_QUESTION = 2.0
"""Seconds that a stage may take for each question: a whole build takes 0.15 of a core that it has to itself."""

_SEAMLINE = [sys.executable, "-m", "seamline"]
_STAGES: dict[str, list[str]] = {
    "check": [*_SEAMLINE, "check"],
    "render": [*_SEAMLINE, "render"],
    "mkdocs_alone": [sys.executable, "-m", "mkdocs", "build", "--site-dir", ".cache/alone"],
    "zensical_alone": [sys.executable, "-m", "zensical", "build"],
    "build": [*_SEAMLINE, "build"],
    "audit": [*_SEAMLINE, "audit"],
}
_ONE: dict[str, list[str]] = {
    "render_one": [*_SEAMLINE, "render"],
    "build_one": [*_SEAMLINE, "build", "--keep-index"],
    "search_one": [*_SEAMLINE, "build"],
}
"""After the title and the text of one question have changed."""


def measure(_root: Path) -> Iterator[dict[str, Any]]:
    """CPU seconds, and peak memory of the largest process, by stage and number of questions; the smallest first.

    `build` lets MkDocs build what `render` rendered, and finishes pages, search included. A site is new for each
    number. At the end one question is changed and rendered; changed again and built, without the search index; and the
    search index is made anew.

    Yields:
        The figures so far, after each stage: whoever stops hours later has all that was measured until then.

    Raises:
        SeamlineError: a stage failed, or the variable holds no numbers.
    """
    stages: list[dict[str, Any]] = []
    sites: list[dict[str, Any]] = []
    for count in _sizes():
        sites.append({"questions": count})
        with tempfile.TemporaryDirectory(prefix="seamline-scale-") as folder:
            for cost in _stages(Path(folder), count, sites[-1]):
                stages.append(cost)
                yield {"runs_of_each": 1, "stages": [*stages], "sites": [dict(one) for one in sites]}


def _stages(folder: Path, count: int, site: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What each stage takes in a project of so many questions; facts of the built site are put into `site`."""
    project = folder / "project"
    command([*_SEAMLINE, "init", str(project), "--bare"], folder)
    documents = [str(path) for path in write_documents(folder / "documents", count)]
    for name, line in {"import": [*_SEAMLINE, "import", *documents], **_STAGES, **_ONE}.items():
        print(f"bench: {count} questions: {name} …", file=sys.stderr, flush=True)
        if name in ("render_one", "build_one"):
            _change(project, name)
        taken = command(line, project, max(PATIENCE, _PATIENCE_A_QUESTION * count))
        if name == "build":
            lists = [project / "site/index.html", *(project / "site").glob("*/index.html")]
            site["pages"] = sum(1 for _ in (project / "site").rglob("*.html"))
            site["largest_list_kb"] = round(max(path.stat().st_size for path in lists) / 1000, 1)
        cost = {"cpu_seconds": round(taken.cpu_seconds, 2), "peak_mib": round(taken.largest_gib * 1024)}
        yield {"questions": count, "stage": name, **cost}


def _change(project: Path, words: str) -> None:
    """Give the first question a title and a text of these words."""
    for file in sorted((project / "catalog/questions").glob("*.md"))[:1]:
        head = re.sub(r"(?m)^title: .*\n", "", file.read_text("utf-8").rpartition("---\n")[0])
        head = head.replace("\nasked:", f"\ntitle: Changed for {words}\nasked:", 1)
        file.write_text(f"{head}---\n\n## In short\n\nThis text is of {words}.\n", encoding="utf-8")


def _sizes() -> list[int]:
    given = os.environ.get(SIZES, "").split()
    if not all(one.isdecimal() and int(one) for one in given):
        raise SeamlineError(f"`{' '.join(given)}` are not numbers of questions", where=SIZES, hint=f"{SIZES}='10 500'")
    return sorted({int(one) for one in given}) or list(USUAL)
