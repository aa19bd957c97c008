"""What importing, rendering, building and auditing cost a question, as a catalog grows; beside the builders alone."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from seamline.errors import SeamlineError
from tools.bench.machine import command
from tools.bench.question_documents import write_documents

SIZES = "SEAMLINE_BENCH_QUESTIONS"
"""Variable that names other numbers of questions, `10 500 2000`."""
USUAL = (10, 100, 500)

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


def measure(_root: Path) -> dict[str, Any]:
    """CPU seconds, and peak memory of the stage's own process, by stage and number of questions.

    `build` lets MkDocs build what `render` rendered, and finishes pages, search included; its memory is without that of
    MkDocs, which is a process of its own and stands beside it. A site is new for each number. At the end one question
    is changed and rendered; changed again and built, without the search index; and the search index is made anew.

    Raises:
        SeamlineError: a stage failed, or the variable holds no numbers.
    """
    sizes = _sizes()
    stages: list[dict[str, Any]] = []
    sites: list[dict[str, Any]] = []
    for count in sizes:
        with tempfile.TemporaryDirectory(prefix="seamline-scale-") as folder:
            project = Path(folder) / "project"
            command([*_SEAMLINE, "init", str(project), "--bare"], Path(folder))
            documents = [str(path) for path in write_documents(Path(folder) / "documents", count)]
            for name, line in {"import": [*_SEAMLINE, "import", *documents], **_STAGES, **_ONE}.items():
                print(f"bench: {count} questions: {name} …", file=sys.stderr, flush=True)
                if name in ("render_one", "build_one"):
                    _change(project, name)
                taken = command(line, project)
                cost = {"cpu_seconds": round(taken.cpu_seconds, 2), "peak_mib": round(taken.memory_gib * 1024)}
                stages.append({"questions": count, "stage": name, **cost})
            lists = [project / "site/index.html", *(project / "site").glob("*/index.html")]
            pages = sum(1 for _ in (project / "site").rglob("*.html"))
            sites.append(
                {
                    "questions": count,
                    "pages": pages,
                    "largest_list_kb": round(max(path.stat().st_size for path in lists) / 1000, 1),
                }
            )
    return {"runs_of_each": 1, "stages": stages, "sites": sites}


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
