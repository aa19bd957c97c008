"""A small English site with a German answer and an Arabic one: each format says which words are in which language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import html

from seamline.project import Project

PAPER = "title: {}\nauthors: [Ada Lovelace]\nyear: 2020\narxiv: '2020.0000{}'\nsummary: Faces match.\n"
TITLES = {"de": "Wie passen die Gesichter zusammen?", "ar": "لماذا يتطابق الضوء؟"}
TEXTS = {"de": "Sie werden gemeinsam gezeichnet", "ar": "يرى النموذج Engine الصورة كلها"}
HEADINGS = {"de": ["Kurz gesagt", "Innen"], "ar": ["باختصار", "في الداخل"]}
DIRECTIONS = {"de": "ltr", "ar": "rtl"}


def question(language: str) -> str:
    head = f"asked: How do {language} faces match?\ntitle: {TITLES[language]}\nanswer_language: {language}\n"
    head += "models: [engine]\npapers: [bob]\nstatus: written\nanswered: 2026-01-30\n"
    short, inside = HEADINGS[language]
    text = (
        f"## {short}\n\n{TEXTS[language]} [@ada, §1].\n\n- {short}\n\n{{{{ workflow() }}}}\n\n## {inside}\n\n{short}.\n"
    )
    return f"---\n{head}---\n\n{text}"


FILES: Mapping[str, str] = {
    "mkdocs.yml": "INHERIT: .seamline/mkdocs.yml\nsite_name: Small\nsite_url: https://example.org/small/\n",
    "docs/index.md": "# Home\n\n[Questions](questions/index.md)\n",
    "catalog/papers/ada.yml": PAPER.format("Notes", 1),
    "catalog/papers/bob.yml": PAPER.format("More notes", 2),
    "catalog/models/engine.yml": "block: ImgTxt2Img-HuggingFace-ada-engine\npapers: [ada]\n",
    **{f"catalog/questions/{language}.md": question(language) for language in TITLES},
    "catalog/questions/plain.md": (
        "---\nasked: What is light?\nmodels: [engine]\nstatus: written\nanswered: 2026-01-29\n---\n\n"
        "## In short\n\nIt is drawn [@ada, §1].\n"
    ),
}


@pytest.fixture(scope="module", params=["mkdocs", "zensical"])
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project, built by either builder."""
    root = tmp_path_factory.mktemp(request.param)
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    made = Project(root)
    made.build(builder=request.param)
    return made


@pytest.fixture
def site(project: Project) -> Path:
    """Its site."""
    return project.root / "site"


def page(site: Path, path: str) -> Any:
    return html.fromstring((site / path / "index.html").read_bytes())


def marks(element: Any) -> tuple[str | None, str | None]:
    return element.get("lang"), element.get("dir")


@pytest.mark.parametrize("language", TITLES)
def test_the_page_says_which_words_are_not_its_own(site: Path, language: str) -> None:
    found = page(site, f"questions/{language}")
    title = (language, "rtl" if language == "ar" else None)
    assert found.xpath("string(/html/@lang)") == "en"
    assert marks(found.find(".//head/title")) == title
    assert [marks(one) for one in found.xpath("//article//h1")] == [title]
    (header,) = found.xpath("//*[@data-md-component='header-topic']/span[@lang]")
    assert (header.text_content().strip(), marks(header)) == (TITLES[language], title)
    (answer,) = found.find_class("sl-answer")
    assert marks(answer) == (language, DIRECTIONS[language])
    assert answer.xpath(".//h2/text()") == HEADINGS[language]
    assert found.xpath("//details[contains(@class, 'sl-cite-this')]//i/@lang") == [language]
    assert not answer.find_class("sl-asked") and not answer.find_class("sl-cite-this")


@pytest.mark.parametrize("language", TITLES)
def test_its_headings_keep_their_anchors_and_their_language_in_the_contents(site: Path, language: str) -> None:
    found = page(site, f"questions/{language}")
    links = found.xpath("//nav[contains(@class, 'md-nav--secondary')]//a[starts-with(@href, '#')]")
    said = {
        one.text_content().strip(): one.xpath("string(.//span[contains(@class, 'md-ellipsis')]/@lang)") for one in links
    }
    own = {"References": "", "The question as it was asked": "", "Look closer": ""}
    assert said == {**dict.fromkeys(HEADINGS[language], language), **own}
    assert {one.get("href")[1:] for one in links} <= set(found.xpath("//article//@id"))


def test_a_page_without_the_field_says_nothing(site: Path) -> None:
    found = page(site, "questions/plain")
    assert found.xpath("//head//*[@lang] | //header//*[@lang] | //nav//*[@lang]") == []
    assert found.xpath("//article//@lang") == ["en"], "the question's"
    assert not found.find_class("sl-answer")


@pytest.mark.parametrize("language", TITLES)
def test_structured_data_names_the_answers_language(site: Path, language: str) -> None:
    (script,) = page(site, f"questions/{language}").xpath("//script[@type='application/ld+json']/text()")
    data = json.loads(script)
    assert (data["name"], data["inLanguage"]) == (TITLES[language], ["en", language])
    asked, answer = data["mainEntity"], data["mainEntity"]["acceptedAnswer"]
    assert (asked["name"], asked["inLanguage"]) == (f"How do {language} faces match?", "en"), "not the title"
    assert (answer["text"], answer["inLanguage"]) == (f"{TEXTS[language]}.", language)
    (plain,) = page(site, "questions/plain").xpath("//script[@type='application/ld+json']/text()")
    assert json.loads(plain)["inLanguage"] == json.loads(plain)["mainEntity"]["acceptedAnswer"]["inLanguage"] == "en"


def test_the_feed_says_the_language_of_titles_and_summaries(site: Path) -> None:
    feed = feedparser.parse((site / "feed.xml").read_bytes())
    said = {
        one.id.split("/")[-2]: (one.title_detail.language, one.summary_detail.language, one.summary)
        for one in feed.entries
    }
    assert said == {
        **{language: (language, language, f"{text}.") for language, text in TEXTS.items()},
        "plain": ("en", "en", "It is drawn."),
    }


@pytest.mark.parametrize("language", TITLES)
def test_its_citation_names_the_language(site: Path, language: str) -> None:
    (item,) = json.loads((site / f"questions/{language}/cite.json").read_text("utf-8"))
    assert (item["title"], item["language"]) == (TITLES[language], language)
    (plain,) = json.loads((site / "questions/plain/cite.json").read_text("utf-8"))
    assert plain["language"] == "en"


@pytest.mark.parametrize("language", TITLES)
def test_its_markdown_keeps_the_language_of_the_answer_as_a_whole(site: Path, language: str) -> None:
    text = (site / f"questions/{language}/index.html.md").read_text("utf-8")
    title, answer = (
        text.partition("\n")[0],
        text.partition(f'<div lang="{language}" dir="{DIRECTIONS[language]}">\n\n')[2],
    )
    direction = ' dir="rtl"' if language == "ar" else ""
    assert title == f'# <span lang="{language}"{direction}>{TITLES[language]}</span>'
    short, inside = HEADINGS[language]
    assert answer.startswith(
        f'## {short}\n\n{TEXTS[language]}[1 §1](#ref-ada).\n\n- {short}\n\n<div lang="en" dir="ltr">\n\n'
    )
    assert f"\n\n</div>\n\n## {inside}\n\n{short}.\n\n</div>\n\n## References\n\n1. Ada" in answer
    assert "lang=" not in (site / "questions/plain/index.html.md").read_text("utf-8")


def test_the_audit_has_nothing_to_say(project: Project) -> None:
    found = project.audit().findings
    assert not found, found
