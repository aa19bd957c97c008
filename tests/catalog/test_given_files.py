"""What can be named to be imported: folders, standard input, JSON Lines; and nothing is written in a dry run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from seamline.catalog import load
from seamline.cli import program, run


def document(number: int) -> str:
    return f'"What is {number}?"\n### Recommended AI Models:\nModel: Img2Img-Hub-owner-name{number}\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    return tmp_path


def take(project: Path, *words: object) -> int:
    return run(["--project", str(project), "import", *map(str, words)])


def everything_in(project: Path) -> list[Path]:
    return sorted(path for path in (project / "catalog").rglob("*.*") if path.is_file())


def test_a_folder_is_all_its_documents(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inside = project / "documents/more"
    inside.mkdir(parents=True)
    (project / "documents/one.txt").write_text(document(1))
    (inside / "two.md").write_text(document(2))
    (inside / ".hidden").write_text("not looked at")
    assert take(project, project / "documents") == 0
    assert set(load(project).questions) == {"one", "two"}
    assert "wrote     catalog/questions/one.md" in capsys.readouterr().out


def test_what_a_folder_holds_beside_documents_is_refused_and_nothing_is_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project / "documents"
    folder.mkdir()
    (folder / "one.txt").write_text(document(1))
    (folder / "scan.pdf").write_bytes(b"%PDF")
    assert take(project, folder) == 3
    assert f"{folder}{os.sep}scan.pdf: is no document of a kind that is known" in capsys.readouterr().err
    assert everything_in(project) == []
    (folder / "scan.pdf").unlink()
    (folder / "one.txt").unlink()
    assert take(project, folder) == 3
    assert "there is no document in this folder" in capsys.readouterr().err


def test_standard_input(project: Path) -> None:
    done = CliRunner().invoke(program, ["--project", str(project), "import", "-"], input=document(7))
    assert done.exit_code == 0, done.output
    ((name, question),) = load(project).questions.items()
    assert name == "what-is-7" and question.entry.document == ""


def test_json_lines(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.dumps(document(1)), "", json.dumps({"name": "second.txt", "text": document(2)})]
    (project / "all.jsonl").write_text("\n".join(lines))
    assert take(project, project / "all.jsonl") == 0
    assert {name: one.entry.document for name, one in load(project).questions.items()} == {
        "what-is-1": "",
        "second": "second.txt",
    }
    for line, said in (("{", "all.jsonl:2: is not JSON"), ("3", "all.jsonl:2: holds no document"),
                       ('"no question"', "all.jsonl:2:1: names no recommended models")):  # fmt: skip
        (project / "all.jsonl").write_text(f"{lines[0]}\n{line}\n")
        assert take(project, project / "all.jsonl") == 3
        assert said in capsys.readouterr().err


def test_a_dry_run_tells_what_an_import_then_writes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "one.txt").write_text(document(1))
    assert take(project, project / "one.txt", "--dry-run") == 0
    said = capsys.readouterr().out
    assert everything_in(project) == [] and "Next:" not in said
    promised = [line.removeprefix("would write ") for line in said.splitlines() if line.startswith("would write")]
    assert take(project, project / "one.txt", "--json") == 0
    assert json.loads(capsys.readouterr().out)["written"] == promised
    assert [path.relative_to(project).as_posix() for path in everything_in(project)] == sorted(promised)
