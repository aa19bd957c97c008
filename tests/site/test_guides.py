"""The guides, followed as a stranger would: their commands exist, and their steps lead where they say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from seamline import cli

ROOT = Path(__file__).parents[2]
GUIDES = ROOT / "docs" / "guides"
PROSE = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", path.read_text(encoding="utf-8"))


def commands(text: str) -> list[list[str]]:
    """Command lines of a shell block that call the program, as arguments."""
    lines = [shlex.split(part, comments=True) for line in text.splitlines() for part in re.split(r"&&|\||>", line)]
    return [words[1:] for words in lines if words[:1] == ["seamline"]]


SHOWN = [
    pytest.param(words, id=f"{path.name}: {' '.join(words)}")
    for path in PROSE
    for block in blocks(path, "sh")
    for words in commands(block)
]


@pytest.mark.parametrize("words", SHOWN)
def test_every_command_shown_is_understood(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsed as the program would, and not run."""
    monkeypatch.chdir(tmp_path)
    for word in words:
        if word.endswith((".txt", ".json", ".yml", ".webp")):
            Path(word).parent.mkdir(parents=True, exist_ok=True)
            Path(word).write_text("", encoding="utf-8")
    verb, *rest = words
    assert verb in cli.program.commands
    cli.program.commands[verb].make_context(verb, rest)


def test_the_guides_show_commands() -> None:
    assert len(SHOWN) > 15


def test_answering_a_question_as_the_guide_says(own_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step but the drawing: a sample that was not run yet is a page that says so."""
    guide = GUIDES / "answer-your-own-question.md"
    (document,), (recipe, *_) = blocks(guide, "text"), blocks(guide, "yaml")
    monkeypatch.chdir(own_copy)
    Path("my-question.txt").write_text(document, encoding="utf-8")
    assert cli.run(["import", "my-question.txt"]) == 0

    question = Path("catalog/questions/my-question.md")
    Path("catalog/samples/smile.yml").write_text(recipe, encoding="utf-8")
    (front_matter,) = re.findall(r"front matter, as `(samples: \[\w+\])`", guide.read_text(encoding="utf-8"))
    question.write_text(question.read_text(encoding="utf-8").replace("status: draft", f"{front_matter}\nstatus: draft"))

    last_step = commands(blocks(guide, "sh")[-1])
    assert last_step == [["check"], ["build"], ["audit"]]
    for words in last_step:
        assert cli.run(words) == 0, words
    page = Path("site/questions/my-question/index.html").read_text(encoding="utf-8")
    assert "This is a draft" in page
    assert "A smile for the person on the left" in page
