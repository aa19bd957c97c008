"""Guides are true: what they show can be copied, and what they list is all there is."""

from __future__ import annotations

import re

import pytest
from page_projects import REPOSITORY, make_project

from seamline.catalog.citations.grammar import find
from seamline.catalog.documents.prompt_text import parse
from seamline.pages.kinds.answers import question_macros

GUIDES = REPOSITORY / "docs" / "guides"
OWN = (GUIDES / "answer-your-own-question.md").read_text(encoding="utf-8")
CITING = (GUIDES / "write-a-citation.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", text)


def test_the_minimal_document_can_be_imported() -> None:
    (document,) = blocks(OWN, "text")
    found = parse(document)
    assert found.asked == "How does AI remove the rain from my holiday photo?"
    assert [len(found.models), len(found.papers)] == [1, 1]


def test_the_sample_recipe_is_valid() -> None:
    recipe, _, _ = blocks(OWN, "yaml")
    project = make_project({"catalog/samples/smile.yml": recipe.replace("model: instruct-pix2pix", "model: engine")})
    assert project.catalog.samples["smile"].instruction == "make the person on the left smile"


def test_the_described_work_is_valid() -> None:
    _, described, _ = blocks(OWN, "yaml")
    own = described.replace("liu2025", "bob2020").replace("mini-matting", "change")
    asked = f"---\nasked: How?\nmodels: [engine]\npapers: [bob2020]\n{own}---\n"
    (work,) = make_project({"catalog/questions/how.md": asked}).catalog.questions["how"].entry.described
    assert (work.takes, work.gives, work.name) == (("Img", "Msk"), ("Alpha",), "Mask2Alpha")


def test_the_front_matter_of_an_answer_in_another_language_is_valid() -> None:
    _, _, fields = blocks(OWN, "yaml")
    question = f"---\n{fields}models: [engine]\n---\n\nEs passt.\n"
    entry = make_project({"catalog/questions/how.md": question}).catalog.questions["how"].entry
    assert (entry.title, entry.answer_language) == ("Wie passt das Licht?", "de")


def test_every_macro_of_an_answer_is_listed_and_every_listed_one_exists() -> None:
    listed = set(re.findall(r"\{\{ (\w+)\(", OWN)) | set(re.findall(r"\((featured_sample)\(", OWN))
    assert listed == {*question_macros(make_project(), "how"), "references"}


@pytest.mark.parametrize("code", blocks(CITING, "markdown"))
def test_citations_shown_are_citations(code: str) -> None:
    assert find(code)
