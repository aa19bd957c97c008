"""An answer in another language stands in an element that says so; what Seamline draws amid it says it is English."""

from __future__ import annotations

from typing import Any

from page_projects import ANSWER, FILES, make_project
from page_reading import html_of, split

from seamline.pages.rendering import render

HOW = "catalog/questions/how.md"
GERMAN = """\
---
asked: How does it match?
title: Wie passt das Licht?
answer_language: de
models: [engine]
papers: [bob2020]
samples: [wave]
status: written
---

## Kurz gesagt

Das Bild wird neu betrachtet [@ada1843, §1]. Hier endet `</section>` nichts[^1].

[^1]: Eine Fußnote.

{{ sample("wave") }}

- zwei {{ measured("wave", "psnr_face") }}

{{ workflow() }}

{{ ours() }}

{{ fold("Für Neugierige") }}

### Innen

{{ best() }}

{{ end_fold() }}

## Quellen

{{ references() }}
"""


def pages(question: str, **others: str) -> dict[str, str]:
    return {path: str(text) for path, text in render(make_project({HOW: question, **others})).items()}


def answer_of(question: str = GERMAN) -> Any:
    (section,) = html_of(pages(question)["questions/how/index.md"]).find_class("sl-answer")
    return section


def test_all_of_the_answer_and_nothing_else_is_in_its_language() -> None:
    page = html_of(pages(GERMAN)["questions/how/index.md"])
    (section,) = page.find_class("sl-answer")
    assert (section.get("lang"), section.get("dir")) == ("de", "ltr")
    assert section.xpath(".//h2/@id | .//h3/@id") == ["kurz-gesagt", "innen", "quellen"]
    assert page.xpath("//h2[not(ancestor::section)]/@id") == ["the-question-as-it-was-asked", "look-closer"]
    assert page.xpath("//h1/@lang") == ["de"]
    assert section.xpath("./p/code/text()") == ["</section>"], "code ends nothing"
    assert section.xpath(".//div[@class='footnote']//p/text()")[0].startswith("Eine Fußnote.")
    assert section.xpath(".//details[@class='sl-fold']/summary/text()") == ["Für Neugierige"]


def test_what_seamline_draws_amid_it_is_english_and_runs_its_own_way() -> None:
    section = answer_of()
    english = ".//*[@lang='en'][@dir='ltr']"
    for drawn in ("section[@id]", "figure[contains(@class, 'workflow')]", "ol[@class='sl-references']", "blockquote"):
        assert section.xpath(f"({english}/descendant-or-self::{drawn})"), drawn
    (said,) = section.xpath(".//span[@lang='en']")
    assert said.text.startswith("What carries no citation")
    assert section.xpath(".//sup[@class='sl-cites']/@lang") == ["en"]
    for words in ("Für Neugierige", "Innen", "zwei 21.4", "Eine Fußnote"):
        (own,) = [one for one in section.iter("summary", "h3", "li", "p") if (one.text or "").startswith(words[:4])]
        assert not own.xpath("ancestor-or-self::*[@lang='en']"), words


def test_an_exhibit_is_drawn_as_elsewhere() -> None:
    def exhibit(question: str) -> str:
        text = pages(question)["questions/how/index.md"]
        return text[text.index('<section class="sl-exhibit') :].partition("</section>")[0]

    assert exhibit(GERMAN) == exhibit(GERMAN.replace("answer_language: de\n", ""))


def test_the_words_decide_which_way_it_runs_and_not_the_names_in_macros() -> None:
    arabic = GERMAN[: GERMAN.index("## Kurz")].replace(": de", ": ar")
    text = 'الضوء {{ measured("wave", "psnr_face") }} [@ada1843, §1] {{ measured("wave", "psnr_face") }}\n'
    section = answer_of(arabic + text)
    assert (section.get("lang"), section.get("dir")) == ("ar", "rtl")
    assert answer_of(arabic + "al-daw' yutabiq\n").get("dir") == "ltr", "Arabic in Latin letters"


def test_links_and_cards_say_the_language_of_the_title() -> None:
    made = pages(GERMAN)
    marked = ("papers/bob2020", "models/engine", "samples/wave", "workflows/how")
    for path in marked:
        links = html_of(made[f"{path}/index.md"]).xpath("//a[.='Wie passt das Licht?']")
        assert links and {link.get("lang") for link in links} == {"de"}, path
    (claim,) = html_of(made["papers/ada1843/index.md"]).xpath("//a[starts-with(., 'Das Bild')]")
    assert claim.get("lang") == "de"
    workflow = html_of(made["workflows/how/index.md"])
    assert workflow.xpath("//h1/span[@lang='de']/text()") == ["Wie passt das Licht?"]
    assert split(made["workflows/how/index.md"])[0]["title"] == "Workflow: Wie passt das Licht?"
    for path in ("questions", "workflows"):
        (card,) = html_of(made[f"{path}/index.md"]).xpath("//a[@lang]")
        assert (card.get("lang"), card.text) == ("de", "Wie passt das Licht?")


def test_beside_a_title_from_the_right_a_cards_words_run_from_the_left() -> None:
    made = pages(GERMAN.replace(": de", ": ar").replace("Wie passt das Licht?", "لماذا يتطابق الضوء؟"))
    (card,) = html_of(made["questions/index.md"]).xpath("//li[@dir='rtl']")
    (words,) = card.find_class("sl-card-words")
    assert (words.get("lang"), words.get("dir")) == (None, "ltr")


def test_without_a_title_the_page_is_called_what_was_asked() -> None:
    made = pages(GERMAN.replace("title: Wie passt das Licht?\n", ""))["questions/how/index.md"]
    assert html_of(made).xpath("//h1[@lang]") == [] and html_of(made).find_class("sl-answer")


def test_a_question_without_the_field_says_nothing_of_it() -> None:
    made = pages(FILES[HOW])
    assert ANSWER.splitlines()[0] in made["questions/how/index.md"]
    for path, text in made.items():
        assert "sl-answer" not in text or path.endswith(".css"), path
    assert "lang=" not in made["questions/how/index.md"].replace('<blockquote class="sl-asked" lang="en">', "")
