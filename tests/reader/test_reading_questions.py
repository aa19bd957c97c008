"""`seamline read` reads what changed and nothing else, and pages quote what it recorded."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from seamline import cli
from seamline.catalog.evidence.readings import FILE, load_readings
from seamline.reader.language_model import Reader
from seamline.reader.place import CONFIG, FOLDER, WEIGHTS

ROOT = Path(__file__).parents[2]
DOCUMENT = """"How did the program free {animal} from its cage in my film?"

### Recommended AI Models:
Model: Video2Video-HuggingFace-someone-film-editor
Paper: https://arxiv.org/abs/2212.04356

### Related Papers:
Model: Letting go
Paper: https://arxiv.org/abs/2303.00747
Summary: Prices rose by a tenth last year. Bars in front of a creature are taken away in every frame. Nobody voted.
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    project = tmp_path / "mine"
    assert cli.run(["init", str(project), "--bare"]) == 0
    for name, animal in (("dog", "the dog"), ("owl", "an owl")):
        (project / f"{name}.txt").write_text(DOCUMENT.format(animal=animal))
    assert run(project, "import", str(project / "dog.txt"), str(project / "owl.txt")) in (0, 1)
    return project


def run(project: Path, *words: str) -> int:
    return cli.run(["--project", str(project), *words])


def page(project: Path, name: str) -> str:
    assert run(project, "render") == 0
    return (project / f"generated/questions/{name}/index.md").read_text()


def counted(project: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run(project, "read", "--json", *options) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_without_the_reader_one_message_says_how_to_get_it_and_words_rank(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(mine, "read") == 4
    assert "seamline-reader" in capsys.readouterr().err
    assert not (mine / FILE).exists()
    assert "small language model" not in page(mine, "dog")


def test_what_changed_is_read_and_a_page_says_by_which_its_sentences_were_chosen(
    mine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(mine, "weights", "--from", str(ROOT / FOLDER)) == 0
    assert counted(mine, capsys) == {"read": ["dog", "owl"], "fresh": [], "by_words": {}}
    written = page(mine, "dog")
    assert written.count("small language model") == 2
    assert written.index("Bars in front of a creature") < written.index("Nobody voted")

    kept = (mine / FILE).read_bytes()
    monkeypatch.setattr(Reader, "closeness", lambda *_: pytest.fail("nothing is due"))
    assert counted(mine, capsys)["fresh"] == ["dog", "owl"]
    assert (mine / FILE).read_bytes() == kept
    shutil.rmtree(mine / FOLDER)
    assert page(mine, "dog") == written, "a machine without the reader renders the same page"

    question = mine / "catalog/questions/owl.md"
    question.write_text(question.read_text().replace("an owl", "a hawk"))
    capsys.readouterr()
    assert run(mine, "check", "--strict") == 0
    said = capsys.readouterr().err
    assert "1 reading is stale" in said and ": owl\n  -> seamline read" in said
    written = page(mine, "owl")
    assert written.count("small language model") == 1 and "until `seamline read` reads them again" in written
    assert "small language model" in page(mine, "dog")
    monkeypatch.undo()
    assert run(mine, "weights", "--from", str(ROOT / FOLDER)) == 0
    assert counted(mine, capsys) == {"read": ["owl"], "fresh": ["dog"], "by_words": {}}
    assert page(mine, "owl").count("small language model") == 2
    capsys.readouterr()
    assert run(mine, "check") == 0
    assert "stale" not in capsys.readouterr().err


def test_one_question_can_be_read_alone_and_a_torn_record_is_written_anew(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(mine, "weights", "--from", str(ROOT / FOLDER)) == 0
    assert counted(mine, capsys, "--only", "owl")["read"] == ["owl"]
    assert list(load_readings(mine)) == ["owl"]
    assert counted(mine, capsys, "--only", "dog") == {"read": ["dog"], "fresh": [], "by_words": {}}
    assert list(load_readings(mine)) == ["dog", "owl"]
    assert run(mine, "read", "--only", "dig") != 0
    said = capsys.readouterr().err
    assert "there is no question 'dig'" in said and "did you mean `dog`?" in said
    (mine / FILE).write_text("{")
    assert run(mine, "render") != 0
    assert "delete the file and run `seamline read`" in capsys.readouterr().err
    assert run(mine, "read", "--only", "owl") != 0
    assert (mine / FILE).read_text() == "{", "the readings of others are not dropped unasked"
    assert counted(mine, capsys)["read"] == ["dog", "owl"]
    assert run(mine, "render") == 0


def test_what_was_read_and_what_is_left_to_words_is_named_with_the_reason(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(mine, "weights", "--from", str(ROOT / FOLDER)) == 0
    for paper in (mine / "catalog/papers").glob("*.yml"):
        text = paper.read_text()
        paper.write_text(re.sub(r"^summary:.*(\n +.*)*\n", "", text, flags=re.M))
    capsys.readouterr()
    assert run(mine, "read") == 0
    told = capsys.readouterr()
    assert "by words  dog: no summary in English was given\n" in told.out
    assert run(mine, "read", "--only", "owl") == 0
    assert "dog" not in capsys.readouterr().out


def test_progress_goes_to_standard_error(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(mine, "weights", "--from", str(ROOT / FOLDER)) == 0
    capsys.readouterr()
    assert run(mine, "read") == 0
    told = capsys.readouterr()
    assert "[1/2] dog: read " in told.err and "[2/2] owl: read " in told.err
    assert told.out.splitlines()[:2] == ["read      dog", "read      owl"]


def test_both_weights_are_taken_from_a_checkout_and_stay_out_of_git(
    mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "/catalog/weights/reader/" in (mine / ".gitignore").read_text().splitlines()
    (tmp_path / "empty").mkdir()
    assert run(mine, "weights", "--from", str(tmp_path / "empty")) == 4
    said = capsys.readouterr().err
    assert "editor or a reader" in said and "a checkout of Seamline, its catalog/weights" in said
    for given in (ROOT, ROOT / "catalog/weights"):
        assert run(mine, "weights", "--from", str(given)) == 0
        for one in ("mini/model_index.json", "reader/vocab.txt"):
            assert (mine / "catalog/weights" / one).is_file()
        shutil.rmtree(mine / "catalog/weights")


def test_doctor_and_import_see_a_reader_that_is_not_whole(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def doctor() -> dict[str, object]:
        capsys.readouterr()
        run(mine, "doctor", "--json")
        found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
        return next(one for one in found if one["part"] == "reader")

    assert run(mine, "weights", "--from", str(ROOT / FOLDER)) == 0
    assert doctor()["present"]
    (mine / FOLDER / CONFIG).unlink()
    assert not doctor()["present"] and "config.json" in str(doctor()["found"])
    shutil.copy(ROOT / FOLDER / CONFIG, mine / FOLDER / CONFIG)
    (mine / FOLDER / WEIGHTS).write_bytes(b"torn")
    assert not doctor()["present"] and doctor()["advice"]
    (mine / FOLDER / WEIGHTS).unlink()
    (mine / "cat.txt").write_text(DOCUMENT.format(animal="a cat"))
    capsys.readouterr()
    assert run(mine, "import", str(mine / "cat.txt")) in (0, 1)
    assert "seamline read" not in capsys.readouterr().out
