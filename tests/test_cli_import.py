"""`seamline import` says what it did, what it could not take in, and what is left to do; its exit code agrees."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pages.page_projects import FILES

from seamline import cli, errors
from seamline.catalog import load
from seamline.cli.catalog import _todo
from seamline.workflow.export import to_json
from seamline.workflow.sample_graph import workflow_of_sample

HEAD = '"Why?"\n### Recommended AI Models:\nModel: Img2Img-Hub-owner-name\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    return tmp_path


def imported(project: Path, text: str, *options: str) -> int:
    document = project / "document.txt"
    document.write_text(text, "utf-8")
    return cli.run(["--project", str(project), "import", str(document), *options])


def test_all_taken_in_is_zero_and_what_is_left_to_fill_in_is_listed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    papers = "".join(f"Model: Paper {n}\nPaper: arXiv:2001.{n:05d}\n\n" for n in range(30))
    assert imported(project, f"{HEAD}Paper: arXiv:2307.01952\n### Related Papers:\n{papers}") == 0
    out = capsys.readouterr().out
    assert "to do     31 papers without title or authors: fill in these lines" in out
    assert "          catalog/papers/paper-0-2020.yml: authors\n" in out
    assert "and 11 more; `--json` lists them all" in out
    assert "Next: `seamline serve`" in out


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_what_was_not_taken_in_makes_the_exit_code_one(
    project: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    assert imported(project, f"{HEAD}Paper: arXiv:2307.01952\n") == 0
    capsys.readouterr()
    assert imported(project, f"{HEAD}Paper: arXiv:2001.00001\n", *options) == 1
    said = capsys.readouterr()
    if options:
        report = json.loads(said.out)
        assert [one["field"] for one in report["conflicts"]] == ["papers"] and report["written"] == []
    else:
        assert "conflict  " in said.err and "arXiv:2001.00001" in said.err and "could not be taken in" in said.err
        assert "Next:" not in said.out
    assert [path.name for path in (project / "catalog/papers").iterdir()] == ["arxiv-2307-01952.yml"]


def test_a_summary_that_belongs_to_no_paper_makes_the_exit_code_one(project: Path) -> None:
    assert imported(project, f"{HEAD}Summary: of nothing\n") == 1


def test_a_workflow_becomes_its_sample_and_no_answer_is_to_be_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {name: FILES[name] for name in ("catalog/models/engine.yml", "catalog/samples/wave.yml")}
    for name, text in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text.replace("papers: [ada1843]\n", ""), "utf-8")
    catalog = load(project)
    workflow = project / "wave.json"
    workflow.write_text(to_json(workflow_of_sample("wave", catalog.samples["wave"], catalog.models)), "utf-8")
    (project / "catalog/samples/wave.yml").unlink()
    assert cli.run(["--project", str(project), "import", str(workflow)]) == 0
    out = capsys.readouterr().out
    assert "wrote     catalog/samples/wave.yml" in out and "Next:" not in out
    assert load(project).samples == catalog.samples


def test_help_names_both_kinds_of_documents(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["import", "--help"])
    out = " ".join(capsys.readouterr().out.split())
    assert "question document" in out and "workflow JSON" in out


def test_a_block_that_nobody_can_read_is_told_by_line_and_writes_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imported(project, HEAD.replace("Img2Img", "Foo2Bar")) == 3
    assert "document.txt:3: Model:" in capsys.readouterr().err
    assert not (project / "catalog").exists()


def test_a_long_to_do_list_is_gone_through_once() -> None:
    """10,000 documents lack fields in as many papers: to compare each with each takes half of an import."""

    class Problem(errors.Problem):
        def __eq__(self, other: object) -> bool:
            pytest.fail("two were compared")

        __hash__ = None  # type: ignore[assignment]

    papers = [Problem(f"catalog/papers/p{number}.yml", 1, "title", "", "fill in these lines") for number in range(30)]
    others = [Problem("given.txt", number, "", "what is this", "say it") for number in range(25)]
    lines = list(_todo([*papers, *others]))
    assert lines[0] == "to do     30 papers without title: fill in these lines"
    assert lines[21] == "          and 10 more; `--json` lists them all"
    assert lines[-1] == "to do     and 5 more; `--json` lists them all"
