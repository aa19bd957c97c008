"""A question's file says in which language its title and answer are, or one error says why it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamline.catalog import load
from seamline.catalog.documents.importer import import_documents
from seamline.catalog.io.writing import entry_text
from seamline.errors import CatalogError

from .conftest import Project

ASKED = "How does AI match the light?"
ANSWERED = f"""\
---
asked: {ASKED}
title: Wie passt das Licht?
models: [engine]
answer_language: de
status: written
---

Es passt [@ada1843].
"""
HOW = "catalog/questions/how.md"
DOCUMENT = f"""\
A user has asked the following question:
"{ASKED}"

### Recommended AI Models:
Model: ImgTxt2Img-HuggingFace-ada-engine

### Related Papers:
Model: A Paper on Light
Paper: https://arxiv.org/pdf/2502.17093v1.pdf
"""


def test_a_written_answer_may_be_in_another_language(project: Project) -> None:
    entry = load(project(**{HOW: ANSWERED})).questions["how"].entry
    assert (entry.language, entry.answer_language) == ("en", "de")
    assert "answer_language: de\n" in entry_text(entry)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("language: de", "language: German", "found 'German', should be a language code like `de`"),
        ("language: de", "language: de-AT", "found 'de-AT', should be a language code like `de`"),
        ("answer_language", "answer_langauge", "no such field -> did you mean `answer_language`?"),
        ("written", "draft", "says `de`, but a draft is composed in English -> set `status: written` once the answer"),
    ],
)
def test_what_it_may_not_say_is_one_error_with_its_line(project: Project, old: str, new: str, said: str) -> None:
    with pytest.raises(CatalogError) as caught:
        load(project(**{HOW: ANSWERED.replace(old, new)}))
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (HOW, 5)
    assert said in " ".join(str(problem).split())


def test_an_import_that_completes_the_question_keeps_it(project: Project, tmp_path: Path) -> None:
    root = project(**{HOW: ANSWERED})
    document = tmp_path / "given.txt"
    document.write_text(DOCUMENT, "utf-8")
    report = import_documents(root, [document])
    question = load(root).questions["how"]
    assert HOW in report.written and len(question.entry.papers) == 1, "the question was written anew"
    assert (question.entry.answer_language, question.entry.status) == ("de", "written")
    assert question.body.strip() == "Es passt [@ada1843]."
