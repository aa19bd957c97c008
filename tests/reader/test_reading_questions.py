"""`seamline read` reads what changed and nothing else, and pages quote what it recorded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from seamline import cli
from seamline.catalog.evidence.readings import FILE, load_readings
from seamline.reader.language_model import Reader
from seamline.reader.place import FOLDER

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


def counted(project: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, list[str]]:
    capsys.readouterr()
    assert run(project, "read", "--json", *options) == 0
    found: dict[str, list[str]] = json.loads(capsys.readouterr().out)
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
    assert counted(mine, capsys) == {"read": ["dog", "owl"], "fresh": [], "by_words": []}
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
    assert "small language model" not in page(mine, "owl")
    assert "small language model" in page(mine, "dog")
    monkeypatch.undo()
    assert run(mine, "weights", "--from", str(ROOT / FOLDER)) == 0
    assert counted(mine, capsys) == {"read": ["owl"], "fresh": ["dog"], "by_words": []}
    assert "small language model" in page(mine, "owl")


def test_one_question_can_be_read_alone_and_a_torn_record_is_written_anew(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(mine, "weights", "--from", str(ROOT / FOLDER)) == 0
    assert counted(mine, capsys, "--only", "owl")["read"] == ["owl"]
    assert list(load_readings(mine)) == ["owl"]
    assert run(mine, "read", "--only", "nobody") != 0
    assert "no such question: nobody" in capsys.readouterr().err
    (mine / FILE).write_text("{")
    assert run(mine, "render") != 0
    assert "seamline read" in capsys.readouterr().err
    assert counted(mine, capsys)["read"] == ["dog", "owl"]
    assert run(mine, "render") == 0
