"""What a growing site costs is measured on documents that Seamline reads, and shown beside what builders cost alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest

from seamline import cli
from seamline.errors import SeamlineError
from seamline.pages.tables.scale_table import scale_table
from seamline.project import Project
from tools import bench
from tools.bench import site_scale
from tools.bench.machine import Taken
from tools.bench.question_documents import write_documents


def test_the_documents_are_the_same_each_time_and_become_questions(tmp_path: Path) -> None:
    first, again = (write_documents(tmp_path / name, 5) for name in ("a", "b"))
    assert [one.read_bytes() for one in first] == [one.read_bytes() for one in again]
    assert cli.run(["init", str(tmp_path / "site"), "--bare"]) == 0
    assert cli.run(["--project", str(tmp_path / "site"), "import", *map(str, first)]) == 0
    catalog = Project(tmp_path / "site").catalog
    assert len(catalog.questions) == 5
    assert all(1 <= len(one.entry.models) <= 3 <= len(one.entry.papers) <= 8 for one in catalog.questions.values())


def measured(
    monkeypatch: pytest.MonkeyPatch, sizes: str, fails: tuple[str, int] = ("", 0)
) -> tuple[list[dict[str, Any]], list[str]]:
    """What is recorded, one after another, and the commands that ran; one of them `fails`, the given time it runs."""
    ran: list[str] = []
    kept: list[dict[str, Any]] = []

    def command(line: Sequence[str], folder: Path, patience: float = 0) -> Taken:
        verb = line[3] if line[2] == "seamline" else line[2]
        ran.append(verb)
        if (verb, ran.count(verb)) == fails:
            raise SeamlineError("killed")
        if verb == "build":
            (folder / "site").mkdir(parents=True, exist_ok=True)
            (folder / "site/index.html").write_bytes(b"x" * 2000)
        (folder / "project").mkdir(exist_ok=True) if verb == "init" else None
        return Taken(1.0, 0.5 * len(line), 0.125, largest_gib=0.25)

    monkeypatch.setattr(site_scale, "command", command)
    monkeypatch.setenv(site_scale.SIZES, sizes)
    with suppress(SeamlineError) if fails[0] else nullcontext():
        kept.extend(site_scale.measure(Path()))  # which keeps what came before it fails
    return kept, ran


def test_each_stage_is_measured_at_each_size_and_the_builders_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    (*_, figures), ran = measured(monkeypatch, "4 2")
    assert (
        ran
        == ["init", "import", "check", "render", "mkdocs", "zensical", "build", "audit", "render", "build", "build"] * 2
    )
    table = str(scale_table({"scale": figures}))
    assert "| Stage | 2 questions, 1 pages | 4 questions, 1 pages | A question at 4, of one at 2 |" in table
    # Four words name the command, one each document: 6 x 0.5 s for two, 8 x 0.5 s for four.
    assert re.search(r"\| Import \| 1500 ms a question, 256 MiB \| 1000 ms a question, 256 MiB \| 0\.67x \|", table)
    assert "| One changed question, rendered and built | 2.5 s, 256 MiB | 2.5 s, 256 MiB |  |" in table
    assert "| Largest list or home page | 2 kB | 2 kB |  |" in table


def test_what_was_measured_before_a_stage_failed_is_kept_and_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    (*_, figures), ran = measured(monkeypatch, "2 4 8", fails=("mkdocs", 3))
    assert ran[-1] == "mkdocs"
    table = str(scale_table({"scale": figures}))
    assert (
        "| Stage | 2 questions, 1 pages | 4 questions, 1 pages | 8 questions | A question at 8, of one at 4 |" in table
    )
    assert re.search(r"\| Render \| \d+ ms .* \| \d+ ms .* \| \d+ ms a question, 256 MiB \| 0\.50x \|", table)
    for stage in ("MkDocs alone", "Zensical alone", "Audit"):
        assert re.search(rf"\| {stage} \| \d+ ms [^|]*\| \d+ ms [^|]*\| not measured \|  \|", table), stage


def test_growth_is_that_since_a_size_at_which_what_is_there_once_weighs_little() -> None:
    sizes = {10: 9.0, 500: 10.0, 2000: 60.0, 10000: 240.0}
    stages = [{"questions": size, "stage": "render", "cpu_seconds": cpu, "peak_mib": 1} for size, cpu in sizes.items()]
    table = str(scale_table({"scale": {"sites": [{"questions": size} for size in sizes], "stages": stages}}))
    assert "| A question at 10000, of one at 500 |" in table
    assert re.search(r"\| Render \|.*\| 1\.20x \|", table)


def test_a_record_is_written_again_with_each_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(_: Path) -> Iterator[dict[str, Any]]:
        yield {"stages": [1]}
        yield {"stages": [1, 2]}
        raise KeyboardInterrupt

    monkeypatch.setattr(bench, "benchmarks", lambda: {"scale": measure})
    (tmp_path / "catalog/records").mkdir(parents=True)
    with pytest.raises(KeyboardInterrupt):
        bench.run(tmp_path, only=["scale"])
    assert json.loads((tmp_path / bench.RECORD).read_text())["scale"]["stages"] == [1, 2]


def test_one_question_is_changed_and_read_as_such(tmp_path: Path) -> None:
    (document,) = write_documents(tmp_path / "documents", 1)
    cli.run(["init", str(tmp_path / "site"), "--bare"])
    assert cli.run(["--project", str(tmp_path / "site"), "import", str(document)]) == 0
    for words in ("one", "another"):
        site_scale._change(tmp_path / "site", words)
        (question,) = Project(tmp_path / "site").catalog.questions.values()
        assert question.entry.title == f"Changed for {words}"
        assert question.body.strip().endswith(f"This text is of {words}.")


def test_what_are_no_numbers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SeamlineError, match="not numbers of questions"):
        measured(monkeypatch, "ten")


def test_without_figures_the_page_says_so() -> None:
    assert "Not measured yet" in scale_table(None)
    assert "Not measured yet" in scale_table({"engine": {}})
